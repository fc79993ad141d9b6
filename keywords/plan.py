"""Plans the queries of a sweep: what sellers and buyers write, and the plain "…查询" queries by which victims find counterfeits.

Deterministic, best first. Words of departments' lists are asked at once, newest list first, in turn with the standing plan, so that
a long list does not crowd it out. The head of the standing plan goes round the three departments and round the kinds of query, so that
even a budget of a dozen queries looks everywhere once; then come the other certificates, then the same with names of regions.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice, zip_longest

from keywords.loader import Lexicon, Region, load_regions
from keywords.model import SweepQuery, Term, TermKind

__all__ = ["near_regions", "plan_queries"]

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
_ASKED_OF_NEW = ("", "查询 官网", "包过", "代办 多少钱", "免考 拿证", "官网可查", "真伪查询")
"""What is written beside a certificate that a department has just listed: first nothing."""
_PUT_BESIDE_NEW = ("特种作业操作证", "安全员C证", "叉车证", "电工证")
"""Certificates beside which a department's other words are asked, best known first."""
_ASKED_KINDS = frozenset(
    {TermKind.OFFER, TermKind.PROMISE, TermKind.SPEED, TermKind.PAYMENT, TermKind.CHANNEL, TermKind.EXCUSE}
)
"""Kinds whose words are worth a query. Authorities and contacts find everybody, warnings and lawful words the wrong pages."""
_LONGEST_ASKED = 16
"""Characters; nobody types more."""
_MOST_CERTIFICATES = 400
_BELOW = {"province": "city", "city": "county"}
_TOO_FAR = 3
_STRONG = 3


def plan_queries(lexicon: Lexicon, regions: Sequence[str], limit: int) -> tuple[SweepQuery, ...]:
    """Return at most `limit` queries, best first, none twice. Raises ValueError for a negative limit."""
    if limit < 0:
        raise ValueError(f"limit must not be negative: {limit}")
    texts = islice(_unique(_in_turn(_of_lists(lexicon), _texts(lexicon, regions))), limit)
    return tuple(
        SweepQuery(text=text, terms=terms, priority=limit - place) for place, (text, terms) in enumerate(texts)
    )


def near_regions(place: str, regions: Sequence[Region] = ()) -> tuple[str, ...]:
    """Return the regions to ask for where work is done at `place` (江苏省连云港市灌云县): it, its city and province, then its neighbours or parts.

    `regions` are those known, the shipped ones by default; empty: none of them is named in `place`.
    """
    known = regions or load_regions()
    named = [(one, max((n for n in (one.name, *one.variants) if n in place), key=len, default="")) for one in known]
    named = [
        (one, name) for one, name in named if name and not any(name in other and name != other for _, other in named)
    ]
    # 灌云 goes before 江苏: the more digits its code has, the smaller the place.
    own = max((one for one, _ in named), key=lambda one: len(one.code.rstrip("0")), default=None)
    if own is None:
        return ()

    prefix = own.code.rstrip("0")
    home = own.code[:4] if own.level == "county" else prefix

    def rank(one: Region) -> int:
        """Return how near a region is, 0 nearest."""
        if one.code == own.code:
            return 0
        if own.code.startswith(one.code.rstrip("0")):
            return 1
        is_within = one.code.startswith(home) and one.level == _BELOW.get(own.level, own.level)
        return 2 if is_within else _TOO_FAR

    return tuple(one.name for one in sorted(known, key=rank) if rank(one) < _TOO_FAR)


def _of_lists(lexicon: Lexicon) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield queries for the words of departments' lists, the best one of each word before the second of any."""
    listed = [term for term in lexicon.terms if term.departments and len(term.text) <= _LONGEST_ASKED]
    asked = [
        [_query(term.text, words) for words in _ASKED_OF_NEW]
        if term.kind is TermKind.CERTIFICATE
        else [_query(beside, term.text) for beside in _PUT_BESIDE_NEW]
        for term in listed
        if term.kind is TermKind.CERTIFICATE or term.kind in _ASKED_KINDS
    ]
    for turn in zip_longest(*asked):
        yield from (query for query in turn if query is not None)


def _in_turn(
    first: Iterator[tuple[str, tuple[str, ...]]], second: Iterator[tuple[str, tuple[str, ...]]]
) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield from the two by turns, then what is left of the longer one."""
    for pair in zip_longest(first, second):
        yield from (query for query in pair if query is not None)


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
    return not term.is_ambiguous and not term.is_neighbour and len(term.text) <= _LONGEST_ASKED


def _query(certificate: str, asked: str, region: str = "") -> tuple[str, tuple[str, ...]]:
    joined = f"{certificate}{asked}" if asked.startswith(("查询", "真伪")) else f"{certificate} {asked}".strip()
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
