"""A case on a cluster, backed up into one file, restored without a cluster, and brought onto one again."""

import shutil
from contextlib import closing

import pytest

from pipelines.bootstrap import backup_of, open_case, open_shelf, restore_of
from pipelines.moves.copy import Copier
from pipelines.moves.shelf import Kind, contents
from pipelines.stores.shared import cluster_shelf, opened_cluster
from pipelines.stores.sqlite.connection import Database
from tests import elastic_server
from tests.builders import a_listing, a_sighting, a_site, an_attachment
from tests.contracts.filled import fill
from tests.elastic.test_connection import settings_for


class Quiet:
    def stage(self, title, total):
        pass

    def advance(self, count=1):
        pass


@pytest.fixture
def prefixes(elastic_plan):
    """Two cases of one cluster."""
    made = elastic_server.a_prefix(), elastic_server.a_prefix()
    yield made
    for prefix in made:
        elastic_server.drop_indices(elastic_server.a_cluster(elastic_plan, prefix=prefix))


@pytest.fixture
def settings(elastic_plan, tmp_path, prefixes):
    return settings_for(elastic_plan, tmp_path / "home", prefix=prefixes[0], refresh_ms=10, patience_s=10)


def held(settings, name) -> dict:
    with open_shelf(settings, name) as place:
        return {kind: contents(place.shelf.read(kind)) for kind in place.shelf.kinds}


def test_a_case_on_a_cluster_is_backed_up_and_comes_back(settings, prefixes, clock, tmp_path):
    with open_case(settings, clock) as case:
        fill(case)
        case.intake.accept(a_site("cx.cn", attachments=(an_attachment(b"page"),)))
        with case.marks.editing() as books:
            number = books.new_gang()
    before = held(settings, "elasticsearch")
    report = backup_of(settings, clock, Quiet()).make(tmp_path / "backups")
    assert report.is_sound
    assert not [path for path in report.path.iterdir() if path.name.startswith(".")]
    shutil.rmtree(settings.home)
    restore_of(settings, tmp_path / "backups", Quiet()).restore()
    assert held(settings, "sqlite") == before
    on_file = settings.model_copy(update={"store": settings.store.model_copy(update={"kind": "sqlite"})})
    with open_case(on_file, clock) as case:
        assert case.audit.first_broken() is None
        with case.marks.editing() as books:
            assert books.new_gang() == number + 1, "what belongs to the machine alone came along"
    moved = settings.model_copy(
        update={
            "store": settings.store.model_copy(
                update={"elasticsearch": settings.store.elasticsearch.model_copy(update={"prefix": prefixes[1]})}
            )
        }
    )
    with open_shelf(moved, "sqlite") as source, open_shelf(moved, "elasticsearch") as target:
        assert Copier(source, target, moved.home, clock, Quiet()).copy().is_verified
    after = held(moved, "elasticsearch")
    assert {kind: after[kind] for kind in Kind} == before


def test_what_is_written_while_a_backup_is_made_is_not_in_it_whatever_its_kind(settings, clock, tmp_path):
    """Every kind is as it was before the first was read."""

    class Writing(Quiet):
        """Writes a lead and an audit entry at every stage."""

        def stage(self, title, total):
            with open_case(settings, clock) as case:
                case.leads.merge_many([a_sighting(a_listing(item_id=title))])
                case.audit.append(clock.now(), "wang", "stage", title)

    with open_case(settings, clock) as case:
        fill(case)
    before = held(settings, "elasticsearch")
    report = backup_of(settings, clock, Writing()).make(tmp_path / "backups")
    assert report.is_sound
    assert report.manifest.is_one_moment
    shutil.rmtree(settings.home)
    restore_of(settings, tmp_path / "backups", Quiet()).restore()
    assert held(settings, "sqlite") == before


def test_a_moment_that_is_lost_begins_anew_behind_what_was_read_and_says_so(settings, clock):
    with open_case(settings, clock) as case:
        case.leads.merge_many([a_sighting(a_listing(item_id=str(number))) for number in range(3)])
    with opened_cluster(settings) as cluster, closing(Database(settings.home / "own.sqlite")) as own:
        shelf = cluster_shelf(cluster, own)
        with shelf.at_one_moment() as moment:
            first = [row.key for row in shelf.read(Kind.LEADS)]
            cluster.client.close_point_in_time(id=moment._id)
            assert [row.key for row in shelf.read(Kind.LEADS, first[0])] == first[1:]
        assert moment.begun_count == 2
