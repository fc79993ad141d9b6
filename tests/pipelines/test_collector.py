"""The collector of commands that judge many things."""

import gc

import pytest

from pipelines.collector import patient_collector


def test_what_was_loaded_is_left_alone_and_all_is_as_before() -> None:
    before = gc.isenabled(), gc.get_threshold(), gc.get_freeze_count()
    with patient_collector() as loaded:
        assert not gc.isenabled()
        loaded()
        assert gc.isenabled()
        assert gc.get_freeze_count() > before[2]
        assert gc.get_threshold()[0] > before[1][0]
    assert (gc.isenabled(), gc.get_threshold(), gc.get_freeze_count()) == before


def test_a_failure_while_loading_leaves_the_collector_on() -> None:
    with pytest.raises(ValueError, match="torn"), patient_collector():
        raise ValueError("torn")
    assert gc.isenabled()
