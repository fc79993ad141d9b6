"""A department's list of training and examination institutions → the county's roster of them. Broken rows are named and kept."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from detectors.wording.institutions import Institution
from keywords.hosts import registrable_domain
from keywords.roster import is_shared_parent
from pipelines.exports.cells import neutral
from pipelines.imports.model import Rejection, Row
from pipelines.imports.rejects import write_rejects
from pipelines.imports.site_rows import RowUnusableError, host_in
from pipelines.imports.tables import read_rows
from pipelines.institutions import InstitutionRow, OwnInstitutions

__all__ = ["TEMPLATE", "InstitutionsReport", "import_institutions"]

TEMPLATE = (
    ("机构名称", "类型", "行政区划代码", "网站域名", "联系方式", "来源", "状态"),
    ("示例县安全技术培训中心", "培训", "320723", "px.example.com", "0518-88000000|slpx-2024", "县应急管理局公告（示例）", "示例"),
)  # fmt: skip
"""Header and one example row; a row whose 状态 is 示例 is passed over."""

_COLUMNS: Mapping[str, tuple[str, ...]] = {
    "name": ("机构名称", "名称", "单位名称", "单位", "name"),
    "kind": ("类型", "机构类型", "类别", "kind", "type"),
    "region_code": ("行政区划代码", "区划代码", "region"),
    "hosts": ("网站域名", "域名", "网站", "网址", "hosts", "host"),
    "contacts": ("联系方式", "联系电话", "电话", "contacts", "phone"),
    "source": ("来源", "依据", "文号", "source"),
    "status": ("状态", "status"),
}
_FIELD_OF = {name: field for field, names in _COLUMNS.items() for name in names}
_KINDS = {"": "training", "培训": "training", "培训机构": "training", "training": "training",
          "考试": "examination", "考试机构": "examination", "考点": "examination", "examination": "examination"}  # fmt: skip
_WITHDRAWN = {
    "停用": True,
    "撤销": True,
    "注销": True,
    "withdrawn": True,
    "": False,
    "启用": False,
    "正常": False,
    "active": False,
}
_EXAMPLE = frozenset({"示例", "example"})
_BETWEEN = re.compile(r"[|、,，;；\s]+")
_NUMBER = re.compile(r"(?:0\d{2,3}-?\d{7,8}|1[3-9]\d{9}|[48]00-?\d{3}-?\d{4})")
_ACCOUNT = re.compile(r"[A-Za-z0-9_-]{5,20}")
_SHORTEST_NAME, _LONGEST_CELL = 6, 500
_MIN_NAMED_COLUMNS = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class InstitutionsReport:
    """What became of a file."""

    path: Path
    added: int
    corrected: int
    withdrawn: int
    unchanged: int
    rejections: tuple[Rejection, ...]
    rejects_path: Path | None
    """Where the rejected rows were kept; None: there were none, or it was a dry run."""
    roster_path: Path
    sha256: str
    """Digest of the roster's file as written; empty: nothing was written."""


def import_institutions(
    path: Path, home: Path, *, at: datetime, by: str, is_dry_run: bool = False
) -> InstitutionsReport:
    """Add, correct and withdraw institutions below `home` as the file says; doing it twice changes nothing.

    Raises `InputUnreadable` when the file is no table, or the roster's own file is damaged.
    """
    own = OwnInstitutions(home)
    with own.changing():
        standing = {row.institution.name: row for row in own.read()}
        read = list(_rows(path))
        given = [one for one in read if not isinstance(one, Rejection)]
        rejections = tuple(one for one in read if isinstance(one, Rejection))
        merged, counts = _merged(standing, given, f"{at.isoformat(timespec='seconds')}", by)
        is_changed = merged != standing and not is_dry_run
        sha256 = own.write(tuple(merged.values())) if is_changed else ""
    keeps_rejects = bool(rejections) and not is_dry_run
    return InstitutionsReport(
        path=path,
        **counts,
        rejections=rejections,
        rejects_path=write_rejects(home / "rejected", path, rejections, at) if keeps_rejects else None,
        roster_path=own.path,
        sha256=sha256,
    )


def _merged(
    standing: Mapping[str, InstitutionRow], given: Sequence[tuple[Institution, bool]], stamp: str, by: str
) -> tuple[dict[str, InstitutionRow], dict[str, int]]:
    merged, counts = dict(standing), dict.fromkeys(("added", "corrected", "withdrawn", "unchanged"), 0)
    for one, is_withdrawn in given:
        old = merged.get(one.name)
        if is_withdrawn:
            merged.pop(one.name, None)
            counts["withdrawn" if old else "unchanged"] += 1
        elif old and old.institution == one:
            counts["unchanged"] += 1
        else:
            merged[one.name] = InstitutionRow(institution=one, imported_at=stamp, imported_by=by)
            counts["corrected" if old else "added"] += 1
    return merged, counts


def _rows(path: Path) -> Iterator[tuple[Institution, bool] | Rejection]:
    seen: dict[str, int] = {}
    for row in read_rows(path, _is_header, ("机构名称、联系方式、来源", "name, contacts, source")):
        if isinstance(row, Rejection):
            yield row
            continue
        try:
            one = _institution(row, seen)
        except RowUnusableError as problem:
            yield row.rejected(str(problem))
        else:
            yield from (one,) if one else ()


def _is_header(cells: Sequence[str]) -> bool:
    fields = {_FIELD_OF.get(cell.strip().lower()) for cell in cells} - {None}
    return "name" in fields and len(fields) >= _MIN_NAMED_COLUMNS


def _institution(row: Row, seen: dict[str, int]) -> tuple[Institution, bool] | None:
    """Return what a row says and whether it withdraws; None: the example. Raises `RowUnusableError` with the reason.

    `seen` holds name → line of this file.
    """
    given = {field: text for column, text in row.cells.items() if (field := _FIELD_OF.get(column.strip().lower()))}
    for text in given.values():
        if len(text) > _LONGEST_CELL or neutral(text) != text:
            raise RowUnusableError(f"“{text[:40]}”过长、含有不可见字符，或会被表格软件当作公式")
    status, kind, name = given.get("status", "").lower(), given.get("kind", "").lower(), given.get("name", "")
    if status in _EXAMPLE:
        return None
    if status not in _WITHDRAWN:
        raise RowUnusableError(f"不认识的状态“{status}”，请填启用或停用")
    if kind not in _KINDS:
        raise RowUnusableError(f"不认识的类型“{kind}”，请填培训或考试")
    if len(name) < _SHORTEST_NAME:
        raise RowUnusableError("机构名称要写全称，至少 6 个字")
    if name in seen:
        raise RowUnusableError(f"{name} 与第 {seen[name]} 行重复")
    seen[name] = row.line
    one = Institution(
        name=name, kind=_KINDS[kind], region_code=given.get("region_code", ""), source=given.get("source", "")
    )
    if _WITHDRAWN[status]:
        return one, True
    if not one.source:
        raise RowUnusableError("没有填写来源（哪个部门的公告或文号）")
    return replace(one, hosts=_hosts(given.get("hosts", "")), contacts=_contacts(given.get("contacts", ""))), False


def _hosts(cell: str) -> tuple[str, ...]:
    hosts = tuple(host_in(one) for one in _BETWEEN.split(cell) if one)
    for host in hosts:
        if is_shared_parent(host) or registrable_domain(host) == "":
            raise RowUnusableError(f"{host} 下有许多互不相干的网站，不能作为一个机构的域名")
    return hosts


def _contacts(cell: str) -> tuple[str, ...]:
    contacts = tuple(one for one in _BETWEEN.split(cell) if one)
    for one in contacts:
        if not (_NUMBER.fullmatch(one) or _ACCOUNT.fullmatch(one)):
            raise RowUnusableError(f"“{one[:40]}”不是带区号的电话、手机号或账号")
    return contacts
