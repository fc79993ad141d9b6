"""Memory and SQLite, driven through the same random work, must answer every question alike."""

import tempfile
from datetime import timedelta
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from pipelines import lifecycle
from pipelines.errors import TransitionNotAllowed, VersionConflict
from pipelines.model import LeadQuery, LeadSort
from pipelines.search.fields import FACET_FIELDS
from pipelines.stores.sqlite.connection import Database
from tests.builders import AT, a_listing, a_sighting, a_site
from tests.conftest import FixedClock
from tests.contracts.implementations import in_memory, on_sqlite

LETTERS = "包过证查询官网abＡx-. 1\n㊙\x00\U0001f525e\u0301"
TEXTS = st.text(LETTERS, max_size=12)
QUERIES = st.text(LETTERS, max_size=4)
FILTERS = st.lists(
    st.tuples(
        st.sampled_from(FACET_FIELDS),
        st.lists(
            st.sampled_from(
                [
                    "new",
                    "screening",
                    "dismissed",
                    "high",
                    "low",
                    "site",
                    "listing",
                    "lookalike",
                    "wang",
                    "",
                    "a.example",
                ]
            ),
            max_size=3,
        ).map(tuple),
    ),
    max_size=2,
).map(tuple)


class SameAnswers(RuleBasedStateMachine):
    """Runs every step on both stores."""

    @initialize()
    def open(self):
        self.folder = tempfile.TemporaryDirectory()
        self.clock = FixedClock()
        self.database = Database(Path(self.folder.name) / "case.sqlite")
        self.stores = (in_memory(self.clock), on_sqlite(self.database, Path(self.folder.name), self.clock))

    def teardown(self):
        if hasattr(self, "database"):
            self.database.close()
            self.folder.cleanup()

    def both(self, ask):
        first, second = (ask(stores) for stores in self.stores)
        assert first == second
        return first

    @rule(
        sightings=st.lists(
            st.tuples(
                st.integers(0, 4), TEXTS, st.integers(0, 1000), st.integers(0, 500), st.sampled_from(["a.example", ""])
            ),
            max_size=4,
        )
    )
    def merge(self, sightings):
        self.clock.at += timedelta(minutes=1)
        made = [
            a_sighting(
                a_site(f"h{n}.example", text=text, at=AT + timedelta(hours=hours))
                if n % 2
                else a_listing(text=text, item_id=str(n), at=AT + timedelta(hours=hours)),
                score,
                imitates=imitates,
            )
            for n, text, score, hours, imitates in sightings
        ]
        self.both(lambda stores: stores.leads.merge_many(made))

    @rule(
        place=st.integers(0, 4), act=st.sampled_from(["start_screening", "dismiss", "reopen"]), is_stale=st.booleans()
    )
    def decide(self, place, act, is_stale):
        leads = self.both(lambda stores: stores.leads.find(LeadQuery())).leads
        if place >= len(leads):
            return
        found, words = leads[place], ("wang",) if act == "start_screening" else ("wang", "理由")
        try:
            decided = getattr(lifecycle, act)(found.document, *words, self.clock.now())
        except TransitionNotAllowed:
            return

        def put(stores):
            try:
                return stores.leads.put(decided, found.version - is_stale)
            except VersionConflict as conflict:
                return conflict.sentence("zh")

        self.both(put)

    @rule(text=QUERIES, filters=FILTERS, sort=st.sampled_from(LeadSort), limit=st.integers(1, 3))
    def find(self, text, filters, sort, limit):
        query = LeadQuery(text=text, filters=filters, sort=sort, limit=limit)
        page = self.both(lambda stores: stores.leads.find(query))
        if page.cursor:
            following = LeadQuery(text=text, filters=filters, sort=sort, limit=limit, cursor=page.cursor)
            self.both(lambda stores: stores.leads.find(following))

    @rule(text=QUERIES, filters=FILTERS)
    def aggregate(self, text, filters):
        self.both(lambda stores: stores.leads.aggregate(FACET_FIELDS, LeadQuery(text=text, filters=filters)))


TestSameAnswers = SameAnswers.TestCase
TestSameAnswers.settings = settings(max_examples=60, stateful_step_count=25, deadline=None)
