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
from pipelines.ports import Clock

__all__ = ["DnsSurvey", "decide", "records_of"]

_MAX_VALUES = 100
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
        wildcard, parent = await self._wildcard(name, a, aaaa)
        return DnsFacts(
            a=a, aaaa=aaaa, cname=cname, ns=ns, mx=mx, soa=soa, wildcard=wildcard, wildcard_parent=parent,
            asked_at=self._clock.now(),
        )  # fmt: skip

    async def _wildcard(self, name: str, a: RecordSet, aaaa: RecordSet) -> tuple[bool | Unknown, str]:
        """Return whether invented labels beside the name get all of its addresses, and the name above it."""
        parent = name.partition(".")[2]
        wanted = {value for one in (a, aaaa) if not isinstance(one.values, Unknown) for value in one.values}
        if not wanted or not parent:
            return False, ""
        kinds = [kind for kind, one in (("A", a), ("AAAA", aaaa)) if one.values and not isinstance(one.values, Unknown)]
        # A label of its own each time: an answer cached for the last one says nothing about rotation.
        replies = await asyncio.gather(
            *(
                self._resolver.question(f"jw-{secrets.token_hex(8)}.{parent}", kind)
                for kind in kinds
                for _ in range(self._rounds)
            )
        )
        given = {value for reply in replies for value in reply.values}
        if given >= wanted:
            return True, parent
        if not given and any(_outcome(one) in {DnsOutcome.TIMEOUT, DnsOutcome.SERVFAIL} for one in replies):
            return Unknown("无法判断是否泛解析：对照查询没有得到应答"), parent
        return False, parent


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
