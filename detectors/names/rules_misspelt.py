"""Misspellings: one letter more, less, swapped or replaced in a long official name, or in a label beside its right neighbour."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import accumulate, chain, pairwise

from rapidfuzz.distance import OSA

from detectors.names.clues import EDGE, MAYBE, Clue, clue, hyphened
from detectors.names.confusable import eye_letters, eye_text
from detectors.names.hit import NameHit, Technique
from detectors.names.lexicon import Lexicon, Sense
from detectors.names.one_slip import (
    all_slips,
    close_slips,
    first_by_shape,
    halves_left,
    is_plausible_slip,
    keeps_first,
    plausible_slips,
)
from detectors.names.read import ReadName
from detectors.names.target import Target, TargetIndex

__all__ = ["Misspellings"]

_LONG = 8
_SHORTEST = 5
_TINY = 6
_SHORTEST_LABEL = 3
_VERY_LONG = 10
_ANCHORS = frozenset({"mohurd", "mohrss", "zlaq", "cnse"})
"""Labels few names hold: with one of them whole, the rest may have two slips."""
_RARE = frozenset({"gov", "mem"})
"""Three letters that few names hold."""
_QUERIES = ("chaxun", "zhengshu", "zscx")
_SHORT_QUERIES = ("cx", "zs")
_PROVINCIAL = ("yjt", "yjglt", "zjt", "jst", "zfcxjst", "rst")
"""Labels of provincial offices, whichever of them a province uses."""
_HALVED = 8
"""Either half of a form this long is rare enough to be looked for alone."""
_TWO = 2
_LONG_BY_EYE = 9
"""Two tricks at once, one of the eye and one of the finger, need a longer name."""
# Words one edit from an official name that mean something else.
_INNOCENT = frozenset(
    {
        "mohur", "member", "govmem", "memgo", "samrov", "memcov", "mohurst", "remgov", "mohrs", "cnsesame",
        "mengov", "mengovcn", "mangov", "mangovcn",
    }
)  # fmt: skip


class Misspellings:
    """Knows the long written-together forms of official names and what they look like with a slip."""

    def __init__(self, index: TargetIndex, lexicon: Lexicon) -> None:
        self._index = index
        self._ordinary = lexicon.ordinary
        self._hyphened_brands = lexicon.hyphened
        brands = [
            sense
            for senses in lexicon.senses.values()
            for sense in senses
            if sense.kind == "brand" and sense.weight != "shared"
        ]
        self._brands = frozenset(sense.word for sense in brands)
        # Labels that only the roster makes a brand (`zfwzxx`) have too many neighbours among initials.
        self._known = frozenset(sense.word for sense in brands if not sense.about)
        written = {parts: t for t in reversed(self._of_trade()) for parts in self._ways(t)}
        self._parts = {"".join(parts): parts for parts in written}
        self._forms = {"".join(parts): target for parts, target in written.items()}
        for form, target in self._forms.items():
            if form.startswith(target.brand) and target.sub not in form:
                self._forms[form] = index.department(target.brand) or target
        self._slips = _slips_of(self._forms, _keeps_enough)
        self._slips_by_eye = _slips_of(
            {form: t for form, t in self._forms.items() if len(form) >= _LONG_BY_EYE}, keeps_first, by_eye=True
        )
        self._long_forms: dict[str, list[str]] = {}
        for form, target in self._forms.items():
            for anchor in {target.sub, target.brand} & _ANCHORS:
                if len(form) >= _VERY_LONG and anchor in form:
                    self._long_forms.setdefault(anchor, []).append(form)
        pairs = {
            pair: target
            for pair, target in index.pairs.items()
            if pair[1] in self._brands and target in self._of_trade()
        }
        self._beside = dict(_slipped_pairs(pairs)) | dict(_slipped_before_query(brands, index))
        self._offices = dict(_slipped_places(index, lexicon))
        self._beside |= {pair: found for pair, found in self._offices.items() if pair not in self._beside}
        self._whole = dict(_slipped_whole(self._known, index))
        self._labels = frozenset(label for pair in pairs for label in pair)
        self._hyphened = {slip: target for target in reversed(self._of_trade()) for slip in _hyphened_slips(target)}
        self._heads = frozenset(slip.partition("-")[0] for slip in self._hyphened)

    def _of_trade(self) -> tuple[Target, ...]:
        return tuple(
            t
            for t in self._index.targets
            if t.brand in self._brands and (t.is_of_trade or not t.sub) and t.sub not in self._ordinary
        )

    def _ways(self, target: Target) -> Iterator[tuple[str, ...]]:
        """Yield the written-together forms of a target as their parts."""
        brand = tuple(target.labels[-1].split("-"))
        stems = sorted({(target.sub, *brand), (*brand, target.sub)}) if target.sub else []
        for stem in (*stems, brand):
            ways: list[tuple[str, ...]] = [stem] if stem is not brand or target.brand in self._known else []
            ways += [(*stem, "gov"), (*stem, "gov", "cn")] if target.is_government else []
            yield from (parts for parts in ways if len("".join(parts)) >= _SHORTEST)

    def clues(self) -> Iterator[Clue]:
        """Yield the clues of slips: every slip, looked for by the half it leaves whole where the form is long enough."""
        yield from map(clue, self._long_forms)
        for slip, form in self._slips.items():
            yield from _clues_of(slip, form, self._parts[form])
        for slip, form in self._slips_by_eye.items():
            yield from _clues_of(slip, eye_text(form), tuple(map(eye_text, self._parts[form])))
        yield from (clue(slip, *suffix.split(".")) for slip, suffix in self._whole)
        for first, second in self._beside:
            if (first, second) in self._offices:
                office = first if self._offices[first, second][1].startswith(first) else second
                yield Clue((first, second), (EDGE + office + EDGE,))
                continue
            rare = next(
                (label for label in (first, second) if len(label) > _SHORTEST_LABEL and label in self._labels), ""
            )
            looks = (hyphened(rare) if rare in self._hyphened_brands else clue(rare)).looks if rare else ()
            yield Clue((first, second), looks) if rare else clue(first, second)
        yield from (Clue(tuple(slip.split("-")), (EDGE + slip + EDGE,)) for slip in self._hyphened)

    def hits(self, name: ReadName) -> Iterator[NameHit]:
        """Yield hits of misspelt official names."""
        chunks = _chunks(name)
        stretches = _stretches(name, chunks)
        for start, end in stretches:
            form = self._slips.get(name.letters[start:end])
            if form and _is_jointed(name, start, end, self._parts[form]):
                score = 800 if len(form) >= _LONG else 700 if name.is_under_cn else 620
                yield _hit(name, self._forms[form], start, end, score, form)
        for anchor, forms in self._long_forms.items():
            if anchor in name.letters:
                yield from self._twice_slipped(
                    name, [at for at in stretches if anchor in name.letters[slice(*at)]], forms
                )
        for one, two in pairwise(chunks):
            found = self._beside.get((name.letters[slice(*one)], name.letters[slice(*two)]))
            if found:
                yield _hit(name, found[0], one[0], two[1], 660, found[1])
        yield from self._whole_hits(name)
        yield from self._hyphened_hits(name)

    def _whole_hits(self, name: ReadName) -> Iterator[NameHit]:
        """`chssi.com.cn`: the suffix is the official one."""
        start = max((dot for dot in name.dots if dot < name.free), default=0)
        if found := self._whole.get((name.letters[start : name.free], name.suffix)):
            yield _hit(name, found, start, name.free, 440, found.brand)

    def _twice_slipped(
        self, name: ReadName, stretches: Iterable[tuple[int, int]], forms: Iterable[str]
    ) -> Iterator[NameHit]:
        """Yield hits of very long names with two slips, one of whose labels stands unharmed in these stretches."""
        for start, end in stretches:
            written = name.letters[start:end]
            for form in forms:
                if OSA.distance(written, form, score_cutoff=_TWO) == _TWO:
                    yield _hit(name, self._forms[form], start, end, 700, form)

    def hits_by_eye(self, eye: ReadName) -> Iterator[NameHit]:
        """Yield hits of official names with a slip and look-alike letters besides; `eye` is the name as a hasty eye reads it."""
        for start, end in _stretches(eye, _chunks(eye)):
            form = self._slips_by_eye.get(eye.letters[start:end])
            if form and _is_jointed(eye, start, end, tuple(map(eye_text, self._parts[form]))):
                yield _hit(eye, self._forms[form], start, end, 720, form)

    def _hyphened_hits(self, name: ReadName) -> Iterator[NameHit]:
        """`e-cpqs`, `e-cqss`: the brand has a hyphen of its own, and the slip keeps it."""
        if not any(f"{head}-" in name.host for head in self._heads):
            return
        at = 0
        for label in name.host.split("."):
            target = self._hyphened.get(label)
            end = at + len(label.replace("-", ""))
            if target and end <= name.free and name.letters[at:end] == label.replace("-", ""):
                yield _hit(name, target, at, end, 480, target.labels[-1])
            at = end


def _clues_of(slip: str, form: str, parts: tuple[str, ...]) -> Iterator[Clue]:
    joints = frozenset(accumulate(map(len, parts)))
    if len(form) >= _HALVED:
        yield Clue((slip,), halves_left(slip, form, joints))
        return
    if whole := _left_whole(parts, slip):
        yield Clue((slip,), clue(whole).looks)
        return
    # A slip before a joint moves it.
    shifted = {at + moved for at in joints for moved in {0, len(slip) - len(form)}}
    yield Clue((slip,), (_loosely(slip, shifted),))


def _left_whole(parts: tuple[str, ...], slip: str) -> str:
    """Return the longest first or last part the slip has not touched; empty: none is rare enough to be looked for alone."""
    ends = [parts[0]] if slip.startswith(parts[0]) else []
    ends += [parts[-1]] if slip.endswith(parts[-1]) else []
    rare = [part for part in ends if len(part) > _SHORTEST_LABEL or part in _RARE]
    return max(rare, key=len, default="") if len(parts) > 1 else ""


def _loosely(slip: str, joints: set[int]) -> str:
    return "".join((MAYBE if at and at in joints else "") + letter for at, letter in enumerate(slip))


def _is_jointed(name: ReadName, start: int, end: int, parts: tuple[str, ...]) -> bool:
    """Say whether all separators in a form with a slip are at its joints; a slip before a joint moves it, one at a joint may blur it."""
    lengths = tuple(accumulate(map(len, parts)))
    joints = {start + at + moved for at in lengths for moved in {0, end - start - lengths[-1]}}
    joints |= {start + at for at in _blurred(name.letters[start:end], "".join(parts), lengths)}
    return all(at in joints for at in name.apart if start < at < end)


def _blurred(written: str, form: str, joints: tuple[int, ...]) -> Iterator[int]:
    """Yield where a joint of a very long form may be seen when the letter beside it is replaced: `zlaqq-ohurd-gov`.

    Only within the half that holds the slip: the other is what such names are looked for by (`halves_left`).
    """
    if len(form) < _VERY_LONG or len(written) != len(form):
        return
    slip = next((at for at, (a, b) in enumerate(zip(written, form, strict=True)) if a != b), 0)
    half = len(form) // 2
    for joint in joints:
        for at in (joint - 1, joint + 1):
            if abs(joint - slip) <= 1 and (at < half) == (slip < half) == (joint < half):
                yield at


def _slips_of(forms: Iterable[str], is_near: Callable[[str, str], bool], *, by_eye: bool = False) -> dict[str, str]:
    """Return slip → the longest form it is near to. Forms themselves and words that mean something else are left out."""
    made: dict[str, str] = {}
    exact = {eye_text(form) if by_eye else form for form in forms}
    for form in sorted(forms, key=len):
        letters = eye_text(form) if by_eye else form
        slips = (eye_letters(slip)[0] if by_eye else slip for slip in _slips(form))
        made |= {slip: form for slip in slips if slip not in _INNOCENT and is_near(slip, letters)}
    return {slip: form for slip, form in made.items() if slip not in exact}


def _slips(form: str) -> Iterator[str]:
    """Yield all slips of a long form, those of finger and eye of a shorter one, doubled letters only of the shortest."""
    if len(form) < _TINY:
        return (form[:at] + form[at - 1 :] for at in range(1, len(form) + 1))
    return all_slips(form) if len(form) >= _LONG else chain(close_slips(form), first_by_shape(form))


def _keeps_enough(slip: str, form: str) -> bool:
    return len(form) >= _LONG or (keeps_first(slip, form) and is_plausible_slip(slip, form))


def _slipped_pairs(pairs: Mapping[tuple[str, str], Target]) -> Iterator[tuple[tuple[str, str], tuple[Target, str]]]:
    """Yield a label and its neighbour, one of them right and the other off by one slip: `cnes.e-cqs`, `zlaq-mohund`."""
    for (sub, brand), target in reversed(list(pairs.items())):
        for left, right in ((sub, brand), (brand, sub)):
            for slip in plausible_slips(right):
                yield (left, slip), (target, left + right)
            if len(right) >= _SHORTEST_LABEL:
                yield from (((slip, right), (target, left + right)) for slip in plausible_slips(left))


def _slipped_before_query(
    brands: Iterable[Sense], index: TargetIndex
) -> Iterator[tuple[tuple[str, str], tuple[Target, str]]]:
    """Yield a short brand with a doubled or swapped letter and a word of query: `memm-chaxun`."""
    for brand, about in sorted({(sense.word, sense.about) for sense in brands}):
        target = index.query_site(brand, about)
        if target is None or target.rank > 1 or len(brand) >= _TINY:
            continue
        doubled = [brand[:at] + brand[at - 1 :] for at in range(1, len(brand) + 1)]
        swapped = [brand[:at] + brand[at + 1] + brand[at] + brand[at + 2 :] for at in range(len(brand) - 1)]
        for slip in {*doubled, *swapped} - {brand}:
            for query in (*_QUERIES, *(_SHORT_QUERIES if len(brand) > _SHORTEST_LABEL else ())):
                yield (slip, query), (target, brand + query)
                yield (query, slip), (target, query + brand)


def _slipped_places(index: TargetIndex, lexicon: Lexicon) -> Iterator[tuple[tuple[str, str], tuple[Target, str]]]:
    """Yield a local office's label beside its place's pinyin, a letter doubled or swapped in the place or in a long label: `zjt-jiansgu`, `yjgltt.jiangsu`."""
    places, offices = lexicon.words("place", "pinyin"), lexicon.words("department")
    pairs = {(sub, place): t for (sub, place), t in index.pairs.items() if sub in offices and place in places}
    portals = {t.brand: t for t in index.targets if not t.sub and t.is_government and t.brand in lexicon.provinces}
    pairs |= {(sub, place): t for place, t in portals.items() for sub in _PROVINCIAL if (sub, place) not in pairs}
    for (sub, place), target in pairs.items():
        if len(place) < _SHORTEST:
            continue
        for slip in _doubled_or_swapped(place):
            if slip not in places:
                yield (sub, slip), (target, sub + place)
                yield (slip, sub), (target, place + sub)
        for slip in _doubled_or_swapped(sub) if len(sub) >= _SHORTEST else ():
            if slip not in offices:
                yield (slip, place), (target, sub + place)
                yield (place, slip), (target, place + sub)


def _slipped_whole(brands: Iterable[str], index: TargetIndex) -> Iterator[tuple[tuple[str, str], Target]]:
    """Yield a short brand with a letter doubled, swapped or l for i below the very suffix of its official domain: `chssi.com.cn`, `cpat.com.cn`, `chsl.com.cn`."""
    owned = [t for t in index.targets if not t.is_government and not t.sub and t.brand in brands and "." in t.suffix]
    for target in owned:
        for slip in (*_doubled_or_swapped(target.brand), target.brand.replace("i", "l")):
            if slip != target.brand:
                yield (slip, target.suffix), target


def _doubled_or_swapped(word: str) -> Iterator[str]:
    yield from (word[:at] + word[at - 1 :] for at in range(1, len(word) + 1))
    yield from (
        word[:at] + word[at + 1] + word[at] + word[at + 2 :] for at in range(len(word) - 1) if word[at] != word[at + 1]
    )


def _hyphened_slips(target: Target) -> Iterator[str]:
    """Yield slips of a brand with a hyphen: one letter put in or two swapped. `e-cs` and `e-cms` are names of others."""
    head, hyphen, tail = target.labels[-1].partition("-")
    if hyphen:
        yield from (
            f"{head}-{slip}"
            for slip in plausible_slips(tail)
            if len(slip) > len(tail) or (len(slip) == len(tail) and sorted(slip) == sorted(tail))
        )
        yield f"{head}{head}-{tail}"


def _hit(name: ReadName, target: Target, start: int, end: int, score: int, form: str) -> NameHit:
    written = name.text(start, end)
    return NameHit(
        imitates=target.imitates,
        technique=Technique.MISSPELT,
        score_permille=score,
        span=name.span(start, end),
        reason=f"域名中的“{written}”与官方域名 {target.host} 的写法“{form}”只差一两个字母",
        brand=written,
    )


def _stretches(name: ReadName, chunks: Iterable[tuple[int, int]]) -> Iterable[tuple[int, int]]:
    """Return what may be a whole official name: each label, neighbouring labels together, everything up to the suffix and with it, each piece."""
    found: dict[tuple[int, int], None] = {}
    starts = [dot for dot in name.dots if dot < name.free]
    ends = [*starts[1:], name.free]
    for i, start in enumerate(starts):
        for end in ends[i : i + 4]:
            found[start, end] = None
        if name.is_under_cn:
            found[start, len(name.letters)] = None
    return found | dict.fromkeys(chunks)


def _chunks(name: ReadName) -> list[tuple[int, int]]:
    """Return the pieces between separators; digits stay with letters, since a slip may put one in."""
    cuts = [0, *sorted(at for at in name.apart if at < name.free), name.free]
    pieces = [(a, b) for a, b in pairwise(cuts) if b > a]
    if not any(b - a == 1 for a, b in pieces):
        return pieces
    # `e-cqs` is one label with a hyphen of its own.
    joined: list[tuple[int, int]] = []
    for piece in pieces:
        if joined and name.letters[slice(*joined[-1])] == "e":
            joined[-1] = (joined[-1][0], piece[1])
        else:
            joined.append(piece)
    return joined
