"""The JSON form of `NameFacts` that `jianwei domains check` writes."""

from typing import Any

import msgspec

from detectors.model import Unknown
from detectors.name_facts import DnsFacts, NameFacts

__all__ = ["facts_record"]

_RECORD_SETS = ("a", "aaaa", "cname", "ns", "mx", "soa")


def facts_record(facts: NameFacts, imitates: str | None) -> dict[str, object]:
    """Return the record; every fact that could not be had is `{"unknown": reason}`."""
    return {
        "name": facts.name,
        "state": facts.state.value,
        "reason": facts.state_reason,
        "registrable_domain": facts.registrable_domain,
        "dns": _dns(facts.dns),
        "tls": _plain(facts.tls),
        "registration": _plain(facts.registration),
        "network": _plain(facts.network),
        "filing": _plain(facts.filing),
        "imitates": imitates,
        "checked_at": facts.checked_at,
    }


def _dns(dns: DnsFacts | Unknown) -> object:
    if isinstance(dns, Unknown):
        return _plain(dns)
    sets = {name: getattr(dns, name) for name in _RECORD_SETS}
    return {
        **{name: _plain(one.values) for name, one in sets.items()},
        "outcomes": {name: one.outcome.value for name, one in sets.items()},
        "flapping": {name: [each.value for each in one.rounds] for name, one in sets.items() if one.is_flapping},
        "varying": {name: list(one.varying) for name, one in sets.items() if one.varying},
        "wildcard": _plain(dns.wildcard),
        "asked_at": dns.asked_at,
    }


def _plain(value: Any) -> object:
    """Return the value as JSON has it, with `Unknown` marked as such at every depth."""
    if isinstance(value, Unknown):
        return {"unknown": value.reason}
    if isinstance(value, tuple):
        return [_plain(one) for one in value]
    if hasattr(value, "__dataclass_fields__"):
        return {name: _plain(getattr(value, name)) for name in value.__dataclass_fields__}
    return msgspec.to_builtins(value)
