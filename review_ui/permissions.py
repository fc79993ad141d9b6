"""Who may do what: one alphabetised list of permissions and one table, role by role.

Source: county notice 灌应急〔2024〕29号. Issuing departments say whether a thing is counterfeit; 网信办 screens sites; 市监 turns to
the platforms; 通管办 acts on a takedown list; police read and collect evidence; the administrator runs the desk and judges nothing.
"""

from enum import StrEnum

from pipelines.model import Role

__all__ = ["Permission", "may", "permissions_of"]


class Permission(StrEnum):
    """One thing a person may or may not do at the desk."""

    EVIDENCE_DOWNLOAD = "evidence.download"
    EVIDENCE_VERIFY = "evidence.verify"
    EXPORT_DELISTING = "export.delisting"
    EXPORT_TAKEDOWN = "export.takedown"
    LEAD_CONFIRM = "lead.confirm"
    LEAD_DISMISS = "lead.dismiss"
    LEAD_READ = "lead.read"
    LEAD_REOPEN = "lead.reopen"
    LEAD_SCREEN = "lead.screen"
    RUN_READ = "run.read"
    RUN_STOP = "run.stop"


_READS = frozenset({Permission.LEAD_READ, Permission.RUN_READ, Permission.EVIDENCE_VERIFY})
_SCREENS = _READS | {
    Permission.EVIDENCE_DOWNLOAD,
    Permission.LEAD_SCREEN,
    Permission.LEAD_DISMISS,
    Permission.LEAD_REOPEN,
}
_ISSUES = _SCREENS | {Permission.LEAD_CONFIRM, Permission.EXPORT_DELISTING}

_TABLE: dict[Role, frozenset[Permission]] = {
    Role.ADMIN: _READS | {Permission.RUN_STOP},
    Role.CYBERSPACE: _SCREENS | {Permission.EXPORT_TAKEDOWN},
    Role.ISSUER_CONSTRUCTION: _ISSUES,
    # 应急 leads the office, so it may also hand the list to 通管办 and 网信办 itself, and stop a sweep somebody complains about.
    Role.ISSUER_EMERGENCY: _ISSUES | {Permission.EXPORT_TAKEDOWN, Permission.RUN_STOP},
    Role.ISSUER_MARKET: _ISSUES,
    Role.MARKET: _SCREENS | {Permission.EXPORT_DELISTING},
    Role.POLICE: _READS | {Permission.EVIDENCE_DOWNLOAD},
    Role.TELECOM: _READS | {Permission.EXPORT_TAKEDOWN},
}


def permissions_of(role: Role) -> frozenset[Permission]:
    """Return everything the role may do."""
    return _TABLE[role]


def may(role: Role, permission: Permission) -> bool:
    """Say whether the role may do it."""
    return permission in _TABLE[role]
