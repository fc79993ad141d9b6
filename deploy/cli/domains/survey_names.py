"""Surveys names one beside the other and writes what was found in their order. Apart from its command: this imports the crawler."""

import asyncio
import sys
from collections import deque
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import replace
from itertools import islice

from crawler.context import Progress
from crawler.facts.network import network_table
from crawler.facts.survey import NameSurvey, open_survey
from deploy.cli import output, session
from deploy.cli.domains.facts_record import facts_record
from deploy.cli.domains.facts_table import FactsTable
from deploy.cli.progress import shown_progress
from detectors.name_facts import NameFacts, NameState
from detectors.names.engine import matcher_of
from detectors.names.hit import NameHit
from pipelines.bootstrap import open_case
from pipelines.filings.lookup import filing_fact
from pipelines.name_notice import sentence_of
from pipelines.name_watch import NameWatch
from pipelines.settings import Settings

__all__ = ["due_names", "survey_names"]

_NEEDS_PERSON = frozenset({NameState.UNKNOWN, NameState.TIMEOUT})


def due_names(settings: Settings) -> list[str]:
    """Return the watched names whose next look is due, the most urgent first. Raises `StoreUnavailable`."""
    with open_case(settings) as case:
        return [record.host for record in case.names.due(case.clock.now())]


def survey_names(settings: Settings, hosts: list[str], *, is_fresh: bool, is_table: bool) -> list[str]:
    """Survey and write the hosts (A-labels); return those nothing settled could be said about.

    Raises `SourceUnreachable`, `StoreUnavailable` or `InputUnreadable` (the network table).
    """
    networks = network_table(settings.facts)
    with open_case(settings) as case:
        case.fact_cache.forget_expired(case.clock.now())
        matcher, watch = matcher_of(case.roster), NameWatch(case.names, case.clock)
        table = FactsTable() if is_table else None

        async def run() -> list[str]:
            unsettled = []
            with shown_progress() as progress:
                async with open_survey(settings, case.fact_cache, case.clock, networks, is_fresh=is_fresh) as survey:
                    progress.stage(session.current.say("核查域名", "checking names"), len(hosts))
                    async with aclosing(_surveyed(survey, hosts, settings.facts.concurrency, progress)) as found:
                        async for surveyed in found:
                            facts = replace(surveyed, filing=filing_fact(surveyed.name, case.filings))
                            hits = matcher.match(facts.name)
                            _show(facts, hits[0].imitates if hits else None, table)
                            _remember(facts, hits, watch, progress)
                            unsettled += [facts.name] if facts.state in _NEEDS_PERSON else []
            return unsettled

        unsettled = asyncio.run(run())
    if table:
        table.print()
    return unsettled


def _remember(facts: NameFacts, hits: tuple[NameHit, ...], watch: NameWatch, progress: Progress) -> None:
    """Watch a lookalike from now on, and say what became of a name that was watched."""
    if hits:
        best = hits[0]
        watch.saw(facts.name, best.imitates, best.technique.value, best.score_permille, "check")
    for change in watch.surveyed(facts):
        if change.is_notice:
            progress.note(sentence_of(facts.name, hits[0].imitates if hits else "", change))


def _show(facts: NameFacts, imitates: str | None, table: FactsTable | None) -> None:
    if table:
        table.add(facts, imitates)
    else:
        output.write_record(facts_record(facts, imitates))
        sys.stdout.flush()


async def _surveyed(
    survey: NameSurvey, hosts: list[str], slots: int, progress: Progress
) -> AsyncGenerator[NameFacts, None]:
    """Yield the facts of the hosts in their order, surveying some ahead."""
    waiting = iter(hosts)
    begun: deque[asyncio.Task[NameFacts]] = deque()
    try:
        while True:
            for host in islice(waiting, slots - len(begun)):
                begun.append(asyncio.create_task(survey.facts_of(host)))
            if not begun:
                return
            facts = await begun[0]
            begun.popleft()
            progress.advance()
            yield facts
    finally:
        for task in begun:
            task.cancel()
        await asyncio.gather(*begun, return_exceptions=True)
