"""One connection to the outside under the gate's policy: admit the name, resolve, check every address, pin, dial."""

from collections.abc import Awaitable, Callable, Sequence

from crawler.facts.dns import NameFailure, NameUnresolved
from crawler.gate.dial import Connection, Dialler
from crawler.gate.policy import GatePolicy, literal_address

__all__ = ["WayOut"]


class WayOut:
    """Opens connections to hosts that suspects or registries name. What the policy forbids is never dialled."""

    def __init__(
        self, policy: GatePolicy, resolve: Callable[[str], Awaitable[tuple[str, ...]]], dialler: Dialler
    ) -> None:
        self._policy = policy
        self._resolve = resolve
        self._dialler = dialler

    async def connect(self, host: str, port: int, *, is_tunnel: bool = True) -> Connection:
        """Resolve the host and connect to one of its checked addresses.

        Raises `Refusal` (policy), `NameUnresolved` or `DialFailed`. Without `is_tunnel` a proxy that has no tunnel to this
        port may be asked for plain http by name, see `Dialler`.
        """
        name = self._policy.admit_name(host, port)
        addresses = (name,) if literal_address(name) else await self._resolve(name)
        if not addresses:
            raise NameUnresolved(name, NameFailure.NO_RECORD)
        return await self.connect_to(name, addresses, port, is_tunnel=is_tunnel)

    async def connect_to(self, host: str, addresses: Sequence[str], port: int, *, is_tunnel: bool = True) -> Connection:
        """Connect to one of the addresses the host was found to have. Raises `Refusal` or `DialFailed`."""
        name = self._policy.admit_name(host, port)
        pinned = self._policy.admit_addresses(addresses)
        return await self._dialler.dial(name, pinned, port, is_tunnel=is_tunnel)
