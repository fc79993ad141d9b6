"""A column of a table as lines of a list: every name on the line of its row, whatever stands in the other cells."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.feeds.name_blocks import BLOCK_BYTES
from crawler.feeds.name_columns import TableShape, first_lines, shape_of
from crawler.feeds.name_tables import column_lines

NAMES = st.from_regex(r"[a-z]{1,9}\.(cn|top)", fullmatch=True)
NOTES = st.text(st.sampled_from("ab 注,;|\t\"'."), max_size=8) | st.just("two\nlines")


def column(content: bytes, shape: TableShape) -> list[str]:
    return b"".join(column_lines(io.BytesIO(content), shape)).decode().split("\n")[:-1]


@given(st.lists(st.tuples(NOTES, NAMES, NOTES), min_size=1, max_size=20), st.sampled_from(",;|\t"))
def test_names_stand_on_the_line_where_their_row_ends(rows, mark):
    text = io.StringIO()
    csv.writer(text, delimiter=mark, lineterminator="\n").writerows([("note", "domain", "note"), *rows])
    lines = column(text.getvalue().encode(), TableShape(mark, (1,), 1))
    assert [line for line in lines if line] == [name for _, name, _ in rows]
    ends = [1]
    for row in rows:
        ends.append(ends[-1] + 1 + "".join(row).count("\n"))
    assert [number for number, line in enumerate(lines, 1) if line] == ends[1:]


@pytest.mark.parametrize("filler", ["x", '"x"', '"two\nlines"'])
def test_rows_are_whole_where_blocks_end(filler):
    count = 3 * BLOCK_BYTES // 20
    content = "id,note,domain\n" + "".join(f"{n},{filler},n{n}.cn\n" for n in range(count))
    lines = column(content.encode(), TableShape(",", (2,), 1))
    assert [line for line in lines if line] == [f"n{n}.cn" for n in range(count)]
    assert len(lines) == content.count("\n")


def test_a_stray_quotation_mark_does_not_swallow_what_is_behind_it():
    content = 'domain,note\na.cn,"oops\n' + "".join(f"n{n}.cn,x\n" for n in range(30_000)) + 'b.cn,"x"\n'
    assert [line for line in column(content.encode(), TableShape(",", (0,), 1)) if line] == [
        "a.cn",
        *(f"n{n}.cn" for n in range(30_000)),
        "b.cn",
    ]


def test_rows_without_a_name_are_given_whole_and_rows_without_anything_not_at_all():
    assert column(b"domain,x\n,1\n\n,\nalone\n a.cn ,2\n", TableShape(",", (0,), 1)) == [
        "",
        ",1",
        "",
        "",
        "alone",
        "a.cn",
    ]
    assert column(b'x,domain\n"1",\nalone\n', TableShape(",", (1,), 1)) == ["", "1,", "alone"]


@pytest.mark.parametrize(
    ("text", "shape"),
    [
        ("a.cn\nb.cn\n", None),
        ("", None),
        ("words and\nmore words\n", None),
        ("domain,date\n", TableShape(",", (0,), 1)),
        ("id;Host Name\n1;a.cn\n", TableShape(";", (1,), 1)),
        ("域名状态,注册域名\nok,a.cn\n", TableShape(",", (1,), 1)),
        ("note,site_url\nx,https://a.cn\n", TableShape(",", (1,), 1)),
        ("domain registrar,domain\nx.cn,a.cn\n", TableShape(",", (1,), 1)),
        ("2026.11.01,a.cn\n2026.11.02,b.cn\n", TableShape(",", (1,), 0)),
        ("a.cn b.cn\nc.cn d.cn\n", TableShape(" ", (0, 1), 0)),
    ],
)
def test_a_table_is_told_from_a_list(text, shape):
    assert shape_of(first_lines(text.encode())) == shape


@given(st.binary(max_size=300))
def test_any_bytes_are_a_list_or_a_table(content):
    if shape := shape_of(first_lines(content)):
        assert column(content, TableShape(shape.mark, shape.places[:1], shape.head_rows)) is not None
