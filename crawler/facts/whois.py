"""Asks WHOIS servers (RFC 3912) about a domain, through the gate's policy: one line out, text back until the server hangs up."""

import asyncio

from crawler.facts.dns import NameUnresolved
from crawler.facts.registries import Registries, WhoisServer
from crawler.facts.turns import ServerResting, Turns
from crawler.facts.whois_text import decode_whois, read_whois, referral_in
from crawler.facts.whois_words import refuses
from crawler.gate.dial import DialFailed
from crawler.gate.policy import Refusal
from crawler.gate.way_out import WayOut
from detectors.model import Unknown
from detectors.name_facts import Registration
from pipelines.ports import Clock

__all__ = ["WhoisClient"]

_MAX_BYTES = 64_000
_CHUNK = 8_192
_VERISIGN = (".com", ".net", ".cc", ".tv", ".name")
"""Its servers also match name servers and take `domain NAME` for "exactly this domain"."""


class WhoisClient:
    """Asks the server of a domain's suffix, and the registrar's server the registry refers to, once."""

    def __init__(
        self, way_out: WayOut, registries: Registries, turns: Turns, clock: Clock, *, timeout_s: float,
        follows_referrals: bool = True,
    ) -> None:  # fmt: skip
        self._way_out = way_out
        self._registries = registries
        self._turns = turns
        self._clock = clock
        self._timeout_s = timeout_s
        self._follows_referrals = follows_referrals

    async def ask(self, domain: str, server: WhoisServer) -> Registration | Unknown:
        """Return what the server says about the domain (A-labels). Never raises for answers.

        The registrar's word, where the registry refers to it, replaces the registry's only if it is a record of the same domain:
        thin registries do not know registrants.
        """
        query = f"domain {domain}" if domain.endswith(_VERISIGN) and "verisign" in server.host else domain
        answer = await self._converse(server, query)
        if isinstance(answer, Unknown):
            return answer
        found = self._understand(domain, answer, server)
        referral = referral_in(answer) if self._follows_referrals else ""
        if isinstance(found, Unknown) or not found.is_registered or not referral:
            return found
        registrar = self._registries.whois_at(referral)
        if registrar == server or registrar.port not in self._registries.whois_ports:
            return found
        answer = await self._converse(registrar, domain)
        if isinstance(answer, Unknown):
            return found
        closer = self._understand(domain, answer, registrar)
        return closer if not isinstance(closer, Unknown) and closer.is_registered else found

    def _understand(self, domain: str, answer: str, server: WhoisServer) -> Registration | Unknown:
        """Return what the answer says; a server that refuses is left alone for a while, or it would refuse for a day."""
        found = read_whois(domain, answer, _source(server), self._clock.now())
        is_refusal = isinstance(found, Unknown) and refuses(answer)
        (self._turns.refuse if is_refusal else self._turns.succeed)(_shown(server))
        return found

    async def _converse(self, server: WhoisServer, query: str) -> str | Unknown:
        shown = _shown(server)
        try:
            async with (
                self._turns.turn(shown),
                asyncio.timeout(self._timeout_s),
                await self._way_out.connect(server.host, server.port) as connection,
            ):
                connection.writer.write(f"{query}\r\n".encode("ascii"))
                await connection.writer.drain()
                read = bytearray()
                while len(read) < _MAX_BYTES and (chunk := await connection.reader.read(_CHUNK)):
                    read += chunk
                return decode_whois(bytes(read[:_MAX_BYTES]))
        except ServerResting as resting:
            return Unknown(resting.sentence)
        except (Refusal, NameUnresolved, DialFailed) as error:
            return self._fail(shown, f"无法访问：{error.sentence}")
        except TimeoutError:
            return self._fail(shown, "应答超时")
        except OSError:
            return self._fail(shown, "中断了连接")

    def _fail(self, server: str, how: str) -> Unknown:
        sentence = f"WHOIS 服务器 {server} {how}"
        self._turns.fail(server, sentence)
        return Unknown(sentence)


def _shown(server: WhoisServer) -> str:
    return f"{server.host}:{server.port}"


def _source(server: WhoisServer) -> str:
    return f"whois:{_shown(server)}"
