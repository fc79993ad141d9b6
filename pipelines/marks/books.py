"""From what was seen to the books: whose it is, as what it stands, which marks it wears, personal ones as pseudonyms."""

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import islice

from detectors.marks.extract import extract_marks, marks_of_page
from detectors.marks.kinds import rule_of
from detectors.marks.model import Mark, MarkKind, Picture, Standing
from detectors.marks.owner import owner_of
from detectors.model import SCREENSHOT, CandidateKind, EvidenceKind, Observation, OfficialSnapshot
from keywords.roster import Roster
from pipelines.marks import index
from pipelines.marks.record import MarkRow, Wearer
from pipelines.model import FindingOutcome, Lead, LeadStatus, MergeOutcome
from pipelines.ports import MarkLedger, MarkStore

__all__ = ["Look", "MarkBooks", "pictures_of", "shown_form", "standing_of"]

_BATCH = 200
"""Looks written in one transaction: a colleague who wants to write hardly waits."""
_DIGESTS = {
    MarkKind.CERTIFICATE, MarkKind.FAVICON, MarkKind.IMAGE, MarkKind.RESOURCE_SET, MarkKind.INLINE_SCRIPT,
}  # fmt: skip
_SHOWN_DIGEST = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """One observation that was accepted."""

    observation: Observation
    """With its attachments, if pictures are among them."""
    wearer_id: str
    """The id its lead has, or would have."""
    outcome: MergeOutcome | None
    """What it did to its lead; None: it was too weak to make one."""
    marks: tuple[Mark, ...] | None = None
    """What it wears; None: nobody has looked yet."""


@dataclass(frozen=True, slots=True)
class _Entry:
    """What a look comes to, before it is written."""

    look: Look
    owner_key: str
    marks: tuple[tuple[Mark, str], ...]


class MarkBooks:
    """Keeps the books of a case. May be called from any thread; the store does the locking."""

    def __init__(self, store: MarkStore, roster: Roster, pseudonym_of: Callable[[str], str]) -> None:
        """`pseudonym_of` keys what is personal: the same number is recognised, and cannot be guessed back."""
        self._store = store
        self._roster = roster
        self._pseudonym_of = pseudonym_of

    def note_many(self, looks: Iterable[Look]) -> None:
        """Write down several looks; again is as once. A lead a person cleared stays cleared. Raises `StoreUnavailable`."""
        waiting = iter(looks)
        while batch := [self._entry(look) for look in islice(waiting, _BATCH)]:
            with self._store.editing() as ledger:
                for entry in batch:
                    self._write(ledger, entry)

    def note_official(self, snapshots: Sequence[OfficialSnapshot]) -> None:
        """Write down the marks of stored official pages, each version once: what copies share with them proves nothing."""
        with self._store.reading() as ledger:
            fresh = [one for one in snapshots if not _is_noted(ledger, one)]
        for snapshot in fresh:
            found = marks_of_page(snapshot.page, snapshot.html, snapshot.host, self._roster)
            with self._store.editing() as ledger:
                wearer = Wearer(
                    id=_snapshot_id(snapshot),
                    owner=ledger.owner_of(f"official:{snapshot.host}").number,
                    kind="snapshot",
                    standing=Standing.OFFICIAL,
                    version=snapshot.taken_at.isoformat(),
                )
                index.settle(ledger, wearer, ledger.enter([self._kept(mark) for mark in found]))

    def follow(self, lead: Lead) -> None:
        """Let the lead stand as a person's decision says. Raises `StoreUnavailable`."""
        standing = standing_of(lead)
        with self._store.reading() as ledger:
            known = ledger.wearer(lead.id)
        if known is None:
            look = Look(observation=lead.observation, wearer_id=lead.id, outcome=MergeOutcome.UNCHANGED)
            self.note_many((look,))
        if known is None or known.standing is not standing:
            with self._store.editing() as ledger:
                index.move(ledger, lead.id, standing)

    def declare_common(self, number: int, *, is_common: bool) -> MarkRow | None:
        """Let a mark count nothing, or count again; None: there is no such mark. Raises `StoreUnavailable`."""
        with self._store.editing() as ledger:
            return index.declare_common(ledger, number, is_common=is_common)

    def _entry(self, look: Look) -> _Entry:
        found = look.marks
        if found is None:
            found = extract_marks(look.observation, self._roster, pictures_of(look.observation))
        return _Entry(look, owner_of(look.observation), tuple(map(self._kept, found)))

    def _kept(self, mark: Mark) -> tuple[Mark, str]:
        """Return the mark as it is kept, and as staff see it."""
        if not rule_of(mark.kind).is_personal:
            return mark, shown_form(mark)
        return Mark(mark.kind, self._pseudonym_of(f"{mark.kind.value}:{mark.value}")), shown_form(mark)

    def _write(self, ledger: MarkLedger, entry: _Entry) -> None:
        look = entry.look
        known = ledger.wearer(look.wearer_id)
        candidate = look.observation.candidate
        wearer = Wearer(
            id=look.wearer_id,
            owner=ledger.owner_of(entry.owner_key).number,
            kind=candidate.kind.value,
            standing=self._standing(look, known),
        )
        index.settle(ledger, wearer, ledger.enter(entry.marks))

    def _standing(self, look: Look, known: Wearer | None) -> Standing:
        candidate = look.observation.candidate
        if candidate.kind is CandidateKind.SITE and self._roster.is_official(candidate.host):
            return Standing.OFFICIAL
        if look.outcome is None:
            return Standing.BYSTANDER
        is_cleared = known is not None and known.standing is Standing.CLEARED
        return Standing.CLEARED if is_cleared and look.outcome is not MergeOutcome.RESURFACED else Standing.SUSPECT


def standing_of(lead: Lead) -> Standing:
    """Return as what a lead stands: cleared only while it is dismissed as no counterfeit; a duplicate still belongs to its gang."""
    finding = lead.finding
    is_cleared = lead.status is LeadStatus.DISMISSED and finding and finding.outcome is FindingOutcome.NOT_COUNTERFEIT
    return Standing.CLEARED if is_cleared else Standing.SUSPECT


def shown_form(mark: Mark) -> str:
    """Return a mark for staff: personal ones with their middle hidden, digests cut."""
    value = mark.value
    if mark.kind in _DIGESTS:
        return value[:_SHOWN_DIGEST]
    if not rule_of(mark.kind).is_personal:
        return value
    name, at, domain = value.partition("@")
    first, last = (3, 2) if len(name) > 6 else (1, 0)  # noqa: PLR2004 - half of a short name would give it away
    hidden = "*" * max(3, len(name) - first - last)
    return f"{name[:first]}{hidden}{name[len(name) - last :]}{at}{domain}"[:60]


def pictures_of(observation: Observation) -> tuple[Picture, ...]:
    """Return the pictures that were read or attached. A screenshot is a picture of the page: only the codes on it count."""
    read = [
        Picture(sha256="" if one.where == SCREENSHOT else one.sha256, codes=tuple(code.text for code in one.codes))
        for one in observation.pictures
    ]
    known = {one.sha256 for one in read}
    attached = [
        Picture(sha256=hashlib.sha256(one.content).hexdigest(), is_icon=one.label == "favicon")
        for one in observation.attachments
        if one.media_type.startswith("image/") and one.kind is not EvidenceKind.SCREENSHOT
    ]
    return (*read, *(one for one in attached if one.sha256 not in known))


def _snapshot_id(snapshot: OfficialSnapshot) -> str:
    return f"snapshot:{snapshot.url}"


def _is_noted(ledger: MarkLedger, snapshot: OfficialSnapshot) -> bool:
    known = ledger.wearer(_snapshot_id(snapshot))
    return known is not None and known.version == snapshot.taken_at.isoformat()
