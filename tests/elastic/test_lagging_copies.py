"""A document is asked for again where a copy of its index may lag behind the one that was asked before."""

import pytest

from pipelines.errors import VersionConflict
from pipelines.moves.shelf import Kind
from pipelines.stores.elastic.connection import Cluster, Credentials
from pipelines.stores.elastic.index import Index, Stored


class OfCopies(Index):
    """An index whose copies answer in turn, each with the version it has; the last one goes on answering."""

    def __init__(self, *versions):
        super().__init__(Cluster(("http://127.0.0.1:1",), Credentials()), Kind.LEADS)
        self.versions = list(versions)

    def get(self, key, *, version_only=False):
        version = self.versions.pop(0) if len(self.versions) > 1 else self.versions[0]
        return Stored(key, version, "", "i", version, 1, {}) if version else None


@pytest.mark.parametrize("versions", [(7,), (6, 7), (0, 6, 6, 7)])
def test_a_copy_that_lags_is_asked_again(versions):
    assert OfCopies(*versions).get_at("a", 7).version == 7


def test_what_must_not_be_there_is_not_there():
    assert OfCopies(0).get_at("a", 0) is None


@pytest.mark.parametrize(("versions", "actual"), [((8,), 8), ((6, 8), 8), ((6,), 6)])
def test_a_newer_version_is_a_conflict_and_so_is_an_older_one_that_stays(versions, actual):
    with pytest.raises(VersionConflict) as conflict:
        OfCopies(*versions).get_at("a", 7)
    assert (conflict.value.expected, conflict.value.actual) == (7, actual)
