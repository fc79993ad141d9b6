"""Plans the queries of a sweep: what sellers and buyers write, and the plain "…查询" queries by which victims find counterfeits.

Deterministic, best first, for one engine at a time: terms × what is written beside them × regions, by what that engine was asked and what
came of it. Words of departments' lists that were not asked yet come first, in turn with the standing plan, so that a long list does
not crowd it out. The standing plan takes turns (`_PATTERN`): a certificate, an offer, a query that found leads, a region. Within each
the fair queue of `keywords.turns` decides: what found leads comes up more often, what never does comes up rarely and is never dropped.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice, zip_longest

from keywords.loader import Lexicon, Region, load_regions
from keywords.model import SweepQuery, Term, TermKind
from keywords.turns import Member, Turns

__all__ = ["Asked", "certificates_asked", "near_regions", "offers_asked", "plan_queries"]

_PATTERN = ("certificate", "offer", "certificate", "proven", "offer", "region")
"""Whose turn it is; a kind that has nothing to ask leaves its turn to a certificate."""
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
_LONGEST_LISTED = 38
"""Of a department's own word: what it lists is asked as it stands, as far as engines read a query."""
_BELOW = {"province": "city", "city": "county"}
_TOO_FAR = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A query one engine was asked before."""

    text: str
    terms: tuple[str, ...]
    asked_count: int
    """Runs in which it gave an answer."""
    lead_count: int
    """Different leads it led to."""
    waited_days: int
    """Since the last answer; 0: today."""


def plan_queries(
    lexicon: Lexicon, regions: Sequence[str], limit: int, asked: Sequence[Asked] = ()
) -> tuple[SweepQuery, ...]:
    """Return at most `limit` queries, best first, none twice. `asked`: what the engine has answered; empty: nothing yet.

    Raises ValueError for a negative limit.
    """
    if limit < 0:
        raise ValueError(f"limit must not be negative: {limit}")
    standing = _Standing(lexicon, regions, asked)
    queries = islice(_unique(_in_turn(_of_lists(lexicon, asked), iter(standing.queries()))), limit)
    return tuple(
        SweepQuery(text=text, terms=terms, priority=limit - place) for place, (text, terms) in enumerate(queries)
    )


def certificates_asked(lexicon: Lexicon) -> tuple[str, ...]:
    """Return the certificates of the standing plan as they are asked: those people use most, then the others, departments in turn."""
    others = [term for term in lexicon.of_kind(TermKind.CERTIFICATE) if term.authority not in _DEPARTMENTS]
    names = [_by_department(lexicon, department) for department in _DEPARTMENTS]
    return tuple(_round_robin((*names, _spelled(others))))


def offers_asked(lexicon: Lexicon) -> tuple[str, ...]:
    """Return the words of sale that are asked beside certificates, strongest first."""
    terms = [term for term in lexicon.terms if term.kind in _ASKED_KINDS and (_is_asked(term) or term.departments)]
    return tuple(dict.fromkeys(_spelled(sorted(terms, key=lambda term: -term.weight))))


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


def _of_lists(lexicon: Lexicon, asked: Sequence[Asked]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield queries for the words of departments' lists that were not asked yet, the best one of each word before the second of any."""
    before = {one.text for one in asked}
    listed = [term for term in lexicon.terms if term.departments and len(term.text) <= _LONGEST_LISTED]
    queries = [
        [_query(term.text, words) for words in _ASKED_OF_NEW]
        if term.kind is TermKind.CERTIFICATE
        else [_query(beside, term.text) for beside in _PUT_BESIDE_NEW]
        for term in listed
        if term.kind is TermKind.CERTIFICATE or term.kind in _ASKED_KINDS
    ]
    for turn in zip_longest(*queries):
        yield from (query for query in turn if query is not None and query[0] not in before)


def _in_turn(
    first: Iterator[tuple[str, tuple[str, ...]]], second: Iterator[tuple[str, tuple[str, ...]]]
) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield from the two by turns, then what is left of the longer one."""
    for pair in zip_longest(first, second):
        yield from (query for query in pair if query is not None)


class _Standing:
    """The plan that goes on for ever, as it stands for one engine."""

    def __init__(self, lexicon: Lexicon, regions: Sequence[str], asked: Sequence[Asked]) -> None:
        self._asked = asked
        certificates = certificates_asked(lexicon)
        known = {name for names in _LEADING.values() for name in names}
        leading = [name for name in certificates if name in known] or certificates[: len(known)]
        self._certificates = Turns(self._members(certificates, known))
        self._leading = Turns(self._members(leading, known))
        self._ways = Turns(self._members(_ASKED, ()))
        self._offers = Turns(self._members(offers_asked(lexicon), ()))
        self._regions = Turns(self._members(regions, regions[:1]))
        self._proven = Turns(_member_of(one.text, (one,)) for one in asked if one.lead_count and one.waited_days)
        self._terms = {one.text: one.terms for one in asked}
        self._planned = set[str]()

    def queries(self) -> Iterator[tuple[str, tuple[str, ...]]]:
        """Yield queries until there is nothing left to ask. Where the pattern goes on depends on how much was asked before."""
        kinds = {
            "certificate": self._of_certificate,
            "offer": self._of_offer,
            "proven": self._of_proven,
            "region": self._of_region,
        }
        turn = sum(one.asked_count for one in self._asked)
        while True:
            query = kinds[_PATTERN[turn % len(_PATTERN)]]() or self._of_certificate()
            if query is None:
                return
            self._planned.add(query[0])
            for word in query[1]:
                for turns in (self._certificates, self._leading):
                    turns.touch(word)
            turn += 1
            yield query

    def _of_certificate(self) -> tuple[str, tuple[str, ...]] | None:
        while (certificate := self._certificates.take()) is not None:
            if query := self._beside(certificate):
                return query
            self._certificates.drop(certificate)
        return None

    def _of_offer(self) -> tuple[str, tuple[str, ...]] | None:
        while (offer := self._offers.take()) is not None:
            certificate = self._leading.take(lambda name, offer=offer: self._is_new(_query(name, offer)))  # type: ignore[misc]
            if certificate is not None:
                return _query(certificate, offer)
            self._offers.drop(offer)
        return None

    def _of_region(self) -> tuple[str, tuple[str, ...]] | None:
        while (region := self._regions.take()) is not None:
            certificate = self._leading.take()
            if certificate is not None and (query := self._beside(certificate, region)):
                return query
            self._regions.drop(region)
        return None

    def _of_proven(self) -> tuple[str, tuple[str, ...]] | None:
        text = self._proven.take(lambda text: text not in self._planned)
        return (text, self._terms[text]) if text is not None else None

    def _beside(self, certificate: str, region: str = "") -> tuple[str, tuple[str, ...]] | None:
        """Return the query for a certificate with the way of asking whose turn it is; None: all of them are planned."""
        way = self._ways.take(lambda way: self._is_new(_query(certificate, way, region)))
        return _query(certificate, way, region) if way is not None else None

    def _is_new(self, query: tuple[str, tuple[str, ...]]) -> bool:
        return query[0] not in self._planned

    def _members(self, names: Iterable[str], known: Iterable[str]) -> Iterator[Member]:
        """Yield each name with what was asked of it: all queries that hold every word of it."""
        told = frozenset(known)
        by_word: dict[str, list[Asked]] = {}
        for one in self._asked:
            for word in one.terms:
                by_word.setdefault(word, []).append(one)
        for name in names:
            first, *others = name.split()
            yield _member_of(
                name, [one for one in by_word.get(first, ()) if set(others) <= set(one.terms)], is_known=name in told
            )


def _member_of(name: str, asked: Sequence[Asked], *, is_known: bool = False) -> Member:
    return Member(
        name=name,
        is_known=is_known,
        waited_days=min((one.waited_days for one in asked), default=None),
        asked_count=sum(one.asked_count for one in asked),
        lead_count=sum(one.lead_count for one in asked),
    )


def _by_department(lexicon: Lexicon, department: str) -> Iterator[str]:
    known = {spelling for term in lexicon.terms for spelling in (term.text, *term.variants)}
    yield from (name for name in _LEADING[department] if name in known)
    yield from _spelled(term for term in lexicon.of_kind(TermKind.CERTIFICATE) if term.authority == department)


def _spelled(terms: Iterable[Term]) -> Iterator[str]:
    """Yield each term that is asked as people type it: its name or, where that is too long, its first shorter spelling."""
    for term in terms:
        if _is_asked(term) or term.departments:
            most = _LONGEST_LISTED if term.departments else _LONGEST_ASKED
            yield from islice((text for text in term.spellings if len(text) <= most and " " not in text), 1)


def _is_asked(term: Term) -> bool:
    return not term.is_ambiguous and not term.is_neighbour


def _query(certificate: str, asked: str, region: str = "") -> tuple[str, tuple[str, ...]]:
    joined = f"{certificate}{asked}" if asked.startswith(("查询", "真伪")) else f"{certificate} {asked}".strip()
    terms = (certificate, *asked.split())
    return (f"{region} {joined}", (region, *terms)) if region else (joined, terms)


def _round_robin(several: Iterable[Iterable[str]]) -> Iterator[str]:
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
