"""Memory and SQLite, driven through the same random work, must answer every question alike, whichever way SQLite finds the answer."""

import tempfile
from datetime import timedelta
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from pipelines import lifecycle
from pipelines.errors import QuerySyntaxError, TransitionNotAllowed, VersionConflict
from pipelines.model import LeadPage, LeadQuery, LeadSort
from pipelines.rechecks.record import RecheckState
from pipelines.search.fields import FACET_FIELDS
from pipelines.stores.sqlite.connection import Database
from pipelines.stores.sqlite.lead_reads import Effort
from tests.builders import AT, a_listing, a_sighting, a_site, rechecked
from tests.conftest import FixedClock
from tests.contracts.implementations import in_memory, on_sqlite
from tests.contracts.queries import FACET_VALUES, LETTERS, QUERIES

TEXTS = st.text(LETTERS, max_size=12)
LAZY = Effort(few=1, sorted=0, walk=2, text_walk=2, word_walk=2)
"""Walks where there is more than one lead, and gives up after two."""
DILIGENT = Effort(few=0, sorted=0, walk=100, text_walk=100, word_walk=100)
"""Always walks."""
FETCHING = Effort(few=0, sorted=0, walk=100, text_walk=0, word_walk=100)
"""Always walks, and knows words by their index alone."""
EFFORTS = (None, LAZY, DILIGENT, FETCHING)
FILTERS = st.lists(
    st.tuples(
        st.sampled_from(FACET_FIELDS),
        st.lists(
            st.sampled_from(FACET_VALUES),
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
        self.databases = [Database(Path(self.folder.name) / f"{number}.sqlite") for number in range(len(EFFORTS))]
        folder = Path(self.folder.name)
        self.stores = (
            in_memory(self.clock),
            *(on_sqlite(one, folder, self.clock, effort) for one, effort in zip(self.databases, EFFORTS, strict=True)),
        )

    def teardown(self):
        if hasattr(self, "databases"):
            for database in self.databases:
                database.close()
            self.folder.cleanup()

    def all(self, ask):
        def answer(stores):
            try:
                return ask(stores)
            except QuerySyntaxError as error:
                return error.sentence("zh")

        first, *others = (answer(stores) for stores in self.stores)
        for other in others:
            assert other == first
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
        self.all(lambda stores: stores.leads.merge_many(made))

    @rule(
        place=st.integers(0, 4),
        act=st.sampled_from(["start_screening", "dismiss", "reopen", "recheck"]),
        is_stale=st.booleans(),
    )
    def decide(self, place, act, is_stale):
        leads = self.all(lambda stores: stores.leads.find(LeadQuery())).leads
        if place >= len(leads):
            return
        found, words = leads[place], ("wang",) if act == "start_screening" else ("wang", "理由")
        try:
            if act == "recheck":
                decided = rechecked(found.document, list(RecheckState)[place], self.clock.now())
            else:
                decided = getattr(lifecycle, act)(found.document, *words, self.clock.now())
        except TransitionNotAllowed:
            return

        def put(stores):
            try:
                return stores.leads.put(decided, found.version - is_stale)
            except VersionConflict as conflict:
                return conflict.sentence("zh")

        self.all(put)

    @rule(text=QUERIES, filters=FILTERS, sort=st.sampled_from(LeadSort), limit=st.integers(1, 3))
    def find(self, text, filters, sort, limit):
        query = LeadQuery(text=text, filters=filters, sort=sort, limit=limit)
        page = self.all(lambda stores: stores.leads.find(query))
        if isinstance(page, LeadPage) and page.cursor:
            following = LeadQuery(text=text, filters=filters, sort=sort, limit=limit, cursor=page.cursor)
            self.all(lambda stores: stores.leads.find(following))

    @rule(text=QUERIES, filters=FILTERS)
    def aggregate(self, text, filters):
        self.all(lambda stores: stores.leads.aggregate(FACET_FIELDS, LeadQuery(text=text, filters=filters)))


TestSameAnswers = SameAnswers.TestCase
TestSameAnswers.settings = settings(max_examples=60, stateful_step_count=25, deadline=None)
