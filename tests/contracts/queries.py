"""Random searches in the staff's language, right ones and wrong ones, over the words and values the random leads are made of."""

from hypothesis import strategies as st

FACET_VALUES = [
    "new",
    "screening",
    "dismissed",
    "high",
    "low",
    "site",
    "listing",
    "lookalike",
    "wang",
    "alive",
    "",
    "a.example",
    "闲鱼",
]
"""Values to filter by, whatever the field."""
LETTERS = "包过证查询官网abＡx-. 1\n㊙\x00\U0001f525e\u0301"
VALUES = {
    "状态": ["待甄别", "甄别中", "dismissed", "已排除,待甄别"],
    "level": ["高", "低", "medium"],
    "类型": ["网站", "listing", "APP"],
    "仿冒": ["a.example", "无"],
    "来源": ["相似域名", "lookalike", "闲鱼", "百度"],
    "负责人": ["wang", "无"],
    "结论": ["非假冒", "无"],
    "复查": ["仍在", "gone,已转移", "无"],
    "平台": ["闲鱼", "无", "xian"],
    "卖家": ["无", "ab"],
    "编号": ["L0123456789abcdef"],
    "域名": ["h1", "shop.example", "无", "e"],
    "网址": ["item/2", "http", "无"],
    "标题": ["包过 免考", "证", "操作证", "无", '"证 包"'],
    "关键词": ["电工", "无"],
    "分数": [">=500", "<300", "0..720", "700", "≤1000"],
    "次数": [">1", "1", "2..3", "<=1", "0.."],
    "首次": ["2026-11-22", ">2026-11-30", "2026-11", "<=今天", ">1天前"],
    "最近": ["2026-11-22..2026-11-25", "<2026-12", "2027"],
    "到期": ["无", "<2026-12-01", ">=昨天", "2026"],
}

_words = st.text(LETTERS, min_size=1, max_size=3)
_phrases = st.text(LETTERS, max_size=5).map(lambda text: f'"{text}"')
_fields = st.sampled_from(sorted(VALUES)).flatmap(
    lambda name: st.sampled_from(VALUES[name]).map(lambda v: f"{name}:{v}")
)
_terms = st.one_of(_words, _words, _phrases, _fields, _fields).flatmap(
    lambda term: st.sampled_from([term, term, f"-{term}", f"({term})", f"-({term} 或 证)"])
)


def _alternatives(terms: list[str]) -> str:
    return " 或 ".join(terms)


QUERIES = st.lists(st.lists(_terms, min_size=1, max_size=2).map(_alternatives), max_size=3).map(" ".join)
