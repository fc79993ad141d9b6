"""A whole store copied onto another: every document, every version, cut short anywhere, while others write."""

from dataclasses import replace
from itertools import pairwise, product

import msgspec
import pytest

from pipelines import lifecycle
from pipelines.errors import InputUnreadable, StoreUnavailable, UsageError
from pipelines.model import Account, Role
from pipelines.moves.compare import Odd, differences
from pipelines.moves.copy import Copier, Place, TargetInUse, TargetNotEmpty
from pipelines.moves.shelf import Kind, ShelfRow, canonical, contents
from pipelines.stores.sqlite.connection import Database
from tests.builders import AT, a_lead, a_site
from tests.contracts.filled import fill
from tests.contracts.implementations import in_memory, on_elastic, on_sqlite

PLAIN = list(product(("memory", "sqlite"), repeat=2))
EVERY = [*PLAIN, ("sqlite", "elastic"), ("elastic", "sqlite")]
"""What is copied from and to; one more store is one more name here and a branch in `made`."""
every_store = pytest.mark.parametrize("both", EVERY, indirect=True, ids="-to-".join)


class Quiet:
    """Notes the stages and is told to stop at one of them."""

    def __init__(self):
        self.stages = []

    def stage(self, title, total):
        self.stages.append((title, total))

    def advance(self, count=1):
        pass


@pytest.fixture
def made(request, tmp_path, clock):
    """Return a maker of empty stores by name."""
    databases = []

    def make(name, folder):
        if name == "memory":
            return in_memory(clock)
        databases.append(Database(tmp_path / folder / "case.sqlite"))
        if name == "elastic":
            cluster = request.getfixturevalue("cluster")
            return on_elastic(cluster, databases[-1], tmp_path / folder, clock)
        return on_sqlite(databases[-1], tmp_path / folder, clock)

    yield make
    for database in databases:
        database.close()


@pytest.fixture(params=PLAIN, ids="-to-".join)
def both(request, made):
    source, target = made(request.param[0], "from"), made(request.param[1], "to")
    fill(source, leads=12)
    return source, target


@pytest.fixture
def copier(tmp_path, clock):
    def make(source, target, progress=None):
        return Copier(Place("a", source), Place("b", target), tmp_path / "home", clock, progress or Quiet())

    return make


def same(source, target):
    return all(contents(source.read(kind)) == contents(target.read(kind)) for kind in Kind)


@every_store
def test_everything_is_copied_and_verified(both, copier):
    source, target = both
    report = copier(source.shelf, target.shelf).copy()
    assert report.is_verified
    assert report.caught_up == 0
    assert report.written == sum(source.shelf.count(kind) for kind in Kind)
    assert [one.kind for one in report.kinds] == list(Kind)
    assert all(one.source.count == source.shelf.count(one.kind) for one in report.kinds)
    assert same(source.shelf, target.shelf)
    assert target.audit.first_broken() is None


@every_store
def test_a_copy_there_and_back_is_the_original(both, made, copier):
    source, target = both
    copier(source.shelf, target.shelf).copy()
    back = made("sqlite", "back")
    assert copier(target.shelf, back.shelf).copy().is_verified
    assert same(source.shelf, back.shelf)


def test_kinds_that_live_in_one_file_on_both_sides_stay_there(made, tmp_path, clock):
    source, target = made("sqlite", "from"), made("memory", "to")
    fill(source)
    target.shelf.write(Kind.FRONTIER, list(source.shelf.read(Kind.FRONTIER)))
    places = Place("file", source.shelf), Place("cluster", target.shelf, {Kind.FRONTIER: "file"})
    report = Copier(*places, tmp_path / "home", clock, Quiet()).copy()
    assert report.is_verified
    assert [one.kind for one in report.kinds] == [kind for kind in Kind if kind is not Kind.FRONTIER]


class Killed(BaseException):
    """Stands for a `kill -9`: nothing of ours may catch it."""


class Cut:
    """A shelf whose process dies at the n-th write, before or after the write is done, or with half of it done."""

    def __init__(self, shelf, at, how):
        self._shelf, self._left, self._how = shelf, at, how

    def __getattr__(self, name):
        return getattr(self._shelf, name)

    def write(self, kind, rows, *, replaces=False):
        self._left -= 1
        if self._left:
            return self._shelf.write(kind, rows, replaces=replaces)
        if self._how == "half":
            self._shelf.write(kind, rows[::2], replaces=replaces)
        if self._how == "after":
            self._shelf.write(kind, rows, replaces=replaces)
        raise Killed


@pytest.mark.parametrize("how", ["before", "half", "after"])
@pytest.mark.parametrize("at", [1, 2, 4, 7, 12])
def test_a_copy_killed_anywhere_goes_on_and_ends_the_same(both, copier, at, how):
    kill_and_resume(*both, copier, at, how)


@every_store
@pytest.mark.parametrize("at", [4, 12])
def test_a_copy_killed_with_a_write_half_done_goes_on_in_every_store(both, copier, at):
    kill_and_resume(*both, copier, at, "half")


def kill_and_resume(source, target, copier, at, how):
    with pytest.raises(Killed):
        copier(source.shelf, Cut(target.shelf, at, how)).copy()
    if any(target.shelf.count(kind) for kind in Kind):
        with pytest.raises(TargetNotEmpty) as said:
            copier(source.shelf, target.shelf).copy()
        assert "--resume" in said.value.zh
    report = copier(source.shelf, target.shelf).copy(resumes=True)
    assert report.is_verified
    assert same(source.shelf, target.shelf)


def test_a_bookmark_saves_writing_what_is_written(both, copier):
    source, target = both
    with pytest.raises(Killed):
        copier(source.shelf, Cut(target.shelf, 7, "before")).copy()
    progress = Quiet()
    report = copier(source.shelf, target.shelf, progress).copy(resumes=True)
    missing = {Kind.NAME_CHANGES, Kind.NAME_LOOKS, Kind.FEED_REPORTED, Kind.FEED_BOOKMARKS, Kind.FRONTIER, Kind.RUNS}
    assert report.written == sum(source.shelf.count(kind) for kind in (*missing, Kind.AUDIT))
    assert ("copy leads", 12) in progress.stages


def test_a_bookmark_that_is_ahead_of_its_target_loses_nothing(both, copier, made, tmp_path):
    """A power cut may take the target's last writes; the bookmark may have survived it."""
    source, target = both
    copier(source.shelf, target.shelf).copy()
    emptied = made("sqlite", "emptied")
    report = copier(source.shelf, emptied.shelf).copy(resumes=True)
    assert report.is_verified
    assert report.caught_up == report.written
    assert same(source.shelf, emptied.shelf)


def test_a_target_with_anything_in_it_is_refused_untouched(both, copier):
    source, target = both
    target.accounts.put(Account(name="zhao", display_name="赵", role=Role.ADMIN))
    with pytest.raises(TargetNotEmpty) as said:
        copier(source.shelf, target.shelf).copy()
    assert "空的目标" in said.value.zh
    assert sum(target.shelf.count(kind) for kind in Kind) == 1


def test_there_must_be_something_to_resume(both, copier):
    source, target = both
    with pytest.raises(UsageError):
        copier(source.shelf, target.shelf).copy(resumes=True)
    with pytest.raises(UsageError):
        Copier(Place("a", source.shelf), Place("a", source.shelf), None, None, Quiet())


@every_store
def test_a_target_people_work_in_is_not_written_over(both, copier):
    source, target = both
    copier(source.shelf, target.shelf).copy()
    assert copier(source.shelf, target.shelf).copy(resumes=True).is_verified, "nothing changed: nothing to do"
    source.audit.append(AT, "wang", "lead.view", "L1")
    assert copier(source.shelf, target.shelf).copy(resumes=True).written == 1, "before it is used, it is caught up with"
    target.audit.append(AT, "li", "account.sign_in", "li")
    before = contents(target.shelf.read(Kind.ACCOUNTS))
    source.accounts.put(Account(name="wang", display_name="新", role=Role.ADMIN))
    with pytest.raises(TargetInUse):
        copier(source.shelf, target.shelf).copy(resumes=True)
    assert contents(target.shelf.read(Kind.ACCOUNTS)) == before


class WrittenTo:
    """A source in which somebody decides, adds and replaces whenever a kind begins to be read."""

    def __init__(self, stores, until):
        self._stores, self._left = stores, until
        self.kinds, self.count = stores.shelf.kinds, stores.shelf.count

    def read(self, kind, after=""):
        for place, row in enumerate(self._stores.shelf.read(kind, after)):
            if place == 1 and self._left:
                self._left -= 1
                self._write()
            yield row

    def _write(self):
        stores, number = self._stores, self._left
        lead_id = next(iter(stores.shelf.read(Kind.LEADS))).key
        lead = stores.leads.get(lead_id)
        stores.leads.put(lifecycle.comment(lead.document, "wang", f"第{number}次", AT), lead.version)
        stores.leads.put(a_lead(a_site(f"new{number}.example")), 0)
        stores.accounts.put(Account(name="wang", display_name=f"王{number}", role=Role.POLICE))
        stores.audit.append(AT, "wang", "lead.comment", lead_id)


@pytest.mark.parametrize("until", [1, 5, 14, 20])
def test_what_is_written_to_the_source_meanwhile_is_caught_up_with(both, copier, until):
    source, target = both
    report = copier(WrittenTo(source, until), target.shelf).copy()
    assert report.is_verified
    assert same(source.shelf, target.shelf)
    assert target.audit.first_broken() is None


def test_a_source_that_never_comes_to_rest_is_said_and_settled_later(both, copier):
    source, target = both
    report = copier(WrittenTo(source, 10_000), target.shelf).copy()
    assert not report.is_verified
    assert not all(one.is_same for one in report.kinds)
    assert copier(source.shelf, target.shelf).copy(resumes=True).is_verified
    assert same(source.shelf, target.shelf)


class Raw:
    """A shelf in which some rows stand as nobody could write them."""

    def __init__(self, shelf, *damaged):
        self._shelf, self._damaged = shelf, dict(damaged)
        self.kinds, self.count = shelf.kinds, shelf.count

    def read(self, kind, after=""):
        for row in self._shelf.read(kind, after):
            yield replace(row, content=self._damaged.get(row.key, row.content))


def test_a_damaged_document_keeps_no_other_back_and_is_named(both, copier):
    source, target = both
    keys = [row.key for row in source.shelf.read(Kind.LEADS)]
    report = copier(Raw(source.shelf, (keys[3], b"{"), (keys[5], b'{"id":"x"}')), target.shelf).copy()
    assert not report.is_verified
    (leads,) = (one for one in report.kinds if one.kind is Kind.LEADS)
    assert leads.differing == (keys[3], keys[5])
    assert target.shelf.count(Kind.LEADS) == 10
    assert all(one.is_same for one in report.kinds if one.kind is not Kind.LEADS)


def test_what_only_the_target_has_is_said_and_left(both, copier):
    source, target = both
    copier(source.shelf, target.shelf).copy()
    target.accounts.put(Account(name="zhao", display_name="赵", role=Role.ADMIN))
    report = copier(source.shelf, target.shelf).copy(resumes=True)
    assert not report.is_verified
    assert [one.extra for one in report.kinds if not one.is_same] == [("zhao",)]
    assert target.accounts.get("zhao")


class Without:
    """A shelf that cannot hold some kinds."""

    def __init__(self, shelf, *kinds):
        self._shelf = shelf
        self.kinds = tuple(kind for kind in shelf.kinds if kind not in kinds)

    def __getattr__(self, name):
        return getattr(self._shelf, name)


def test_a_kind_the_target_cannot_hold_is_said(both, copier):
    source, target = both
    report = copier(source.shelf, Without(target.shelf, Kind.FRONTIER)).copy()
    assert report.not_held == (Kind.FRONTIER,)
    assert not report.is_verified


def test_a_store_that_fails_meanwhile_says_so_and_the_copy_goes_on_later(both, copier):
    source, target = both

    class Full:
        kinds, count, read = target.shelf.kinds, target.shelf.count, target.shelf.read

        def write(self, kind, rows, *, replaces=False):
            if kind is Kind.LEADS:
                raise StoreUnavailable("b", "磁盘空间不足", "the disk is full")
            return target.shelf.write(kind, rows, replaces=replaces)

    with pytest.raises(StoreUnavailable):
        copier(source.shelf, Full()).copy()
    assert copier(source.shelf, target.shelf).copy(resumes=True).is_verified


@pytest.mark.parametrize("content", ["", "{", "[]", '{"source":1}'])
def test_a_damaged_bookmark_is_said(both, copier, tmp_path, content):
    source, target = both
    (tmp_path / "home" / "moves").mkdir(parents=True)
    (tmp_path / "home" / "moves" / "copy.json").write_text(content)
    with pytest.raises(InputUnreadable):
        copier(source.shelf, target.shelf).copy(resumes=True)


def test_an_older_document_stays_without_the_field_that_came_later(made, copier):
    source, target = made("sqlite", "from"), made("sqlite", "to")
    account = msgspec.json.decode(canonical(Account(name="wang", display_name="王", role=Role.ADMIN)))
    del account["is_disabled"]
    source.shelf.write(Kind.ACCOUNTS, [ShelfRow("wang", 1, canonical(account))])
    assert copier(source.shelf, target.shelf).copy().is_verified
    (row,) = target.shelf.read(Kind.ACCOUNTS)
    assert b"is_disabled" not in row.content
    assert target.accounts.get("wang").role is Role.ADMIN


def rows(*keys):
    return [ShelfRow(key, 1, b"{}") for key in keys]


@pytest.mark.parametrize(
    ("ours", "theirs", "odd"),
    [
        ("", "", ""), ("abc", "abc", ""), ("abc", "", "-a -b -c"), ("", "ab", "+a +b"), ("acd", "bce", "-a +b -d +e"),
        ("b", "abc", "+a +c"), ("abc", "b", "-a -c"),
    ],
)  # fmt: skip
def test_differences_are_found_on_both_sides(ours, theirs, odd):
    signs = {Odd.MISSING: "-", Odd.EXTRA: "+", Odd.CHANGED: "!"}
    found = differences(rows(*ours), rows(*theirs))
    assert " ".join(signs[one.odd] + one.row.key for one in found) == odd


def test_no_two_runs_of_rows_have_one_digest():
    runs = [[], rows("a"), rows("b"), rows("a", "b"), [ShelfRow("a", 2, b"{}")], [ShelfRow("a", 1, b"{ }")]]
    runs.append([ShelfRow("a", 1, b'{}\n["b",1,2]\n{}')])
    digests = sorted(contents(run).sha256 for run in runs)
    assert all(one != other for one, other in pairwise(digests))
