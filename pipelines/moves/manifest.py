"""What a backup says of itself, and where things lie in it. Values and pure functions; whatever is read is taken for hostile.

FOLDER/jianwei-backup.txt       says what the folder is
FOLDER/evidence/ab/cd/<sha256>  write-once, shared by all backups of the folder
FOLDER/20261127T081500Z/        one backup
    manifest.json               written last: without it, this is no backup
    evidence.sha256             what of the evidence belongs to it, as `sha256sum -c` reads it
    store.sqlite                the store at one moment
    home/…                      settings, rosters, terms, weights, the key file
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import PurePosixPath

from pipelines.documents import decode
from pipelines.errors import UsageError
from pipelines.evidence.vault import DIGEST, evidence_path

__all__ = [
    "EVIDENCE_LIST", "FORMAT", "HOME_PART", "MANIFEST", "MARKER", "STAMP", "STORE_FILE", "BackupRefused", "Manifest", "ManifestFile",
    "evidence_line", "evidence_of", "read_manifest",
]  # fmt: skip

FORMAT = 1
MANIFEST, EVIDENCE_LIST, STORE_FILE, HOME_PART = "manifest.json", "evidence.sha256", "store.sqlite", "home"
MARKER = "jianwei-backup.txt"
STAMP = re.compile(r"\d{8}T\d{6}Z")
"""How the folder of one backup is called: when it was begun."""
_EVIDENCE_LINE = re.compile(r"([0-9a-f]{64})  \.\./evidence/([0-9a-f]{2}/[0-9a-f]{2}/[0-9a-f]{64})\n?")
_MAX_PATH = 1000


class BackupRefused(UsageError):
    """What was given is no backup, or not one that can be used as it is."""

    def __init__(self, where: str, problem_zh: str, problem_en: str) -> None:
        super().__init__(
            f"备份 {where} 不能使用：{problem_zh}。没有写入任何内容。",
            f"Backup {where} cannot be used: {problem_en}. Nothing was written.",
        )
        self.where = where


@dataclass(frozen=True, slots=True, kw_only=True)
class ManifestFile:
    """One file of a backup."""

    path: str
    """Below the backup's folder, with `/`."""
    size_bytes: int
    sha256: str
    mode: int
    """Permission bits."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """Everything a backup holds."""

    format: int
    made_by: str
    """Program and version."""
    made_at: datetime
    """When it was begun; the store is as it was right after."""
    layout: int
    """Of the store's file."""
    store_path: str
    """Where the store's file belongs below the home folder."""
    counts: dict[str, int]
    """Kind → documents (`pipelines.moves.shelf.Kind`)."""
    audit_count: int
    audit_sha256: str
    """Digest of the last audit entry; empty: the log is empty."""
    evidence_count: int
    evidence_bytes: int
    files: tuple[ManifestFile, ...]
    """All but evidence and the manifest itself."""
    is_one_moment: bool = False
    """The store is as it was at one moment. False: its parts are of moments further apart, or an older program made it and did not say."""
    missing_evidence: tuple[str, ...] = ()
    """SHA-256 a lead names that the vault did not have; the first of them only."""
    damaged_evidence: tuple[str, ...] = ()
    """In the vault with other bytes than its name says; not in the backup."""
    not_included: tuple[str, ...] = ()
    """What stood in the home folder and was left out: links, sockets, folders of feeds."""

    @property
    def is_evidence_whole(self) -> bool:
        """Say whether all evidence the leads name is in the backup, as it was taken."""
        return not self.missing_evidence and not self.damaged_evidence

    def place_of(self, path: str) -> str:
        """Return where a file of the backup goes below the home folder."""
        return self.store_path if path == STORE_FILE else path.removeprefix(f"{HOME_PART}/")


def read_manifest(content: bytes, where: str, newest_layout: int) -> Manifest:
    """Return a checked manifest. Raises `BackupRefused`: damaged, of a newer program, or with paths that lead elsewhere."""
    try:
        made = decode(dict[str, object], content).get("format")
        if isinstance(made, int) and made > FORMAT:
            raise _too_new(where)
        manifest = decode(Manifest, content)
    except ValueError as error:
        raise BackupRefused(where, "清单文件已损坏", "its manifest is damaged") from error
    if manifest.format != FORMAT or manifest.layout > newest_layout:
        raise _too_new(where)
    paths = [one.path for one in manifest.files]
    for path in (*paths, f"{HOME_PART}/{manifest.store_path}"):
        if not _is_inside(path):
            raise BackupRefused(where, f"清单中的路径 {path!r} 不合法", f"its manifest names the path {path!r}")
    places = [manifest.place_of(path) for path in paths if path != EVIDENCE_LIST]
    if len(set(places)) != len(places) or not {STORE_FILE, EVIDENCE_LIST} <= set(paths):
        raise BackupRefused(where, "清单中缺少文件或有重复", "its manifest lacks files or names some twice")
    if not all(DIGEST.fullmatch(one.sha256) and one.size_bytes >= 0 for one in manifest.files):
        raise BackupRefused(where, "清单中的校验值不合法", "its manifest has digests that are none")
    return manifest


def _too_new(where: str) -> BackupRefused:
    return BackupRefused(
        where, "它由更新版本的鉴伪制作，请先升级程序", "a newer Jianwei made it; upgrade this one first"
    )


def _is_inside(path: str) -> bool:
    """Say whether a path stays below its folder and is one a backup has: the store, the evidence list, or below `home/`."""
    parts = path.split("/")
    is_plain = not any(part in {"", ".", ".."} or "\x00" in part or "\\" in part for part in parts)
    if not is_plain or len(path) > _MAX_PATH or PurePosixPath(path).is_absolute():
        return False
    if parts[0] != HOME_PART:
        return path in {STORE_FILE, EVIDENCE_LIST}
    # Evidence comes from the evidence folder alone, where names are digests.
    return len(parts) > 1 and parts[1] != "evidence"


def evidence_line(sha256: str) -> str:
    """Return a line of the evidence list."""
    return f"{sha256}  ../evidence/{evidence_path(sha256)}\n"


def evidence_of(lines: Iterable[str], where: str) -> Iterator[str]:
    """Yield the digests of an evidence list. Raises `BackupRefused` for a line that is none."""
    for line in lines:
        found = _EVIDENCE_LINE.fullmatch(line)
        if not found or found[2] != evidence_path(found[1]):
            raise BackupRefused(
                where, f"证据清单有一行不合法：{line[:80]!r}", f"a line of its evidence list is none: {line[:80]!r}"
            )
        yield found[1]
