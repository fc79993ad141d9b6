"""The only names Twisted knows: addresses, such as the gate's own. Whatever else it is asked for has none, and the system is never asked."""

import ipaddress
from collections.abc import Sequence
from typing import Any, Literal

from twisted.internet import address as twisted_address
from twisted.internet.interfaces import IHostnameResolver, IHostResolution
from zope.interface import implementer  # type: ignore[import-untyped]

__all__ = ["LiteralNames"]


@implementer(IHostResolution)
class _Resolution:
    """One answer; it is there at once, so that there is nothing to cancel."""

    def __init__(self, name: str) -> None:
        self.name = name

    def cancel(self) -> None:
        """Do nothing."""


@implementer(IHostnameResolver)
class LiteralNames:
    """Answers in the reactor's own thread; Twisted's resolver would ask the system in another, also for an address."""

    def resolveHostName(  # noqa: N802 - Twisted's name
        self,
        resolutionReceiver: Any,  # noqa: N803
        hostName: str,  # noqa: N803
        portNumber: int = 0,  # noqa: N803
        addressTypes: Sequence[type] | None = None,  # noqa: ARG002, N803
        transportSemantics: Literal["TCP", "UDP"] = "TCP",  # noqa: N803
    ) -> _Resolution:
        """Tell the receiver (`IResolutionReceiver`) the address a literal stands for; nothing for any other name."""
        resolution = _Resolution(hostName)
        resolutionReceiver.resolutionBegan(resolution)
        try:
            address = ipaddress.ip_address(hostName)
        except ValueError:
            pass
        else:
            is_four = isinstance(address, ipaddress.IPv4Address)
            kind = twisted_address.IPv4Address if is_four else twisted_address.IPv6Address
            resolutionReceiver.addressResolved(kind(transportSemantics, str(address), portNumber))
        resolutionReceiver.resolutionComplete()
        return resolution
