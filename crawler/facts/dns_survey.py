"""Asks for all records of a name in several rounds, and lets most rounds decide.

Answers about young and broken names flap: one server of a zone is lame, a time-out hides an answer, a balancer rotates its
pool. One round is an anecdote; an outcome that most rounds agree on is a fact, and that they did not all agree is one too.
"""

import asyncio
import secrets
from collections import Counter
from collections.abc import Iterable, Sequence

from crawler.facts.dns import DnsReply, DnsResolver, NameFailure
from detectors.model import Unknown
from detectors.name_facts import DnsFacts, DnsOutcome, RecordSet
from keywords.hosts import owned_domain
from pipelines.name_addresses import home_networks
from pipelines.ports import Clock

__all__ = ["DnsSurvey", "decide", "records_of"]

_MAX_VALUES = 100
_POOL_LOOKS = 4
"""So often at most invented labels are asked about: more shows a pool of dozens."""
_NO_ANSWER = frozenset({DnsOutcome.TIMEOUT, DnsOutcome.SERVFAIL})
_FAILURES = {
    NameFailure.NO_SUCH_NAME: DnsOutcome.NXDOMAIN,
    NameFailure.SERVER_FAILED: DnsOutcome.SERVFAIL,
    NameFailure.TIMED_OUT: DnsOutcome.TIMEOUT,
    NameFailure.NO_RECORD: DnsOutcome.NO_RECORD,
}
_SENTENCES = {
    DnsOutcome.NXDOMAIN: "域名不存在（NXDOMAIN）",
    DnsOutcome.SERVFAIL: "域名服务器返回失败（SERVFAIL）",
    DnsOutcome.TIMEOUT: "域名查询超时",
    DnsOutcome.UNDECIDED: "多次查询结果互相矛盾，尚不能确定",
}


class DnsSurvey:
    """Surveys names with the configured name servers."""

    def __init__(self, resolver: DnsResolver, clock: Clock, *, rounds: int, gap_s: float) -> None:
        self._resolver = resolver
        self._clock = clock
        self._rounds = rounds
        self._gap_s = gap_s

    async def facts_of(self, name: str) -> DnsFacts:
        """Return what most rounds say about the name (lower-case A-labels).

        Raises `SourceUnreachable` when the name servers have fallen silent altogether.
        """
        domain = owned_domain(name)
        questions = [(name, "A"), (name, "AAAA"), (name, "CNAME"), (domain, "NS"), (name, "MX"), (domain, "SOA")]
        rounds = []
        for number in range(self._rounds):
            if number:
                await asyncio.sleep(self._gap_s)
            rounds.append(await asyncio.gather(*(self._resolver.question(*one) for one in questions)))
        await self._resolver.require_answer_if_silent()
        a, aaaa, cname, ns, mx, soa = (
            records_of(kind, [one[place] for one in rounds]) for place, (_, kind) in enumerate(questions)
        )
        wildcard, parent = await self._wildcard(name, a, aaaa, cname)
        return DnsFacts(
            a=a, aaaa=aaaa, cname=cname, ns=ns, mx=mx, soa=soa, wildcard=wildcard, wildcard_parent=parent,
            asked_at=self._clock.now(),
        )  # fmt: skip

    async def _wildcard(self, name: str, a: RecordSet, aaaa: RecordSet, cname: RecordSet) -> tuple[bool | Unknown, str]:
        """Return whether invented labels beside the name get what the name gets, its alias or all of its addresses, and the name above it.

        Where addresses rotate, one answer shows little of the pool: it is asked about again while it shows anything new.
        """
        parent = name.partition(".")[2]
        wanted = _held(a) | _held(aaaa)
        if not wanted or not parent:
            return False, ""
        alias = _held(cname)
        kinds = [kind for kind, one in (("A", a), ("AAAA", aaaa), ("CNAME", cname)) if _held(one)]
        given: set[str] = set()
        is_rotating, has_failed = bool(a.varying or aaaa.varying), False
        for _ in range(_POOL_LOOKS):
            replies = await self._beside(parent, kinds)
            has_failed = has_failed or any(_outcome(one) in _NO_ANSWER for one in replies)
            is_rotating = is_rotating or len({reply.values for reply in replies[: self._rounds]}) > 1
            new = {_bare(value) for reply in replies for value in reply.values} - given
            given |= new
            if given >= wanted or (alias and given >= alias):
                return True, parent
            if not new or not is_rotating:
                break
        if has_failed and not given:
            return Unknown("无法判断是否泛解析：对照查询没有得到应答"), parent
        if (a.varying or aaaa.varying) and len(given - alias) > 1:
            is_of_pool = home_networks(wanted) <= home_networks(given)
            return is_of_pool or Unknown(f"无法判断是否泛解析：{parent} 对任意名称都给出轮换的地址"), parent
        return False, parent

    async def _beside(self, parent: str, kinds: Sequence[str]) -> list[DnsReply]:
        """Ask about labels nobody made, one each time: an answer cached for the last one says nothing about rotation."""
        return await asyncio.gather(
            *(
                self._resolver.question(f"jw-{secrets.token_hex(8)}.{parent}", kind)
                for kind in kinds
                for _ in range(self._rounds)
            )
        )


def records_of(kind: str, replies: Sequence[DnsReply]) -> RecordSet:
    """Return what most of the replies (one a round, at least one) about one record type say."""
    rounds = tuple(_outcome(reply) for reply in replies)
    outcome = decide(rounds)
    if outcome is DnsOutcome.NO_RECORD:
        return RecordSet(outcome=outcome, values=(), rounds=rounds)
    if outcome is not DnsOutcome.ANSWERED:
        return RecordSet(outcome=outcome, values=Unknown(_SENTENCES[outcome]), rounds=rounds)
    answered = [_readable(kind, reply.values) for reply in replies if _outcome(reply) is DnsOutcome.ANSWERED]
    counted = Counter(value for values in answered for value in values)
    steady = sorted(value for value, count in counted.items() if count * 2 > len(answered))
    values = steady or sorted(counted)
    varying = sorted(value for value, count in counted.items() if count < len(answered))
    return RecordSet(
        outcome=outcome, values=tuple(values[:_MAX_VALUES]), rounds=rounds, varying=tuple(varying[:_MAX_VALUES])
    )


def decide(rounds: Sequence[DnsOutcome]) -> DnsOutcome:
    """Return the outcome of more than half of the rounds, or `UNDECIDED`."""
    outcome, count = Counter(rounds).most_common(1)[0]
    return outcome if count * 2 > len(rounds) else DnsOutcome.UNDECIDED


def _held(records: RecordSet) -> set[str]:
    return set() if isinstance(records.values, Unknown) else set(records.values)


def _outcome(reply: DnsReply) -> DnsOutcome:
    if reply.failure is not None:
        return _FAILURES[reply.failure]
    return DnsOutcome.ANSWERED if reply.values else DnsOutcome.NO_RECORD


def _readable(kind: str, values: Iterable[str]) -> set[str]:
    """Return the values as they are kept: a start of authority without its numbers, which count up by themselves."""
    if kind != "SOA":
        return {_bare(value) for value in values}
    return {" ".join(_bare(word) for word in value.split()[:2]) for value in values}


def _bare(text: str) -> str:
    return text.rstrip(".") or "."
