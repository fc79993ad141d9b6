"""Companies' lists as they come."""

import io
import zipfile

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.errors import InputUnreadable
from pipelines.pictures.certificate_list import read_certificate_list
from tests.picture_builders import SOUND_NUMBER

NUMBER = SOUND_NUMBER


@pytest.mark.parametrize(
    "header",
    [
        "序号,姓名,证书编号,工种,初领日期,有效期至",
        "序号, 姓 名 ,操作证号（必填）,作业类别,发证日期(yyyy-mm-dd),证书到期日期",
        "No,持证人,特种作业证号码,准操项目,首次领证时间,有效期截止日",
        "序号,姓名,操作资格证编号,工种,初次领证日期,使用期至",
        "序号\t姓名\t证号\t岗位工种\t取证日期\t有效期限",
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030"])
def test_headings_as_offices_write_them(tmp_path, header, encoding):
    mark = "\t" if "\t" in header else ","
    line = mark.join(("1", "王建国", NUMBER, "低压电工", "2024-05-10", "2030-05-09"))
    path = tmp_path / "名单.csv"
    path.write_text(f"某公司证书台账\n{header}\n{line}\n\n", encoding)
    [row] = read_certificate_list(path)
    assert (row.row, row.name, row.number, row.trade) == (3, "王建国", NUMBER, "低压电工")
    assert (row.issued, row.valid_to) == ("2024-05-10", "2030-05-09")


def test_a_sheet_with_dates_and_both_numbers(tmp_path):
    from datetime import datetime

    book = openpyxl.Workbook()
    book.active.append(["姓名", "身份证号", "证书编号", "工种", "有效期起", "有效期止"])
    book.active.append(["王建国", NUMBER[1:], NUMBER, "焊工", datetime(2024, 5, 10), datetime(2030, 5, 9)])  # noqa: DTZ001
    book.save(tmp_path / "a.xlsx")
    [row] = read_certificate_list(tmp_path / "a.xlsx")
    assert (row.identity, row.number) == (NUMBER[1:], NUMBER)
    assert row.valid_from.startswith("2024-05-10")


def test_every_sheet_is_read_and_a_table_without_a_header_is_told(tmp_path):
    book = openpyxl.Workbook()
    book.active.title = "说明"
    book.active.append(["请如实填写"])
    for title, name in (("电工", "王建国"), ("焊工", "李四")):
        sheet = book.create_sheet(title)
        sheet.append(["姓名", "证书编号", "工种", "有效期至"])
        sheet.append([name, NUMBER, title, "2030-05-09"])
    headless = book.create_sheet("续表")
    for number in range(3):
        headless.append([f"张{number}", "甲", "乙"])
    book.save(tmp_path / "a.xlsx")
    electrician, welder, untold = read_certificate_list(tmp_path / "a.xlsx")
    assert (electrician.sheet, electrician.row, electrician.name) == ("电工", 2, "王建国")
    assert (welder.sheet, welder.row, welder.name) == ("焊工", 2, "李四")
    assert (untold.row, "续表" in untold.fault) == (1, True)


def test_what_is_merged_over_rows_is_said_of_each(tmp_path):
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["序号", "人员", None, "证书", None, "备注"])
    sheet.append([None, "姓名", "身份证号码", "证书编号", "工种", None])
    sheet.append([1, "王建国", NUMBER[1:], NUMBER, "低压电工", "已复审"])
    sheet.append([None, None, None, NUMBER, "焊工", None])
    sheet.append([2, "李四", NUMBER[1:], NUMBER, "架子工", None])
    for merged in ("A1:A2", "B1:C1", "D1:E1", "F1:F2", "A3:A4", "B3:B4", "C3:C4"):
        sheet.merge_cells(merged)
    book.save(tmp_path / "a.xlsx")
    rows = list(read_certificate_list(tmp_path / "a.xlsx"))
    assert [(row.row, row.name, row.identity, row.trade) for row in rows] == [
        (3, "王建国", NUMBER[1:], "低压电工"),
        (4, "王建国", NUMBER[1:], "焊工"),
        (5, "李四", NUMBER[1:], "架子工"),
    ]


def test_a_validity_divided_below_a_merged_heading(tmp_path):
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["姓名", "证书编号", "工种", "证书有效期限", None])
    sheet.append([None, None, None, "起", "止"])
    sheet.append(["王建国", NUMBER, "焊工", "2024-05-10", "2030-05-09"])
    for merged in ("A1:A2", "B1:B2", "C1:C2", "D1:E1"):
        sheet.merge_cells(merged)
    book.save(tmp_path / "a.xlsx")
    [row] = read_certificate_list(tmp_path / "a.xlsx")
    assert (row.name, row.valid_from, row.valid_to) == ("王建国", "2024-05-10", "2030-05-09")


def test_several_certificates_side_by_side_are_each_checked(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text(
        "姓名,证书编号,工种,有效期至,证书编号,工种,有效期至\n"
        f"王建国,{NUMBER},焊工,2030-05-09,{NUMBER},登高架设,2029-01-01\n"
        f"李四,{NUMBER},焊工,2030-05-09,,,\n"
    )
    rows = list(read_certificate_list(path))
    assert [(row.row, row.name, row.trade, row.valid_to) for row in rows] == [
        (2, "王建国", "焊工", "2030-05-09"),
        (2, "王建国", "登高架设", "2029-01-01"),
        (3, "李四", "焊工", "2030-05-09"),
    ]


def test_columns_named_anew_below_a_caption(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text(
        f"姓名,身份证号,证书编号,有效期至\n王建国,{NUMBER[1:]},{NUMBER},2030-05-09\n二、焊工,,,\n序号,姓名,证书编号,工种\n1,李四,{NUMBER},焊工\n（三）登高架设（暂无）,,,\n"
        f"序号,姓名,证书编号,工种\n2,赵六,{NUMBER},登高架设\n"
    )
    rows = list(read_certificate_list(path))
    assert [(row.row, row.name, row.number, row.trade) for row in rows] == [
        (2, "王建国", NUMBER, ""),
        (5, "李四", NUMBER, "焊工"),
        (8, "赵六", NUMBER, "登高架设"),
    ]


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        (f"王建国、李四,{NUMBER}、{NUMBER},焊工,2030-05-09", [("王建国", "焊工", "2030-05-09"), ("李四", "焊工", "2030-05-09")]),
        (f'王建国/李四,"{NUMBER}\n{NUMBER}","焊工\n电工","2030-05-09\n2029-01-01"', [("王建国", "焊工", "2030-05-09"), ("李四", "电工", "2029-01-01")]),
        (f'王建国,"{NUMBER}；苏建安C1（2023）0012345",电工；安全员,2030-05-09', [("王建国", "电工", "2030-05-09"), ("王建国", "安全员", "2030-05-09")]),
    ],
)  # fmt: skip
def test_several_numbers_in_a_cell_are_each_checked(tmp_path, cells, expected):
    path = tmp_path / "a.csv"
    path.write_text(f"姓名,证书编号,工种,有效期至\n{cells}\n")
    assert [(row.name, row.trade, row.valid_to) for row in read_certificate_list(path)] == expected


@pytest.mark.parametrize("number", [f"操作证{NUMBER}", f"证号：{NUMBER}", f"{NUMBER}（低压）", f" {NUMBER} (已复审)"])
def test_words_beside_a_number_are_no_part_of_it(tmp_path, number):
    path = tmp_path / "a.csv"
    path.write_text(f"姓名,证书编号,有效期至\n王建国（电工）,{number},2030-05-09\n")
    [row] = read_certificate_list(path)
    assert (row.name, row.number, row.trade) == ("王建国", NUMBER, "电工")


def test_certificates_counted_within_their_headings(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text(
        "姓名,岗位,证书1,证书1编号,证书1有效期,证书2,证书2编号,证书2有效期\n"
        f"王建国,电工,低压电工,{NUMBER},2030-05-09,叉车N1,{NUMBER[1:]},2028-01-01\n"
    )
    assert [(row.name, row.number, row.valid_to) for row in read_certificate_list(path)] == [
        ("王建国", NUMBER, "2030-05-09"),
        ("王建国", NUMBER[1:], "2028-01-01"),
    ]


def test_english_headings(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text(
        f"Full name,ID No.,Certificate No.,Category,Date of issue,Valid until\nWang,{NUMBER[1:]},{NUMBER},Welder,2024-05-10,2030-05-09\n"
    )
    [row] = read_certificate_list(path)
    assert (row.name, row.identity, row.number, row.trade) == ("Wang", NUMBER[1:], NUMBER, "Welder")
    assert (row.issued, row.valid_to) == ("2024-05-10", "2030-05-09")


@pytest.mark.parametrize("start", ["<html>", "\ufeff<!DOCTYPE html>", "\n <table border=1>", "<?xml version='1.0'?>"])
def test_a_web_page_named_as_a_sheet_is_told(tmp_path, start):
    path = tmp_path / "a.xls"
    path.write_text(f"{start}<tr><td>姓名</td><td>证书编号</td></tr>")
    with pytest.raises(InputUnreadable, match="网页"):
        list(read_certificate_list(path))


def test_a_sheet_that_packs_as_only_a_bomb_does_is_refused(tmp_path):
    book = openpyxl.Workbook()
    book.active.append(["姓名", "证书编号"])
    book.save(tmp_path / "a.xlsx")
    with zipfile.ZipFile(tmp_path / "a.xlsx", "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/sharedStrings2.xml", b"A" * 60_000_000)
    with pytest.raises(InputUnreadable, match="炸弹"):
        list(read_certificate_list(tmp_path / "a.xlsx"))


@pytest.mark.parametrize(
    "foot", ["合计,1人,,", "合 计,1,,", "填表人：周某,,审核人：,日期：2026-11-1", "注：以上人员均在岗,,,", "3,,,"]
)
def test_what_stands_below_a_list_is_no_certificate(tmp_path, foot):
    path = tmp_path / "a.csv"
    path.write_text(f"序号,姓名,证书编号,工种\n1,王建国,{NUMBER},焊工\n{foot}\n")
    assert [row.name for row in read_certificate_list(path)] == ["王建国"]


@pytest.mark.parametrize(
    ("header", "line"),
    [
        ("员工,持有证书,证书编码", f"王建国,焊工证,{NUMBER}"),
        ("持证人员,证书,证书No.", f"王建国,焊工证,{NUMBER}"),
        ("姓名,类别,编码(T开头)", f"王建国,焊工证,{NUMBER}"),
        ("姓名/身份证号,工种,操作证号", f"王建国 {NUMBER[1:]},焊工证,{NUMBER}"),
        ("姓名/身份证号,工种,操作证号", f"王建国,焊工证,{NUMBER}"),
    ],
)
def test_headings_no_table_foresees(tmp_path, header, line):
    path = tmp_path / "a.csv"
    path.write_text(f"{header}\n{line}\n")
    [row] = read_certificate_list(path)
    assert (row.name, row.trade, row.number) == ("王建国", "焊工证", NUMBER)


def test_a_broken_row_keeps_its_place_and_the_others_are_read(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text(
        f"姓名,证书编号,工种,有效期至\n王建国,{NUMBER},焊工,2030-05-09,多,余\n李四,{NUMBER},焊工,2030-05-09\n", "utf-8"
    )
    broken, sound = read_certificate_list(path)
    assert (broken.row, bool(broken.fault), sound.name) == (2, True, "李四")


@pytest.mark.parametrize("content", [b"", b"a,b\n1,2\n", b"\x00\x01\x02", b"PK\x03\x04broken", b"\xd0\xcf\x11\xe0old"])
def test_what_is_no_list_is_one_sentence(tmp_path, content):
    path = tmp_path / "a.xlsx"
    path.write_bytes(content)
    with pytest.raises(InputUnreadable) as refused:
        list(read_certificate_list(path))
    assert "a.xlsx" in refused.value.zh


def test_a_wrong_size_in_the_sheet_hides_nothing(tmp_path):
    book = openpyxl.Workbook()
    book.active.append(["姓名", "证书编号", "工种", "有效期至", "备注", "单位"])
    book.active.append(["王建国", NUMBER])
    book.save(tmp_path / "whole.xlsx")
    with zipfile.ZipFile(tmp_path / "whole.xlsx") as source, zipfile.ZipFile(tmp_path / "a.xlsx", "w") as target:
        for name in source.namelist():
            target.writestr(name, source.read(name).replace(b'ref="A1:F2"', b'ref="A1"'))
    [row] = read_certificate_list(tmp_path / "a.xlsx")
    assert (row.name, row.number, row.fault) == ("王建国", NUMBER, "")


def test_a_book_damaged_in_the_middle_gives_what_stands_before(tmp_path):
    book = openpyxl.Workbook()
    book.active.append(["姓名", "证书编号", "工种"])
    for number in range(40):
        book.active.append([f"王建{number}", NUMBER, "焊工"])
    whole = tmp_path / "whole.xlsx"
    book.save(whole)
    with zipfile.ZipFile(whole) as source, zipfile.ZipFile(tmp_path / "half.xlsx", "w") as target:
        for name in source.namelist():
            part = source.read(name)
            target.writestr(name, part[: len(part) // 2] if name.endswith("sheet1.xml") else part)
    *rows, last = read_certificate_list(tmp_path / "half.xlsx")
    assert [row.name for row in rows[:2]] == ["王建0", "王建1"]
    assert "损坏" in last.fault


@given(st.lists(st.tuples(st.integers(0, 20_000), st.integers(0, 255)), min_size=1, max_size=30))
@settings(max_examples=60, deadline=None)
def test_any_damage_to_a_book_is_rows_or_a_refusal(tmp_path_factory, damage):
    book = openpyxl.Workbook()
    book.active.append(["姓名", "证书编号", "工种"])
    book.active.append(["王建国", NUMBER, "焊工"])
    book.active.merge_cells("A2:A3")
    stream = io.BytesIO()
    book.save(stream)
    content = bytearray(stream.getvalue())
    for place, value in damage:
        content[place % len(content)] = value
    path = tmp_path_factory.mktemp("list") / "a.xlsx"
    path.write_bytes(bytes(content))
    try:
        rows = list(read_certificate_list(path))
    except InputUnreadable:
        return
    assert all(row.row > 0 for row in rows)


@given(st.binary(max_size=300))
def test_any_bytes_are_a_list_or_refused(tmp_path_factory, content):
    path = tmp_path_factory.mktemp("list") / "a.csv"
    path.write_bytes("姓名,证书编号\n".encode() + content)
    try:
        rows = list(read_certificate_list(path))
    except InputUnreadable:
        return
    assert all(row.row > 0 for row in rows)
