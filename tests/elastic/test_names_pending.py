"""A writer that dies between a name's record and the log of its changes loses no change and doubles none."""

import threading

import pytest

from pipelines.name_history import begin, observe
from pipelines.stores.elastic.names import ElasticNames
from tests.builders import AT
from tests.name_builders import HOST, RESOLVING, a_sight, after


class Died(Exception):
    pass


class DyingNames(ElasticNames):
    """Dies at a step of its choice."""

    def __init__(self, cluster, dies_after: int) -> None:
        super().__init__(cluster)
        self.left = dies_after
        real = self.log.write

        def write(row, stored, **more):
            if self.left == 0:
                raise Died
            self.left -= 1
            return real(row, stored, **more)

        self.log.write = write


def a_story():
    """Return a record and all three changes on the way to it."""
    record, changes = begin(HOST, "cx.mem.gov.cn", "brand_with_gov", 700, "list:new.txt", AT, AT)
    looks = ((1, "203.0.113.9"), (2, "203.0.113.10"))
    for sight in (a_sight(RESOLVING), *(a_sight(RESOLVING, address, at=after(days=day)) for day, address in looks)):
        record, more = observe(record, sight, sight.at)
        changes = (*changes, *more)
    return record, changes


def kinds(names):
    return [one.change.kind.value for one in names.changes(with_quiet=True)]


@pytest.mark.parametrize("steps", [0, 1, 2])
def test_changes_of_a_writer_that_died_are_logged_once_by_the_next_reader(cluster, steps):
    record, changes = a_story()
    assert len(changes) == 3
    with pytest.raises(Died):
        DyingNames(cluster, steps).put(record, 0, changes)
    for _ in range(2):
        assert kinds(ElasticNames(cluster)) == [one.kind.value for one in changes]
    assert ElasticNames(cluster).get(HOST).version == 1


def test_the_next_writer_logs_what_was_left_before_its_own(cluster):
    record, changes = a_story()
    with pytest.raises(Died):
        DyingNames(cluster, 1).put(record, 0, changes)
    names = ElasticNames(cluster)
    assert names.put(record, 1, changes[-1:]) == 2
    assert kinds(names) == [one.kind.value for one in (*changes, changes[-1])]


def test_readers_and_the_writer_that_move_the_same_changes_log_them_once(cluster):
    record, changes = a_story()
    for round_ in range(5):
        with pytest.raises(Died):
            DyingNames(cluster, round_ % 3).put(record, round_, changes)
        readers = [threading.Thread(target=lambda: ElasticNames(cluster).changes()) for _ in range(3)]
        for reader in readers:
            reader.start()
        for reader in readers:
            reader.join()
    positions = [one.position for one in ElasticNames(cluster).changes(with_quiet=True)]
    assert positions == list(range(1, 3 * 5 + 1))
