"""What does not go together between lists: shown to a person, and never settled by overwriting."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from keywords.loader import Lexicon
from keywords.merge import key_of
from keywords.model import Term, TermKind
from pipelines.imports.term_words import KIND_NAMES, SENSES
from pipelines.terms import TermRow

__all__ = ["Standing", "differences", "standing_conflicts"]

_AGAINST = frozenset({TermKind.WARNING, TermKind.LAWFUL})
_SHIPPED = "随软件提供的词库"


@dataclass(frozen=True, slots=True)
class Standing:
    """What is known before an import: the shipped terms and the rows of all departments."""

    shipped: Mapping[str, Term]
    """Word → shipped term, also under its other ways of writing."""
    rows: Mapping[tuple[str, str], TermRow]
    """(word, department) → row."""
    by_word: Mapping[str, Sequence[TermRow]]
    """Word → rows of all departments."""

    @classmethod
    def of(cls, shipped: Lexicon, rows: Sequence[TermRow]) -> "Standing":
        """Index the shipped terms and the rows by word. A term's own text goes before another one's way of writing."""
        by_key = {key_of(spelling): term for term in shipped.terms for spelling in term.variants}
        by_key |= {key_of(term.text): term for term in shipped.terms}
        by_word: dict[str, list[TermRow]] = {}
        for row in rows:
            by_word.setdefault(row.key[0], []).append(row)
        return cls(by_key, {row.key: row for row in rows}, by_word)

    def others(self, key: str, department: str) -> tuple[TermRow, ...]:
        """Return the active rows of other departments for the same word."""
        known = self.by_word.get(key, ())
        return tuple(row for row in known if row.origin.department != department and not row.is_withdrawn)

    def conflicts_of(self, row: TermRow) -> Iterator[str]:
        """Yield where the row contradicts the shipped terms or another department, and whose word counts."""
        term, key = row.term, row.key[0]
        for other in self.others(key, row.origin.department):
            if said := differences(other.term, term):
                winner = _winner(row, other)
                yield (
                    f"“{term.text}”与{_named(other)}不一致：{said}；采用日期较新的一方（{winner.origin.department}），另一方保留可查"
                )
        shipped = self.shipped.get(key)
        if shipped and (said := differences(shipped, term)):
            yield f"“{term.text}”与{_SHIPPED}中的“{shipped.text}”不一致：{said}；以本部门清单为准，原来源保留可查"
        for spelling in term.variants:
            known = self.shipped.get(key_of(spelling))
            if known and (known.kind in _AGAINST) != (term.kind in _AGAINST):
                yield f"同义词“{spelling}”在{_SHIPPED}中是“{KIND_NAMES[known.kind]}”用语，意思相反"

    def conflicts_of_withdrawal(self, row: TermRow) -> Iterator[str]:
        """Yield what a person should know before the word is no longer looked for."""
        others = self.others(*row.key)
        if others:
            yield f"“{row.term.text}”仍由{'、'.join(_named(other) for other in others)}列出，继续使用"
        elif row.key[0] in self.shipped:
            yield f"“{row.term.text}”是{_SHIPPED}中的词，停用后不再用于匹配和巡查"


def standing_conflicts(shipped: Lexicon, rows: Sequence[TermRow]) -> Mapping[str, tuple[str, ...]]:
    """Return word → what the lists that stand contradict each other or the shipped terms in, one Chinese sentence each."""
    standing = Standing.of(shipped, rows)
    found: dict[str, dict[str, None]] = {}
    for row in rows:
        if not row.is_withdrawn:
            for sentence in standing.conflicts_of(row):
                found.setdefault(row.key[0], {})[sentence] = None
    return {word: tuple(sentences) for word, sentences in found.items()}


def differences(before: Term, after: Term) -> str:
    """Return what differs in kind, sense, weight, department and marks, in Chinese; empty: nothing does."""
    pairs = (
        ("类别", KIND_NAMES[before.kind], KIND_NAMES[after.kind]),
        ("含义", _sense_name(before), _sense_name(after)),
        ("权重", str(before.weight), str(after.weight)),
        ("发证部门", before.authority or "无", after.authority or "无"),
        ("是否歧义", "是" if before.is_ambiguous else "否", "是" if after.is_ambiguous else "否"),
        ("相邻证书", "是" if before.is_neighbour else "否", "是" if after.is_neighbour else "否"),
    )
    return "，".join(f"{name}“{old}”→“{new}”" for name, old, new in pairs if old != new)


def _sense_name(term: Term) -> str:
    """Return the sense as it is written in a list."""
    known = SENSES.get(term.kind, {})
    return next((word for word, sense in known.items() if sense == term.sense), term.sense or "无")


def _winner(one: TermRow, other: TermRow) -> TermRow:
    newest = {row.origin.listed_on for row in (one, other)} - {None}
    if not newest or one.origin.listed_on == other.origin.listed_on:
        return min((one, other), key=lambda row: row.origin.department)
    return one if one.origin.listed_on == max(day for day in newest if day) else other


def _named(row: TermRow) -> str:
    said = row.origin.notice or (row.origin.listed_on.isoformat() if row.origin.listed_on else "无日期")
    return f"{row.origin.department}（{said}）"
