"""What staff type, and what it stands for."""

import unicodedata
from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.clock import CHINA
from pipelines.errors import QuerySyntaxError
from pipelines.search.fields import FIELDS, microseconds
from pipelines.search.model import EVERYTHING, And, Contains, FieldIs, IsEmpty, Not, Or, Range
from pipelines.search.parse import DEPTH_LIMIT, LENGTH_LIMIT, TERM_LIMIT, parse
from pipelines.stores.search_text import fold
from tests.pipelines.search.written import CONDITIONS, written

TODAY = date(2026, 11, 27)


def at(*day):
    return microseconds(datetime(*day, tzinfo=CHINA))


NEW = FieldIs("status", ("new",))


@pytest.mark.parametrize(
    ("text", "condition"),
    [
        ("", EVERYTHING),
        (" 　\t", EVERYTHING),
        ("包过", Contains("包过")),
        ("ＣＸ", Contains("cx")),
        ("包过 免考 包过", And((Contains("包过"), Contains("免考")))),
        ('"先出证  后付款"', Contains("先出证 后付款")),
        ("“先出证 后付款”", Contains("先出证 后付款")),
        ("-培训", Not(Contains("培训"))),
        ("－培训", Not(Contains("培训"))),
        ('-"培训 报名"', Not(Contains("培训 报名"))),
        ("-状态:已排除", Not(FieldIs("status", ("dismissed",)))),
        ("状态:待甄别", NEW),
        ("状态：待甄别", NEW),
        ("STATUS:New", NEW),
        ("状态: 待甄别", NEW),
        ("状态:待甄别,甄别中", Or((NEW, FieldIs("status", ("screening",))))),
        ("状态：待甄别、甄别中", Or((NEW, FieldIs("status", ("screening",))))),
        ('状态:"待甄别"', NEW),
        ("类型:app", FieldIs("kind", ("app",))),
        ("仿冒:CX.mem.gov.cn", FieldIs("imitates", ("cx.mem.gov.cn",))),
        ("来源:百度", FieldIs("source", ("engine:baidu",))),
        ("来源:搜索：百度", FieldIs("source", ("engine:baidu",))),
        ("来源:platform:闲鱼", FieldIs("source", ("platform:闲鱼", "platform:xianyu"))),
        ("来源:平台：闲鱼", FieldIs("source", ("platform:闲鱼", "platform:xianyu"))),
        ("来源:平台：某论坛", FieldIs("source", ("platform:某论坛",))),
        ("来源:闲鱼", FieldIs("source", ("闲鱼", "engine:闲鱼", "platform:闲鱼", "file:闲鱼", "platform:xianyu"))),
        ("来源:相似域名", FieldIs("source", ("lookalike", "lookalikes"))),
        ("负责人:无", FieldIs("assignee", ("",))),
        ('负责人:"无"', FieldIs("assignee", ("无",))),
        ("到期:无", IsEmpty("due")),
        ("标题:无", IsEmpty("title")),
        ("标题:包过", Contains("包过", "title")),
        ('标题:"a B",c', Or((Contains("a b", "title"), Contains("c", "title")))),
        ("编号:l0123456789ABCDEF", FieldIs("id", ("L0123456789abcdef",))),
        ("分数:>=800", Range("score", 800, None)),
        ("分数：＞＝８００", Range("score", 800, None)),
        ("分数:≥800", Range("score", 800, None)),
        ("分数:600..900", Range("score", 600, 900)),
        ("分数:600～900", Range("score", 600, 900)),
        ("分数:600..", Range("score", 600, None)),
        ("次数:>3", Range("count", 4, None)),
        ("次数:<3,7", Or((Range("count", None, 2), Range("count", 7, 7)))),
        ("首次:2026-01-01..2026-02-01", Range("first", at(2026, 1, 1), at(2026, 2, 2) - 1)),
        ("最近:>2026-11-01", Range("last", at(2026, 11, 2), None)),
        ("最近:2026-12", Range("last", at(2026, 12, 1), at(2027, 1, 1) - 1)),
        ("最近:2026年11月3日", Range("last", at(2026, 11, 3), at(2026, 11, 4) - 1)),
        ("最近:>=7天前", Range("last", at(2026, 11, 20), None)),
        ("到期:<2026-12-01", Range("due", None, date(2026, 11, 30).toordinal())),
        ("到期:<今天", Range("due", None, date(2026, 11, 26).toordinal())),
        ("包过 或 免考 电工证", And((Or((Contains("包过"), Contains("免考"))), Contains("电工证")))),
        ("a OR b|c", Or((Contains("a"), Contains("b|c")))),
        ("(a b) 或 c", Or((And((Contains("a"), Contains("b"))), Contains("c")))),
        ("（a 或 b）", Or((Contains("a"), Contains("b")))),
        ("-(a 或 b)", Not(Or((Contains("a"), Contains("b"))))),
        ("或许 orange", And((Contains("或许"), Contains("orange")))),
        ("http://cx.example/", Contains("http://cx.example/")),
        ("12:30", Contains("12:30")),
        ("电工(高压)证", Contains("电工(高压)证")),
        ("(电工(高压)证)", Contains("电工(高压)证")),
        ("NEAR(", Contains("near(")),
        ("包过-免考", Contains("包过-免考")),
        ("- 包过", And((Contains("-"), Contains("包过")))),
        ("--", Contains("--")),
        ("*", Contains("*")),
        ('包过"', Contains('包过"')),
    ],
)  # fmt: skip
def test_what_a_text_stands_for(text, condition):
    assert parse(text, TODAY) == condition


@pytest.mark.parametrize(
    ("text", "place", "word"),
    [
        ('包过 "免考', '"', "引号没有结束"),
        ('""', '""', "引号里没有文字"),
        ("包过 (免考", "(", "括号没有结束"),
        ("包过 ()", "()", "括号里没有条件"),
        ("包过）", "）", "多了一个右括号"),
        ("状态:待定 包过", "待定", "没有“待定”"),
        ("包过 等级:", "等级:", "没有写值"),
        ("等级:高,", "等级:高,", "没有写值"),
        ("分数:很高", "很高", "不是整数"),
        ("分数:900..600", "900..600", "起点大于终点"),
        ("分数:..", "..", "两头都没有写"),
        ("最近:>2026-13-01", ">2026-13-01", "不是日期"),
        ("或 包过", "或", "前面没有条件"),
        ("包过 或", "或", "后面没有条件"),
        ("包过 或 或 免考", "或", "后面没有条件"),
        ("(" * (DEPTH_LIMIT + 1) + "包过" + ")" * (DEPTH_LIMIT + 1), "(", "层以上"),
        ("a " * (TERM_LIMIT + 1), "a", "条件超过"),
        ("证" * (LENGTH_LIMIT + 1), "证", "个字符"),
    ],
)
def test_an_error_points_at_the_place_and_says_what_to_write(text, place, word):
    with pytest.raises(QuerySyntaxError) as wrong:
        parse(text, TODAY)
    error = wrong.value
    assert text[error.start : error.end] == place
    assert word in error.zh
    assert error.advice[0] in error.zh
    assert error.advice[1] in error.en


PIECES = st.sampled_from(
    ["包过", "a", "-", "(", ")", "（", '"', "“", ":", "：", ",", "、", "..", ">", ">=", "~", " ", "　", "或", "OR", "|", "9", "2026-01-01",
     "9999-12-31", "今天", "9999天前", "无", "\x00", "\ud800", "´", *(f"{one.names_zh[0]}:" for one in FIELDS), *(one.code for one in FIELDS)]
)  # fmt: skip


@given(st.one_of(st.text(max_size=40), st.lists(PIECES, max_size=14).map("".join)))
def test_any_text_parses_or_is_a_syntax_error(text):
    try:
        parse(text, TODAY)
    except QuerySyntaxError as error:
        assert 0 <= error.start < error.end
        assert error.start <= len(text)


@given(CONDITIONS)
def test_a_condition_written_down_parses_to_itself(condition):
    assert parse(written(condition), TODAY) == condition


@pytest.mark.parametrize("field", FIELDS, ids=lambda one: one.code)
def test_the_example_of_every_field_parses_under_each_of_its_names(field):
    meant = {str(parse(f"{name}:{field.example}", TODAY)) for name in (field.code, *field.names_zh)}
    assert len(meant) == 1
    assert meant != {str(EVERYTHING)}


@given(st.one_of(st.text(max_size=40), st.text("，：（a包Ａe\u0301ｶﾞ　\n", max_size=20)))
def test_folding_is_normalising_lowering_and_single_blanks(text):
    assert fold(text) == " ".join(unicodedata.normalize("NFKC", text).lower().split())
