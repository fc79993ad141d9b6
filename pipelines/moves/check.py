"""Is a store whole? What every store can be asked through its shelf: each document readable, the audit chain whole, the evidence there.

What only a kind of store can say of itself, it yields as the same `CheckFault`s (`pipelines.stores.sqlite.inspection`).
"""

from collections.abc import Iterator
from dataclasses import dataclass

import msgspec

from pipelines.errors import DocumentDamaged, EvidenceDamaged
from pipelines.moves.compare import chain_broken_at
from pipelines.moves.copy import Progress
from pipelines.moves.shelf import Kind, document_of, number_key
from pipelines.ports import EvidenceStore, Shelf

__all__ = ["CheckFault", "check_documents", "check_evidence", "named_evidence"]


@dataclass(frozen=True, slots=True)
class CheckFault:
    """One thing that is off."""

    about: str
    """A `Kind`, `file`, `search` or `evidence`."""
    key: str
    """Of the document, the digest of the evidence; empty: the file as a whole."""
    zh: str
    en: str


class _Piece(msgspec.Struct):
    sha256: str


class _Named(msgspec.Struct):
    """Of a lead, the evidence it names."""

    evidence: tuple[_Piece, ...] = ()


def named_evidence(content: bytes) -> tuple[str, ...]:
    """Return the SHA-256 of the evidence a lead's document names; none of a document that cannot be read."""
    try:
        return tuple(one.sha256 for one in msgspec.json.decode(content, type=_Named).evidence)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return ()


def check_documents(shelf: Shelf, progress: Progress) -> Iterator[CheckFault]:
    """Read every document of every kind. Raises `StoreUnavailable` where rows cannot be read at all."""
    for kind in shelf.kinds:
        before, read = shelf.count(kind), 0
        progress.stage(f"check {kind}", before)
        for row in shelf.read(kind):
            read += 1
            progress.advance()
            try:
                document_of(kind, row)
            except DocumentDamaged as damaged:
                yield CheckFault(kind, row.key, damaged.zh, damaged.en)
        # Somebody may write meanwhile; a count that stands still and is another than what was read is a fault.
        if before == shelf.count(kind) != read:
            yield CheckFault(
                kind,
                "",
                f"{kind} 应有 {before} 条，读到 {read} 条。",
                f"Of {kind}, {before} are counted and {read} were read.",
            )
    if Kind.AUDIT in shelf.kinds:
        broken_at = chain_broken_at(shelf.read(Kind.AUDIT))
        if broken_at is not None:
            yield CheckFault(
                Kind.AUDIT,
                number_key(broken_at),
                f"审计日志第 {broken_at} 条与前后不符，日志可能被改动。",
                f"Audit entry {broken_at} does not fit the chain; the log may have been changed.",
            )


def check_evidence(shelf: Shelf, evidence: EvidenceStore, progress: Progress) -> Iterator[CheckFault]:
    """Read every byte of evidence again, and look whether all that leads name is there. Raises `StoreUnavailable`."""
    stored = set[str]()
    progress.stage("check evidence", sum(1 for _ in evidence.stored()))
    for sha256 in evidence.stored():
        stored.add(sha256)
        progress.advance()
        try:
            evidence.get(sha256)
        except EvidenceDamaged as problem:
            yield _evidence_fault(sha256, problem)
    for row in shelf.read(Kind.LEADS):
        for sha256 in named_evidence(row.content):
            if sha256 in stored:
                continue
            try:
                # What came in while the vault was listed is not missing.
                evidence.get(sha256)
            except EvidenceDamaged as problem:
                yield _evidence_fault(sha256, problem, row.key)


def _evidence_fault(sha256: str, problem: EvidenceDamaged, lead_id: str = "") -> CheckFault:
    of_zh, of_en = (f"所属线索 {lead_id}。", f" Lead {lead_id}.") if lead_id else ("", "")
    return CheckFault("evidence", sha256, f"{problem.zh}{of_zh}", f"{problem.en}{of_en}")
