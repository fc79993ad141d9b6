"""Whether a name moved, or merely got another address where it lives. Pure.

Content networks hand out other addresses at every question, and a hoster renumbers: that is rotation, worth a line in the history
and nobody's attention. A move is what leads to another hoster, another addressee, another country. Three ways to be at home: an
address in a block (/24, /48) the name was known in, an autonomous system it was known in, or, once, an address it had the last
time. "Once", because whoever adds the new address first and takes the old one away later would otherwise move unseen.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from ipaddress import ip_address, ip_network

from pipelines.name_record import AddressHome

__all__ = ["HOME_HOLDS", "AddressMove", "Moved", "compare_addresses", "home_networks"]

HOME_HOLDS = timedelta(days=7)
"""A network left for longer is a new one again: shorter absences are the alternation of two content networks."""
_HOMES_LIMIT = 64
_BLOCKS = {4: 24, 6: 48}
"""The smallest blocks that are announced on their own; one customer's machines mostly share one."""


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
    present = home_networks(after, networks)
    current = {home.network for home in _held(homes)}
    if present & current:
        is_same = set(before) == set(after)
        # The system of a block that was known all along is no news; a strange block beside a known one is not yet home.
        settled = present if all(_block(one) in current for one in after) else present & current
        return Moved(AddressMove.SAME if is_same else AddressMove.ROTATED, _joined(homes, settled, at))
    was_at_home = bool(home_networks(before) & current) or not homes
    if set(before) & set(after) and was_at_home:
        return Moved(AddressMove.SAME if set(before) == set(after) else AddressMove.ROTATED, homes)
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
    """Return the block of an address; empty for what is no address."""
    try:
        known = ip_address(address)
    except ValueError:
        return ""
    return str(ip_network((known, _BLOCKS[known.version]), strict=False))
