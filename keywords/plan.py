"""Plans the queries of a sweep: what sellers and buyers write, and the plain "…查询" queries by which victims find counterfeits.

Deterministic, best first. The head of the plan goes round the three departments and round the kinds of query, so that even a
budget of a dozen queries looks everywhere once; then come the other certificates, then the same with names of regions.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice, zip_longest

from keywords.loader import Lexicon
from keywords.model import SweepQuery, Term, TermKind

__all__ = ["plan_queries"]

_DEPARTMENTS = ("应急", "住建", "市监")
_LEADING = {
    "应急": ("特种作业操作证", "低压电工证", "焊工证", "登高证", "高处作业证", "安全生产知识和管理能力考核合格证"),
    "住建": ("建筑施工特种作业操作资格证", "安全员C证", "塔吊证", "架子工证", "建筑电工证", "信号工证"),
    "市监": ("特种设备作业人员证", "叉车证", "起重机证", "锅炉证", "电梯维修证", "压力容器焊工证"),
}
"""Names people use most, by department; the rest follows in the order of the table."""
_ASKED = (
    "查询 官网",
    "包过",
    "不用考试 官网可查",
    "查询入口",
    "免考 拿证",
    "代办 多少钱",
    "扫码查询",
    "快速下证 联系微信",
    "真伪查询",
    "直接出证",
    "网上可查 办理",
    "复审 代办",
)
"""What is written beside the certificate: queries of victims and of buyers in turn."""
_MOST_CERTIFICATES = 400
_STRONG = 3


def plan_queries(lexicon: Lexicon, regions: Sequence[str], limit: int) -> tuple[SweepQuery, ...]:
    """Return at most `limit` queries, best first, none twice. Raises ValueError for a negative limit."""
    if limit < 0:
        raise ValueError(f"limit must not be negative: {limit}")
    texts = islice(_unique(_texts(lexicon, regions)), limit)
    return tuple(
        SweepQuery(text=text, terms=terms, priority=limit - place) for place, (text, terms) in enumerate(texts)
    )


def _texts(lexicon: Lexicon, regions: Sequence[str]) -> Iterator[tuple[str, tuple[str, ...]]]:
    names = _round_robin(_by_department(lexicon, department) for department in _DEPARTMENTS)
    certificates = tuple(islice(names, _MOST_CERTIFICATES))
    if not certificates:
        return
    leading = certificates[: len(_DEPARTMENTS) * 6]
    # Diagonal walk: one more certificate at each step, one more way of asking after each round of departments.
    for turn in range(len(_ASKED)):
        for place, certificate in enumerate(leading):
            yield _query(certificate, _ASKED[(turn + place) % len(_ASKED)])
            if regions and place % 6 == 5:  # noqa: PLR2004 - every sixth query is asked for a region too
                region = regions[(turn * 3 + place // 6) % len(regions)]
                yield _query(certificate, _ASKED[(turn + place + 1) % len(_ASKED)], region)
    promises = [
        term.text
        for term in lexicon.of_kind(TermKind.PROMISE, TermKind.SPEED, TermKind.PAYMENT)
        if term.weight == _STRONG
    ]
    for asked in (*_ASKED, *promises):
        for certificate in certificates:
            yield _query(certificate, asked)
    for region in regions:
        for asked in _ASKED:
            for certificate in leading:
                yield _query(certificate, asked, region)


def _by_department(lexicon: Lexicon, department: str) -> Iterator[str]:
    known = {spelling for term in lexicon.terms for spelling in (term.text, *term.variants)}
    yield from (name for name in _LEADING[department] if name in known)
    for term in lexicon.of_kind(TermKind.CERTIFICATE):
        if term.authority == department and _is_asked(term):
            yield term.text


def _is_asked(term: Term) -> bool:
    return not term.is_ambiguous and not term.is_neighbour and len(term.text) <= 16  # noqa: PLR2004 - nobody types more


def _query(certificate: str, asked: str, region: str = "") -> tuple[str, tuple[str, ...]]:
    joined = f"{certificate}{asked}" if asked.startswith(("查询", "真伪")) else f"{certificate} {asked}"
    terms = (certificate, *asked.split())
    return (f"{region} {joined}", (region, *terms)) if region else (joined, terms)


def _round_robin(several: Iterable[Iterator[str]]) -> Iterator[str]:
    seen = set[str]()
    for row in zip_longest(*several):
        for name in row:
            if name is not None and name not in seen:
                seen.add(name)
                yield name


def _unique(texts: Iterable[tuple[str, tuple[str, ...]]]) -> Iterator[tuple[str, tuple[str, ...]]]:
    seen = set[str]()
    for text, terms in texts:
        if text not in seen:
            seen.add(text)
            yield text, terms
