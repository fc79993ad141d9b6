"""Which addresses no web page may lead us to: one explicit list, with addresses hidden inside addresses unwrapped.

`ipaddress.is_global` is not enough: it calls multicast, NAT64 of a private address, 6to4 of one and the metadata service of
one cloud global. Source: IANA special-purpose registries (RFC 6890 and updates) and the clouds' own documents.
"""

import ipaddress
from collections.abc import Iterable

__all__ = ["SPECIAL_NETWORKS", "Address", "Network", "is_forbidden"]

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

SPECIAL_NETWORKS: tuple[Network, ...] = tuple(
    ipaddress.ip_network(network)
    for network in (
        "0.0.0.0/8",  # this network
        "10.0.0.0/8",  # private
        "100.64.0.0/10",  # carrier NAT; also metadata of Alibaba Cloud
        "127.0.0.0/8",  # loopback
        "168.63.129.16/32",  # Azure's platform address
        "169.254.0.0/16",  # link-local; metadata of most clouds
        "172.16.0.0/12",  # private
        "192.0.0.0/24",  # protocol assignments
        "192.0.2.0/24",  # documentation
        "192.31.196.0/24",  # AS112
        "192.52.193.0/24",  # AMT
        "192.88.99.0/24",  # 6to4 relay anycast
        "192.168.0.0/16",  # private
        "192.175.48.0/24",  # AS112
        "198.18.0.0/15",  # benchmarks
        "198.51.100.0/24",  # documentation
        "203.0.113.0/24",  # documentation
        "224.0.0.0/4",  # multicast
        "240.0.0.0/4",  # reserved, broadcast
        "::/127",  # unspecified, loopback
        "::/96",  # IPv4-compatible, withdrawn
        "::ffff:0:0:0/96",  # IPv4-translated, withdrawn
        "64:ff9b:1::/48",  # local NAT64
        "100::/64",  # discard
        "100:0:0:1::/64",  # dummy prefix
        "2001::/23",  # protocol assignments (Teredo is unwrapped before)
        "2001:db8::/32",  # documentation
        "2620:4f:8000::/48",  # AS112
        "3fff::/20",  # documentation
        "5f00::/16",  # segment routing
        "fc00::/7",  # unique local
        "fe80::/10",  # link-local
        "fec0::/10",  # site-local, withdrawn
        "ff00::/8",  # multicast
    )
)

_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
_LOCAL_NAT64 = ipaddress.IPv6Network("64:ff9b:1::/48")
_TRANSLATED = ipaddress.IPv6Network("::ffff:0:0:0/96")
_COMPATIBLE = ipaddress.IPv6Network("::/96")
_NOWHERE = ipaddress.IPv4Network("0.0.0.0/8")
_ISATAP = 0x5EFE
_LOW = 0xFFFFFFFF


def is_forbidden(address: Address, allowed_networks: Iterable[Network] = ()) -> bool:
    """Say whether the address, or any address packed inside it, is special-purpose and in no allowed network."""
    allowed = tuple(allowed_networks)
    return any(_is_special(one) and not _within(one, allowed) for one in _meant_by(address))


def _meant_by(address: Address) -> tuple[Address, ...]:
    """Return every address that somebody on the way may take this one for; all of them must be good."""
    if isinstance(address, ipaddress.IPv4Address) or address.scope_id:
        return (address,)
    value = int(address)
    low = ipaddress.IPv4Address(value & _LOW)
    if address.ipv4_mapped or address in _NAT64:
        return (low,)  # the form itself is no place of its own
    meant: list[Address] = []
    if address.teredo:
        meant += address.teredo
    elif address.sixtofour:
        meant.append(address.sixtofour)
    else:
        meant.append(address)
    if address in _LOCAL_NAT64:
        meant += _translated_locally(value)
    if (value >> 32) & 0xFFFF == _ISATAP or address in _TRANSLATED or (address in _COMPATIBLE and value > 1):
        meant.append(low)
    return tuple(meant)


def _translated_locally(value: int) -> list[Address]:
    """Return the IPv4 addresses a local NAT64 may read out of an address: RFC 6052 lets it stand behind 48, 56, 64 or 96 bits."""
    joined = (value >> 64) << 56 | (value & (1 << 56) - 1)  # the byte after bit 64 does not count
    read = [ipaddress.IPv4Address(joined >> shift & _LOW) for shift in (40, 32, 24)]
    read.append(ipaddress.IPv4Address(value & _LOW))
    return [one for one in read if one not in _NOWHERE]  # zeros before or behind the one that is meant


def _is_special(address: Address) -> bool:
    if isinstance(address, ipaddress.IPv6Address) and address.scope_id:
        return True
    return _within(address, SPECIAL_NETWORKS)


def _within(address: Address, networks: tuple[Network, ...]) -> bool:
    return any(address in network for network in networks if network.version == address.version)
