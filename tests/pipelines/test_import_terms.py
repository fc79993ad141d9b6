"""Departments' lists of terms: every sound row arrives with its provenance, nothing is overwritten in silence."""

import csv
import io
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from keywords.match import TermMatcher
from keywords.model import TermKind
from pipelines.errors import InputUnreadable
from pipelines.imports.term_rows import ListDefaults
from pipelines.imports.term_words import SENSES, TEMPLATE, field_of, is_header
from pipelines.imports.terms import TermOutcome, TermsReport, import_terms
from pipelines.settings import Settings
from pipelines.terms import OwnTerms, term_lexicon

AT = datetime(2026, 11, 22, 8, 30, tzinfo=UTC)
HEADER = "关键词,类别,含义,同义词,权重,发证部门,是否歧义,提供部门,文号,提供日期,状态\n"
EMERGENCY, HOUSING = "灌云县应急管理局", "灌云县住房和城乡建设局"
NEW = f"塔机通证,证书,,塔通证|塔机通本,强,住建,否,{HOUSING},灌住建〔2026〕8号,2026-10-08,\n"


def bring(home: Path, text: str, name: str = "list.csv", **options) -> TermsReport:
    path = home / name
    path.write_text(text, "utf-8")
    defaults = ListDefaults(**options.pop("defaults", {}))
    return import_terms(path, home, at=options.pop("at", AT), by="zhang", defaults=defaults, **options)


def reasons(report: TermsReport) -> list[str]:
    return [one.reason for one in report.rejections]


def conflicts(report: TermsReport) -> str:
    return "\n".join(sentence for change in report.changes for sentence in change.conflicts)


def test_a_new_word_is_looked_for_with_its_provenance(tmp_path: Path) -> None:
    report = bring(tmp_path, HEADER + NEW)
    assert report.outcomes == {TermOutcome.ADDED: 1}
    assert not report.rejections and not conflicts(report)
    lexicon = term_lexicon(Settings(home=tmp_path))
    (hit,) = TermMatcher(lexicon).find("出 塔通证")
    term = hit.term
    assert (term.text, term.kind, term.weight, term.authority) == ("塔机通证", TermKind.CERTIFICATE, 3, "住建")
    (origin,) = term.origins
    assert (origin.department, origin.notice, origin.listed_on) == (HOUSING, "灌住建〔2026〕8号", date(2026, 10, 8))
    (row,) = OwnTerms(tmp_path).read()
    assert (row.imported_by, row.imported_at) == ("zhang", "2026-11-22T08:30:00+00:00")


def test_the_second_import_of_a_file_changes_nothing(tmp_path: Path) -> None:
    bring(tmp_path, HEADER + NEW)
    before = OwnTerms(tmp_path).path.read_bytes()
    report = bring(tmp_path, HEADER + NEW, at=AT.replace(hour=9))
    assert (report.outcomes, report.sha256) == ({TermOutcome.UNCHANGED: 1}, "")
    assert OwnTerms(tmp_path).path.read_bytes() == before
    assert not OwnTerms(tmp_path).previous.exists()


def test_two_departments_share_a_word(tmp_path: Path) -> None:
    bring(tmp_path, HEADER + NEW)
    report = bring(tmp_path, HEADER + f"塔 机 通 证,证书,,,强,住建,否,{EMERGENCY},灌应急〔2026〕9号,2026-10-09,\n")
    assert report.outcomes == {TermOutcome.JOINED: 1}
    assert not conflicts(report)
    terms = [term for term in term_lexicon(Settings(home=tmp_path)).terms if term.departments]
    assert [term.departments for term in terms] == [(EMERGENCY, HOUSING)]
    assert "塔通证" in terms[0].variants


@pytest.mark.parametrize(("day", "kind"), [("2026-10-09", TermKind.OFFER), ("2026-10-07", TermKind.CERTIFICATE)])
def test_a_contradiction_is_shown_and_the_newer_list_counts(tmp_path: Path, day: str, kind: TermKind) -> None:
    bring(tmp_path, HEADER + NEW)
    report = bring(tmp_path, HEADER + f"塔机通证,暗语,代办,,弱,,否,{EMERGENCY},,{day},\n")
    assert report.outcomes == {TermOutcome.JOINED: 1}
    said = conflicts(report)
    assert HOUSING in said and "类别“证书”→“兜售”" in said and "权重“3”→“1”" in said
    (term,) = [term for term in term_lexicon(Settings(home=tmp_path)).terms if term.departments]
    assert term.kind is kind
    assert set(term.departments) == {EMERGENCY, HOUSING}
    assert len(OwnTerms(tmp_path).read()) == 2


def test_a_contradiction_of_a_shipped_word_is_shown(tmp_path: Path) -> None:
    report = bring(
        tmp_path, HEADER + f"登高证,承诺,包过,,,,,{EMERGENCY},,2026-10-09,\n叉车证,,,,,,,{EMERGENCY},,2026-10-09,\n"
    )
    assert report.outcomes == {TermOutcome.JOINED: 2}
    assert "“高空作业证”不一致" in conflicts(report)
    assert "叉车证" not in conflicts(report)
    by_text = {term.text: term for term in term_lexicon(Settings(home=tmp_path)).terms}
    assert by_text["叉车证"].weight == 3 and "N1叉车证" in by_text["叉车证"].variants
    assert [bool(origin.department) for origin in by_text["叉车证"].origins] == [True, False]


def test_a_department_corrects_its_own_word_but_not_with_an_older_list(tmp_path: Path) -> None:
    bring(tmp_path, HEADER + NEW)
    report = bring(tmp_path, HEADER + NEW.replace("强", "弱").replace("2026-10-08", "2026-10-07"))
    assert not report.changes and "早于已导入的 2026-10-08" in reasons(report)[0]
    report = bring(tmp_path, HEADER + NEW.replace("强", "弱").replace("2026-10-08", "2026-11-01"))
    assert report.outcomes == {TermOutcome.CORRECTED: 1}
    assert "改动：权重“3”→“1”" in conflicts(report)
    own = OwnTerms(tmp_path)
    assert own.read()[0].term.weight == 1
    assert own.previous.exists()


def test_words_are_withdrawn_and_come_back(tmp_path: Path) -> None:
    bring(tmp_path, HEADER + NEW)
    gone = f"塔机通证,,,,,,,{HOUSING},,2026-11-01,停用\n登高证,,,,,,,{EMERGENCY},,2026-11-01,停用\n"
    report = bring(tmp_path, HEADER + gone)
    assert report.outcomes == {TermOutcome.WITHDRAWN: 2}
    assert "“登高证”是随软件提供的词库中的词" in conflicts(report)
    spellings = {s for term in term_lexicon(Settings(home=tmp_path)).terms for s in term.spellings}
    assert not {"塔机通证", "塔通证", "登高证"} & spellings
    assert "高空作业证" in spellings
    assert bring(tmp_path, HEADER + gone).outcomes == {TermOutcome.UNCHANGED: 2}
    report = bring(tmp_path, HEADER + NEW.replace("2026-10-08", "2026-11-02"))
    assert report.outcomes == {TermOutcome.CORRECTED: 1}
    assert "塔机通证" in {term.text for term in term_lexicon(Settings(home=tmp_path)).terms}


def test_nobody_withdraws_another_departments_word(tmp_path: Path) -> None:
    bring(tmp_path, HEADER + NEW)
    report = bring(tmp_path, HEADER + f"塔机通证,,,,,,,{EMERGENCY},,,停用\n从未有过的证,,,,,,,{EMERGENCY},,,停用\n")
    assert [HOUSING in reasons(report)[0], "不在词库中" in reasons(report)[1]] == [True, True]


def test_repeated_rows_are_merged_and_contradicting_ones_refused(tmp_path: Path) -> None:
    twice = f"塔机通证,证书,,塔通卡,强,住建,否,{HOUSING},灌住建〔2026〕8号,2026-10-08,\n"
    report = bring(tmp_path, HEADER + NEW + twice + twice.replace("强", "弱"))
    (change,) = report.changes
    assert change.row.term.variants == ("塔通证", "塔机通本", "塔通卡")
    assert "与第 2 行重复，已合并" in conflicts(report)
    assert "重复而不一致：权重“3”→“1”" in reasons(report)[0]


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (f",证书,,,强,,,{HOUSING},,,\n", "没有填写关键词"),
        (f"证,证书,,,强,,,{HOUSING},,,\n", "太短"),
        (f"{'长' * 41},证书,,,强,,,{HOUSING},,,\n", "超过 40 字"),
        (f"塔证；吊证,证书,,,强,,,{HOUSING},,,\n", "像是几个词"),
        (f"塔机通证,怪物,,,强,,,{HOUSING},,,\n", "类别“怪物”无法识别"),
        (f"塔机通证,证书,包过,,强,,,{HOUSING},,,\n", "没有细分含义"),
        (f"塔机通证,承诺,飞天,,强,,,{HOUSING},,,\n", "含义“飞天”无法识别"),
        (f"塔机通证,证书,,,超强,,,{HOUSING},,,\n", "权重“超强”无法识别"),
        (f"塔机通证,证书,,,强,玉帝,,{HOUSING},,,\n", "发证部门“玉帝”无法识别"),
        (f"塔机通证,证书,,,强,,,{HOUSING},,2026-13-01,\n", "日期“2026-13-01”无法识别"),
        (f"塔机通证,证书,,,强,,,{HOUSING},,,半停\n", "状态“半停”无法识别"),
        ("塔机通证,证书,,,强,,,,,,\n", "--department"),
        (f"=1+1,证书,,,强,,,{HOUSING},,,\n", "当作公式"),
        (f"塔\u200b机证,证书,,,强,,,{HOUSING},,,\n", "不可见字符"),
        (f"塔机通证,证书,,X,强,,,{HOUSING},,,\n", "同义词“X”"),
    ],
)
def test_broken_rows_are_refused_with_line_and_reason(tmp_path: Path, row: str, said: str) -> None:
    report = bring(tmp_path, HEADER + row + NEW)
    assert report.outcomes == {TermOutcome.ADDED: 1}
    (rejection,) = report.rejections
    assert rejection.line == 2 and said in rejection.reason
    assert report.rejects_path is not None
    kept = list(csv.reader(io.StringIO(report.rejects_path.read_text("utf-8-sig"), newline="")))
    assert kept[1][:2] == ["list.csv", "2"] and said in kept[1][2]


def test_what_a_bare_list_leaves_out_is_said_once_for_all_and_inferred_aloud(tmp_path: Path) -> None:
    said = {"department": EMERGENCY, "notice": "灌应急〔2026〕9号", "listed_on": date(2026, 10, 9)}
    report = bring(tmp_path, "违规关键词（必填）\n免试通关\n焊工速通证\n官网可查\n", defaults=said)
    assert report.outcomes == {TermOutcome.ADDED: 2, TermOutcome.JOINED: 1}
    rows = {row.term.text: row for row in OwnTerms(tmp_path).read()}
    assert {row.origin.notice for row in rows.values()} == {"灌应急〔2026〕9号"}
    assert rows["焊工速通证"].term.kind is TermKind.CERTIFICATE
    assert (rows["免试通关"].term.kind, rows["免试通关"].term.sense) == (TermKind.OFFER, "agency")
    assert (rows["官网可查"].term.kind, rows["官网可查"].term.sense) == (TermKind.PROMISE, "verify")
    assert "“免试通关”没有填写类别，暂按“兜售”处理" in conflicts(report)
    assert "官网可查" not in conflicts(report)


@pytest.mark.parametrize(
    ("word", "sense"),
    [("官网秒录", "verify"), ("不用学习", "no_exam"), ("稳稳拿下", "pass"), ("终身不审", "no_review")],
)
def test_a_promise_counts_also_without_a_sense(tmp_path: Path, word: str, sense: str) -> None:
    report = bring(tmp_path, f"关键词,类别,提供部门\n{word},承诺,{EMERGENCY}\n")
    assert [change.row.term.sense for change in report.changes] == [sense]


def test_words_that_make_texts_look_harmless_are_shown(tmp_path: Path) -> None:
    report = bring(tmp_path, f"关键词,类别,含义,提供部门\n正规报考,合法,培训,{EMERGENCY}\n")
    assert "会被判得更轻" in conflicts(report)


def test_a_dry_run_writes_nothing(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    path = tmp_path / "in" / "list.csv"
    path.write_text(HEADER + NEW + ",,,,,,,,,,\n证,证书,,,,,,甲,,,\n", "utf-8")
    report = import_terms(path, tmp_path / "home", at=AT, by="zhang", is_dry_run=True)
    assert (report.outcomes, len(report.rejections)) == ({TermOutcome.ADDED: 1}, 1)
    assert not (tmp_path / "home").exists()


def test_a_sheet_with_a_title_and_real_dates(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (
        ["灌云县涉假关键词清单", None, None, None],
        ["序号", "监测关键词", "报送单位", "报送日期"],
        [1, "塔机通证", HOUSING, datetime(2026, 10, 8)],  # noqa: DTZ001 - as spreadsheets hold dates
        [2, None, None, None],
    ):
        sheet.append(row)
    book.save(tmp_path / "list.xlsx")
    report = import_terms(tmp_path / "list.xlsx", tmp_path, at=AT, by="li")
    (change,) = report.changes
    assert not report.rejections
    assert change.row.origin.listed_on == date(2026, 10, 8)
    assert change.row.origin.source == "list"


@pytest.mark.parametrize("encoding", ["gb18030", "utf-8-sig", "utf-16"])
def test_encodings(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "list.csv"
    path.write_bytes((HEADER + NEW).encode(encoding))
    (change,) = import_terms(path, tmp_path, at=AT, by="zhang").changes
    assert change.row.term.text == "塔机通证"


def test_the_template_names_every_column_and_its_example_is_passed_over(tmp_path: Path) -> None:
    header, example = TEMPLATE
    assert is_header(header) and len(header) == len(example)
    assert all(field_of(column) for column in header)
    stream = io.StringIO(newline="")
    csv.writer(stream).writerows(TEMPLATE)
    report = bring(tmp_path, stream.getvalue())
    assert not report.changes and not report.rejections


def test_senses_are_those_of_the_shipped_terms(tmp_path: Path) -> None:
    known = {(term.kind, term.sense) for term in term_lexicon(Settings(home=tmp_path)).terms}
    for kind, words in SENSES.items():
        assert {(kind, sense) for sense in words.values()} <= known


def test_a_file_that_is_no_list_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(InputUnreadable, match="关键词"):
        bring(tmp_path, "甲,乙\n1,2\n")


@pytest.mark.parametrize("text", ["text\nx\n", "\x00", "text,kind\nx,y\n"])
def test_a_damaged_file_of_terms_is_named(tmp_path: Path, text: str) -> None:
    OwnTerms(tmp_path).path.write_text(text, "utf-8")
    with pytest.raises(InputUnreadable, match="previous"):
        term_lexicon(Settings(home=tmp_path))


@settings(max_examples=30, deadline=None)
@given(st.lists(st.lists(st.text(max_size=12), min_size=11, max_size=11), max_size=8))
def test_any_rows_are_taken_or_refused(tmp_path_factory: pytest.TempPathFactory, rows: list[list[str]]) -> None:
    home = tmp_path_factory.mktemp("any")
    stream = io.StringIO(newline="")
    csv.writer(stream).writerows([HEADER.strip().split(","), *rows])
    bring(home, stream.getvalue().encode("utf-8", "replace").decode())
    assert OwnTerms(home).lexicon().terms


def test_imports_at_the_same_time_lose_nothing(tmp_path: Path) -> None:
    texts = [HEADER + NEW.replace("塔机通证", f"塔机{name}证") for name in "甲乙丙丁"]
    with ThreadPoolExecutor() as pool:
        list(pool.map(lambda pair: bring(tmp_path, pair[1], f"list{pair[0]}.csv"), enumerate(texts)))
    assert {row.term.text for row in OwnTerms(tmp_path).read()} == {f"塔机{name}证" for name in "甲乙丙丁"}
    assert not list(tmp_path.glob("*.part"))
