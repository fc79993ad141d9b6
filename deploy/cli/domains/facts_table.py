"""The table of `NameFacts` for people on a terminal."""

from datetime import datetime

from rich.console import Console
from rich.table import Table

from deploy.cli import session
from detectors.model import Unknown
from detectors.name_facts import NameFacts, NameState, Registration
from keywords.hosts import to_unicode
from pipelines.clock import CHINA

__all__ = ["FactsTable"]

_COLUMNS = (
    ("域名", "name"), ("状态", "state"), ("地址", "addresses"), ("网络归属", "network"), ("注册时间", "registered"),
    ("注册商", "registrar"), ("注册人", "registrant"), ("证书", "certificate"), ("仿冒", "imitates"),
)  # fmt: skip
_STATES = {
    NameState.RESOLVING: ("正在解析", "resolving"),
    NameState.WILDCARD: ("泛解析", "wildcard"),
    NameState.REGISTERED: ("已注册，未解析", "registered"),
    NameState.NOT_REGISTERED: ("未注册", "not registered"),
    NameState.NXDOMAIN: ("不存在（登记未知）", "no such name"),
    NameState.SERVFAIL: ("域名服务器故障", "servfail"),
    NameState.TIMEOUT: ("查询超时", "timeout"),
    NameState.UNKNOWN: ("尚无定论", "unknown"),
}
_SHOWN = 3


class FactsTable:
    """Collects rows and prints them at once."""

    def __init__(self) -> None:
        say = session.current.say
        self._table = Table(*(say(*names) for names in _COLUMNS), title_justify="left")

    def add(self, facts: NameFacts, imitates: str | None) -> None:
        """Add a row."""
        registration = facts.registration
        known = registration if isinstance(registration, Registration) else None
        self._table.add_row(
            to_unicode(facts.name),
            session.current.say(*_STATES[facts.state]),
            _several(facts.addresses),
            _network(facts),
            _day(known.registered_at) if known else "?",
            _text(known.registrar) if known else "?",
            _text(known.registrant) if known else "?",
            "-" if isinstance(facts.tls, Unknown) else "、".join(one.value for one in facts.tls.faults) or "ok",
            imitates or "",
        )

    def print(self) -> None:
        """Print all rows; a name is text, whatever markup it seems to hold."""
        Console(markup=False, highlight=False).print(self._table)


def _network(facts: NameFacts) -> str:
    if isinstance(facts.network, Unknown):
        return "?"
    return _several(
        tuple(
            dict.fromkeys(
                " ".join((_text(one.country), _text(one.province), _text(one.owner))) for one in facts.network
            )
        )
    )


def _several(values: tuple[str, ...]) -> str:
    return "\n".join(values[:_SHOWN]) + (f"\n… {len(values)}" if len(values) > _SHOWN else "")


def _text(value: str | Unknown) -> str:
    return "?" if isinstance(value, Unknown) else value


def _day(value: datetime | Unknown) -> str:
    return "?" if isinstance(value, Unknown) else f"{value.astimezone(CHINA):%Y-%m-%d}"
