"""Misspellings: one letter more, less, swapped or replaced in a long official name, or in a label beside its right neighbour."""

from collections.abc import Iterator
from itertools import pairwise

from rapidfuzz.distance import OSA
from rapidfuzz.process import extract

from detectors.names.clues import Clue, clue
from detectors.names.hit import NameHit, Technique
from detectors.names.lexicon import Lexicon
from detectors.names.read import ReadName
from detectors.names.target import Target, TargetIndex

__all__ = ["Misspellings", "is_plausible_slip"]

_ALPHABET = "abcdefghijklmnopqrstuvwxyz0123456789"
_LONG = 8
_SHORTEST = 6
_NEAREST = 8
_RARE = frozenset({"gov", "mem"})
"""Three letters that few names hold."""
_HALVED = 8
"""Either half of a form this long is rare enough to be looked for alone."""
_SHORTEST_LABEL = 3
_KEYBOARD = {
    "q": "wa", "w": "qes", "e": "wrd", "r": "etf", "t": "ryg", "y": "tuh", "u": "yij", "i": "uok", "o": "ipl", "p": "ol",
    "a": "qsz", "s": "awdx", "d": "sefc", "f": "drgv", "g": "fthb", "h": "gyjn", "j": "hukm", "k": "jil", "l": "ko",
    "z": "asx", "x": "zsdc", "c": "xdfv", "v": "cfgb", "b": "vghn", "n": "bhjm", "m": "njk",
}  # fmt: skip
_SHAPES = frozenset({"qg", "gq", "uv", "vu", "il", "li", "nm", "mn", "hn", "nh", "ec", "ce", "sz", "zs"})
# Words one edit from an official name that mean something else.
_INNOCENT = frozenset({"mohur", "member", "govmem", "memgo", "samrov", "memcov"})


class Misspellings:
    """Knows the long written-together forms of official names and compares names with them."""

    def __init__(self, index: TargetIndex, lexicon: Lexicon) -> None:
        self._index = index
        self._brands = frozenset(s.word for several in lexicon.senses.values() for s in several if s.kind == "brand")
        # Labels that only the roster makes a brand (`zfwzxx`) have too many neighbours among initials.
        self._known = frozenset(
            s.word for several in lexicon.senses.values() for s in several if s.kind == "brand" and not s.about
        )
        self._written = {parts: t for t in reversed(self._of_trade()) for parts in self._ways(t)}
        self._forms = {"".join(parts): target for parts, target in self._written.items()}
        for form, target in self._forms.items():
            if form.startswith(target.brand) and target.sub not in form:
                self._forms[form] = index.department(target.brand) or target
        self._hyphen_brands = {t.labels[-1]: t for t in reversed(self._of_trade()) if "-" in t.labels[-1]}
        self._pairs = {pair: target for pair, target in index.pairs.items() if pair[1] in self._brands}

    def _of_trade(self) -> tuple[Target, ...]:
        return tuple(t for t in self._index.targets if t.brand in self._brands)

    def _ways(self, target: Target) -> Iterator[tuple[str, ...]]:
        """Yield the written-together forms of a target as their parts."""
        stems = sorted({(target.sub, target.brand), (target.brand, target.sub)}) if target.sub else []
        for stem in (*stems, (target.brand,)):
            ways: list[tuple[str, ...]] = [stem] if len(stem) > 1 or target.brand in self._known else []
            ways += [(*stem, "gov"), (*stem, "gov", "cn")] if target.is_government else []
            yield from (parts for parts in ways if len("".join(parts)) >= _SHORTEST)

    def clues(self) -> Iterator[Clue]:
        """Yield the clues of slips: of short forms every slip, of long ones the half that a slip leaves whole."""
        for parts in self._written:
            yield from _slipped(parts)
        for sub, brand in self._pairs:
            for one, other in ((sub, brand), (brand, sub)):
                slips = {slip for slip in _slips(other) if is_plausible_slip(slip, other)}
                for row in (row for slip in slips for row in ((one, slip), (slip, one))):
                    yield Clue(row, clue(one).looks) if len(one) > _SHORTEST_LABEL else clue(*row)
        for brand in (written.replace("-", "") for written in self._hyphen_brands):
            kept = {slip for slip in _slips(brand) if _keeps_letters(slip, brand)}
            yield from _halves(brand) if len(brand) >= _HALVED else map(clue, kept)

    def hits(self, name: ReadName) -> Iterator[NameHit]:
        """Yield hits of misspelt official names."""
        for start, end in _stretches(name):
            yield from self._near_form(name, start, end)
        labels = _chunks(name)
        for at in range(len(labels) - 1):
            yield from self._beside(name, labels[at], labels[at + 1])
        yield from self._hyphened(name)

    def _near_form(self, name: ReadName, start: int, end: int) -> Iterator[NameHit]:
        written = name.letters[start:end]
        if len(written) < _SHORTEST - 1 or written in _INNOCENT:
            return
        found = extract(written, self._forms.keys(), scorer=OSA.distance, score_cutoff=1, limit=_NEAREST)
        near = [str(form) for form, distance, _ in found if distance]
        form = max((f for f in near if len(f) >= _LONG or _keeps_first(written, f)), key=len, default="")
        if not form:
            return
        target = self._forms[form]
        score = 800 if len(form) >= _LONG else 700 if name.is_under_cn else 620
        yield _hit(name, target, start, end, score, form)

    def _beside(self, name: ReadName, one: tuple[int, int], two: tuple[int, int]) -> Iterator[NameHit]:
        """A label and its neighbour, one of them right and the other off by one slip: `cnes.e-cqs`, `zlaq-mohund`."""
        first, second = name.letters[one[0] : one[1]], name.letters[two[0] : two[1]]
        for (sub, brand), target in self._pairs.items():
            for left, right in ((sub, brand), (brand, sub)):
                is_hit = (first == left and is_plausible_slip(second, right)) or (
                    second == right and is_plausible_slip(first, left) and len(second) >= _SHORTEST_LABEL
                )
                if is_hit:
                    yield _hit(name, target, one[0], two[1], 660, left + right)

    def _hyphened(self, name: ReadName) -> Iterator[NameHit]:
        """`e-cpqs`, `e-cqss`: the brand has a hyphen of its own, and the slip keeps it."""
        for written_brand, target in self._hyphen_brands.items():
            head = written_brand.partition("-")[0] + "-"
            brand = written_brand.replace("-", "")
            for label in name.host.split("."):
                written = label.replace("-", "")
                start = name.letters.find(written)
                if label.startswith(head) and start >= 0 and _keeps_letters(written, brand):
                    yield _hit(name, target, start, start + len(written), 480, written_brand)


def _hit(name: ReadName, target: Target, start: int, end: int, score: int, form: str) -> NameHit:
    written = name.text(start, end)
    return NameHit(
        imitates=target.imitates,
        technique=Technique.MISSPELT,
        score_permille=score,
        span=name.span(start, end),
        reason=f"域名中的“{written}”与官方域名 {target.host} 的写法“{form}”只差一个字母",
        brand=written,
    )


def _stretches(name: ReadName) -> Iterator[tuple[int, int]]:
    """Yield what may be a whole official name: each label, neighbouring labels together, everything up to the suffix and with it."""
    starts = [dot for dot in name.dots if dot < name.free]
    ends = [*starts[1:], name.free]
    for i, start in enumerate(starts):
        for end in ends[i : i + 4]:
            yield start, end
        if name.is_under_cn:
            yield start, len(name.letters)
    for start, end in _chunks(name):
        if (start, end) not in zip(starts, ends, strict=True):
            yield start, end


def _chunks(name: ReadName) -> list[tuple[int, int]]:
    """Return the pieces between separators; digits stay with letters, since a slip may put one in."""
    cuts = [0]
    for i in range(1, name.free):
        if name.places[i] > name.places[i - 1] + 1:
            cuts.append(i)
    cuts.append(name.free)
    pieces = [(a, b) for a, b in pairwise(cuts) if b > a]
    # `e-cqs` is one label with a hyphen of its own.
    joined: list[tuple[int, int]] = []
    for piece in pieces:
        if joined and name.letters[slice(*joined[-1])] == "e":
            joined[-1] = (joined[-1][0], piece[1])
        else:
            joined.append(piece)
    return joined


def _keeps_first(written: str, form: str) -> bool:
    """Say whether the first letter is kept: people read names from the left, and counterfeiters know it."""
    return written[0] == form[0] or written[0] + form[0] in _SHAPES or written[:2] == form[1::-1]


def _keeps_letters(written: str, brand: str) -> bool:
    """Say whether one letter was put in or two were swapped. `e-cs` and `e-cms` are names of others."""
    is_kept = len(written) > len(brand) or sorted(written) == sorted(brand)
    return is_kept and is_plausible_slip(written, brand)


def is_plausible_slip(written: str, label: str) -> bool:
    """Say whether a short label is off by one slip of eye or finger; any other letter in its place makes another word."""
    if OSA.distance(written, label, score_cutoff=1) != 1:
        return False
    if len(label) >= _SHORTEST or len(written) > len(label):
        return True
    if len(written) < len(label):
        return len(label) > _SHORTEST_LABEL
    if sorted(written) == sorted(label):
        return True
    a, b = next((x, y) for x, y in zip(written, label, strict=True) if x != y)
    return a in _KEYBOARD.get(b, "") or a + b in _SHAPES


def _slipped(parts: tuple[str, ...]) -> Iterator[Clue]:
    form = "".join(parts)
    if len(form) >= _HALVED:
        yield from _halves(form)
        return
    for slip in set(_slips(form)):
        if whole := _left_whole(parts, slip):
            yield Clue((slip,), clue(whole).looks)
            continue
        shift = len(slip) - len(form)
        joints = {sum(map(len, parts[:count])) for count in range(1, len(parts))} or {len(form)}
        for joint in {at + moved for at in joints for moved in {0, shift}}:
            yield clue(slip[:joint], slip[joint:]) if 0 < joint < len(slip) else Clue((slip,), (slip,))


def _left_whole(parts: tuple[str, ...], slip: str) -> str:
    """Return the longest first or last part the slip has not touched; empty: none is rare enough to be looked for alone."""
    ends = [parts[0]] if slip.startswith(parts[0]) else []
    ends += [parts[-1]] if slip.endswith(parts[-1]) else []
    rare = [part for part in ends if len(part) > _SHORTEST_LABEL or part in _RARE]
    return max(rare, key=len, default="") if len(parts) > 1 else ""


def _halves(form: str) -> Iterator[Clue]:
    """Yield what one slip leaves whole: either half, or all but two swapped letters in the middle."""
    half = len(form) // 2
    yield clue(form[:half])
    yield clue(form[half:])
    yield clue(form[: half - 1] + form[half] + form[half - 1] + form[half + 1 :])


def _slips(word: str) -> Iterator[str]:
    """Return all strings one slip from the word."""
    for i in range(len(word) + 1):
        if i < len(word):
            yield word[:i] + word[i + 1 :]
            yield from (word[:i] + letter + word[i + 1 :] for letter in _ALPHABET)
        if i + 1 < len(word):
            yield word[:i] + word[i + 1] + word[i] + word[i + 2 :]
        if 0 < i < len(word):
            yield from (word[:i] + letter + word[i:] for letter in _ALPHABET)
