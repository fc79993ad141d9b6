import pytest

from detectors.names.engine import NameMatcher
from keywords.roster import Roster, load_roster


@pytest.fixture(scope="session")
def roster() -> Roster:
    return load_roster()


@pytest.fixture(scope="session")
def matcher(roster: Roster) -> NameMatcher:
    return NameMatcher(roster)
