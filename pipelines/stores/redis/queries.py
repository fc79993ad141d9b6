"""The ledger of queries of all workers: one budget a day for each engine, however many machines ask it."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

import msgspec

from pipelines.query_ledger import AskedPage, QueryRecord
from pipelines.stores.redis.connection import RedisLink, Script

__all__ = ["RedisQueryLedger"]

_BASE = "jianwei:{queries}"
_ASK, _NOTE = Script("ask_page"), Script("note_page")


@dataclass(frozen=True, slots=True)
class _Answer:
    """What the answer to one page showed."""

    run_id: str
    on: date
    row_count: int
    advert_count: int


class RedisQueryLedger:
    """A `QueryLedger`."""

    def __init__(self, link: RedisLink) -> None:
        self._link = link

    def begin(self, page: AskedPage, on: date, budget: int) -> bool:
        """Enter a page before it is asked; False, and nothing is entered: the day's budget of its source is spent."""
        terms = msgspec.json.encode(page.terms)
        return bool(_ASK.run(self._link, _BASE, _name(page), page.source, on.toordinal(), budget, terms))

    def note_answer(self, page: AskedPage, on: date, row_count: int, advert_count: int) -> None:
        """Enter what the answer showed, in place of what an earlier answer to the same page did."""
        _NOTE.run(self._link, _BASE, _name(page), on.toordinal(), row_count, advert_count)

    def note_leads(self, found: Iterable[tuple[str, str, str]], on: date) -> None:
        """Enter (source, query, lead) for each lead a query led to; one known keeps its first day."""
        names = [msgspec.json.encode(one) for one in found]

        def keep(client: Any) -> None:
            with client.pipeline() as several:
                for name in names:
                    several.hsetnx(f"{_BASE}:leads", name, on.toordinal())
                several.execute()

        if names:
            self._link.run(keep)

    def spent(self, on: date) -> dict[str, int]:
        """Return source → pages entered on that day."""
        counts = self._link.run(lambda client: client.hgetall(f"{_BASE}:day:{on.toordinal()}"))
        return {source.decode(): int(count) for source, count in sorted(counts.items()) if int(count)}

    def records(self) -> tuple[QueryRecord, ...]:
        """Return every query entered at every source, by source and text."""
        pages, found = self._link.run(
            lambda client: (client.hgetall(f"{_BASE}:pages"), client.hgetall(f"{_BASE}:leads"))
        )
        answers: dict[tuple[str, str], list[_Answer]] = defaultdict(list)
        terms: dict[tuple[str, str], tuple[str, ...]] = {}
        leads: dict[tuple[str, str], list[date]] = defaultdict(list)
        for name, kept in pages.items():
            source, text, _, run_id = msgspec.json.decode(name, type=tuple[str, str, int, str])
            _, answered_on, rows, adverts, words = kept.split(b" ", 4)
            asked = (source, text)
            terms[asked] = max(terms.get(asked, ()), msgspec.json.decode(words, type=tuple[str, ...]))
            if answered_on != b"-":
                answers[asked].append(_Answer(run_id, date.fromordinal(int(answered_on)), int(rows), int(adverts)))
        for name, on in found.items():
            source, text, _ = msgspec.json.decode(name, type=tuple[str, str, str])
            leads[source, text].append(date.fromordinal(int(on)))
        return tuple(_record(asked, terms[asked], answers[asked], leads[asked]) for asked in sorted(terms))


def _name(page: AskedPage) -> bytes:
    return msgspec.json.encode((page.source, page.text, page.page, page.run_id))


def _record(
    asked: tuple[str, str], terms: tuple[str, ...], answers: list[_Answer], found_on: list[date]
) -> QueryRecord:
    source, text = asked
    return QueryRecord(
        source=source,
        text=text,
        terms=terms,
        asked_count=len({one.run_id for one in answers}),
        page_count=len(answers),
        row_count=sum(one.row_count for one in answers),
        advert_count=sum(one.advert_count for one in answers),
        lead_count=len(found_on),
        first_asked_on=min((one.on for one in answers), default=None),
        last_asked_on=max((one.on for one in answers), default=None),
        last_found_on=max(found_on, default=None),
    )
