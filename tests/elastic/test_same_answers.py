"""The same 10,000 random operations and queries on SQLite and on the real Elasticsearch give the same answers.

Ten stories of a thousand steps each, every one of them run in CI; each is told by its seed, so that a failure can be looked at again.
Writes come in bursts, questions after them: what a program wrote, its own next question sees on either store.
"""

import random
from datetime import timedelta

import pytest

from pipelines import lifecycle
from pipelines.errors import QuerySyntaxError, TransitionNotAllowed, VersionConflict
from pipelines.model import LeadQuery, LeadSort
from pipelines.rechecks.record import RecheckState
from pipelines.search.fields import FACET_FIELDS
from pipelines.stores.elastic.stores import stores_of
from pipelines.stores.sqlite.connection import Database
from pipelines.stores.sqlite.leads import SqliteLeads
from tests.builders import AT, a_listing, a_sighting, a_site, an_advert, rechecked
from tests.contracts.queries import FACET_VALUES, LETTERS, VALUES

STEPS = 1000
BURST = 20
"""Writes in a row, then as many questions."""
WORDS = ["包过", "免考", "证书", "操作证", "电工", "查询", "官网", "ab", "x-", "1", "㊙", "\U0001f525", "e\u0301"]


class Story:
    """Random work on both stores at once."""

    def __init__(self, seed: int, clock, *stores) -> None:
        self.chance = random.Random(seed)
        self.clock = clock
        self.stores = stores

    def both(self, ask, what):
        first, second = (_answer(ask, store) for store in self.stores)
        assert first == second, what
        return first

    def text(self, words=6):
        made = [self.chance.choice([*WORDS, *LETTERS]) for _ in range(self.chance.randint(0, words))]
        return self.chance.choice(["", " "]).join(made)

    def sighting(self):
        number, chance = self.chance.randint(0, 40), self.chance
        at = AT + timedelta(hours=chance.randint(0, 500), microseconds=chance.randint(0, 3))
        kinds = (
            lambda: a_site(f"h{number}.example", title=self.text(3), text=self.text(), at=at),
            lambda: a_listing(self.text(3), self.text(), item_id=str(number), at=at, query=self.text(1)),
            lambda: an_advert(f"电工证{number}", self.text(), at=at),
        )
        return a_sighting(kinds[number % 3](), chance.randint(0, 1000), imitates=chance.choice(["a.example", ""]))

    def write(self):
        self.clock.at += timedelta(minutes=1)
        if self.chance.random() < 0.6:
            made = [self.sighting() for _ in range(self.chance.randint(1, 4))]
            self.both(lambda store: store.merge_many(made), made)
            self.ids = {*getattr(self, "ids", ()), *(one.lead_id for one in made)}
            return
        lead_id = self.chance.choice(sorted(getattr(self, "ids", {"L0"})))
        found = self.both(lambda store: store.get(lead_id), lead_id)
        if found:
            self.decide(found)

    def decide(self, found):
        act = self.chance.choice(
            ["start_screening", "confirm", "dismiss", "reopen", "assign", "undo_decision", "recheck"]
        )
        words = {"assign": ("li", "wang"), "start_screening": ("wang",), "undo_decision": ("wang",)}.get(
            act, ("wang", "理由")
        )
        try:
            if act == "recheck":
                decided = rechecked(found.document, self.chance.choice([None, *RecheckState]), self.clock.now())
            else:
                decided = getattr(lifecycle, act)(found.document, *words, self.clock.now())
        except TransitionNotAllowed:
            return
        version = found.version - (self.chance.random() < 0.2)
        self.both(lambda store: store.put(decided, version), (act, version))

    def term(self):
        name = self.chance.choice(sorted(VALUES))
        plain = self.chance.choice(
            [self.text(1) or "证", f'"{self.text(2)}"', f"{name}:{self.chance.choice(VALUES[name])}"]
        )
        return self.chance.choice(["", "", "-"]) + plain

    def query(self):
        asked = [self.term() for _ in range(self.chance.randint(0, 3))]
        filters = tuple(
            (self.chance.choice(FACET_FIELDS), tuple(self.chance.sample(FACET_VALUES, self.chance.randint(0, 3))))
            for _ in range(self.chance.randint(0, 2))
        )
        return LeadQuery(
            text=self.chance.choice([" ", " 或 "]).join(asked),
            filters=filters,
            sort=self.chance.choice(list(LeadSort)),
            limit=self.chance.randint(1, 12),
        )

    def ask(self):
        query = self.query()
        if self.chance.random() < 0.3:
            self.both(lambda store: store.aggregate(FACET_FIELDS, query), query)
            return
        page = self.both(lambda store: store.find(query), query)
        cursor = getattr(page, "cursor", "")
        if cursor:
            following = LeadQuery(text=query.text, filters=query.filters, sort=query.sort, limit=5, cursor=cursor)
            self.both(lambda store: store.find(following), following)


def _answer(ask, store):
    try:
        return ask(store)
    except (VersionConflict, QuerySyntaxError) as refused:
        return refused.sentence("zh")


@pytest.mark.timeout(900)
@pytest.mark.parametrize("seed", range(10))
def test_a_thousand_random_steps_have_the_same_answers(seed, cluster, clock, tmp_path):
    database = Database(tmp_path / "case.sqlite")
    story = Story(seed, clock, SqliteLeads(database, clock), stores_of(cluster, clock).leads)
    for step in range(STEPS):
        story.write() if step // BURST % 2 == 0 else story.ask()
    assert story.both(lambda store: store.find(LeadQuery(limit=1000)), "all").total > 30
    database.close()
