"""Whether a name moved, or merely got another address where it lives. Pure.

Content networks hand out other addresses at every question, and a hoster renumbers: that is rotation, worth a line in the history
and nobody's attention. A move is what leads to another hoster, another addressee, another country. Three ways to be at home: an
address in a block (/24, /48) the name was known in, an autonomous system it was known in, or, once, an address it had the last
time. "Once", because whoever adds the new address first and takes the old one away later would otherwise move unseen.
An address that leads nowhere is nobody's home: going there and coming back from there are moves, however soon.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from ipaddress import ip_address, ip_network

from pipelines.name_record import AddressHome

__all__ = ["HOME_HOLDS", "AddressMove", "Moved", "compare_addresses", "home_networks", "leads_nowhere"]

HOME_HOLDS = timedelta(days=7)
"""A network left for longer is a new one again: shorter absences are the alternation of two content networks."""
_HOMES_LIMIT = 64
_BLOCKS = {4: 24, 6: 48}
"""The smallest blocks that are announced on their own; one customer's machines mostly share one."""
_NOWHERE = tuple(
    ip_network(one)
    for one in (
        "0.0.0.0/8",
        "10.0.0.0/8",
        "127.0.0.0/8",
        "169.254.0.0/16",
        "172.16.0.0/12",
        "192.168.0.0/16",
        "::/127",
        "fc00::/7",
        "fe80::/10",
    )
)


class AddressMove(StrEnum):
    """How addresses compare with those before."""

    SAME = "same"
    ROTATED = "rotated"
    MOVED = "moved"


@dataclass(frozen=True, slots=True)
class Moved:
    """What became of the addresses, and the networks the name lives in afterwards."""

    move: AddressMove
    homes: tuple[AddressHome, ...]


def leads_nowhere(address: str) -> bool:
    """Say whether a name is given this address to lead nowhere: by its owner, by who was asked to cut it off, or by our own name server's filter."""
    try:
        known = ip_address(address)
    except ValueError:
        return False
    return any(known in network for network in _NOWHERE if network.version == known.version)


def home_networks(addresses: Iterable[str], networks: Iterable[str] = ()) -> frozenset[str]:
    """Return the blocks of the addresses and the autonomous systems of `networks` (`AS4134 CHINANET`)."""
    blocks = {block for address in addresses if (block := _block(address))}
    systems = {network.split(" ", 1)[0] for network in networks if network.startswith("AS")}
    return frozenset(blocks | systems)


def compare_addresses(
    before: tuple[str, ...],
    after: tuple[str, ...],
    networks: tuple[str, ...],
    homes: tuple[AddressHome, ...],
    at: datetime,
) -> Moved:
    """Compare two sets of addresses (both non-empty) of a name that lives in `homes`, the second seen at `at` in `networks`."""
    stayed = AddressMove.SAME if set(before) == set(after) else AddressMove.ROTATED
    was_nowhere, is_nowhere = all(map(leads_nowhere, before)), all(map(leads_nowhere, after))
    if was_nowhere and is_nowhere:
        return Moved(stayed, homes)
    present = home_networks(after, networks)
    current = {home.network for home in _held(homes)}
    if was_nowhere or is_nowhere:
        return Moved(AddressMove.MOVED, _joined(homes, present, at))
    if present & current:
        # The system of a block that was known all along is no news; a strange block beside a known one is not yet home.
        settled = present if all(_block(one) in current for one in after) else present & current
        return Moved(stayed, _joined(homes, settled, at))
    was_at_home = bool(home_networks(before) & current) or not homes
    if set(before) & set(after) and was_at_home:
        return Moved(stayed, homes)
    return Moved(AddressMove.MOVED, _joined(homes, present, at))


def _held(homes: tuple[AddressHome, ...]) -> tuple[AddressHome, ...]:
    latest = max((home.last_at for home in homes), default=None)
    return tuple(home for home in homes if latest is not None and latest - home.last_at <= HOME_HOLDS)


def _joined(homes: tuple[AddressHome, ...], present: frozenset[str], at: datetime) -> tuple[AddressHome, ...]:
    kept = {home.network: home for home in homes}
    for network in present:
        before = kept.get(network)
        kept[network] = (
            replace(before, last_at=max(before.last_at, at)) if before else AddressHome(network=network, last_at=at)
        )
    newest = sorted(kept.values(), key=lambda home: (home.last_at, home.network))
    return tuple(newest[-_HOMES_LIMIT:])


def _block(address: str) -> str:
    """Return the block of an address; empty for what is no address, or leads nowhere."""
    try:
        known = ip_address(address)
    except ValueError:
        return ""
    if leads_nowhere(address):
        return ""
    return str(ip_network((known, _BLOCKS[known.version]), strict=False))
