"""A name with its known words: what the rules about words work on."""

import re
from dataclasses import dataclass
from functools import cached_property

from detectors.names.hit import NameHit, Technique
from detectors.names.lexicon import Lexicon
from detectors.names.read import ReadName
from detectors.names.target import Target, TargetIndex
from detectors.names.tokens import Token

__all__ = ["SEPARATORS", "Reading"]

SEPARATORS = re.compile(r"[-._]")


@dataclass(frozen=True)
class Reading:
    """A name, its known words, and what they are compared with."""

    name: ReadName
    tokens: tuple[Token, ...]
    index: TargetIndex
    lexicon: Lexicon

    def row_of(self, token: Token) -> tuple[Token, ...]:
        """Return the unbroken row of known words around this one, without fillers such as `www`, and without the word itself."""
        return tuple([t for t in self._rows[token.start] if t is not token])

    @cached_property
    def _rows(self) -> dict[int, list[Token]]:
        """Return the unbroken row of known words each word stands in, by its start."""
        rows: dict[int, list[Token]] = {}
        row: list[Token] = []
        for token in self.tokens:
            if not row or row[-1].end != token.start:
                row = []
            row.append(token)
            rows[token.start] = row
        return rows

    def others(self, token: Token) -> tuple[Token, ...]:
        """Return all other known words."""
        return tuple([t for t in self.tokens if t is not token])

    def is_apart(self, one: Token, other: Token) -> bool:
        """Say whether a dot or hyphen stands between two neighbouring words."""
        first, second = sorted((one, other), key=lambda t: t.start)
        between = self.name.shown[self.name.places[first.end - 1] : self.name.places[second.start]]
        return "." in between or "-" in between or "_" in between

    @cached_property
    def imitated(self) -> Target | None:
        """Return the rostered host the words point to, one by their labels or one by a trade; None: none."""
        return self.index.of_words(s.word for t in self.tokens for s in t.senses) or self._of_trade()

    def _of_trade(self) -> Target | None:
        for token in self.tokens:
            sense = token.sense("trade", "long", "name", "initials", "plain") or token.sense("hotline")
            if sense and sense.about:
                return self.index.about(sense.about)
        return None

    @cached_property
    def is_company(self) -> bool:
        """Say whether a piece of the name between separators is a word that only companies call themselves (`tech`, `trading`)."""
        name = self.name
        chosen = name.shown[: name.ends[name.free - 1]] if name.free else ""
        return any(piece in self.lexicon.company_words for piece in SEPARATORS.split(chosen))

    def is_label(self, one: Token, other: Token) -> bool:
        """Say whether the two words are all that was registered."""
        name = self.name
        return min(one.start, other.start) in name.dots and max(one.end, other.end) == name.free

    def hit(
        self,
        target: Target | None,
        technique: Technique,
        score: int,
        tokens: tuple[Token, ...],
        reason: str,
        *,
        brand: str = "",
    ) -> NameHit:
        """Return a hit whose span covers these words."""
        start, end = min(t.start for t in tokens), max(t.end for t in tokens)
        return NameHit(
            imitates=target.imitates if target else "",
            technique=technique,
            score_permille=score,
            span=self.name.span(start, end),
            reason=reason,
            brand=brand or self.name.text(start, end),
        )
