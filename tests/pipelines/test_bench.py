"""Detectors are built once, when somebody is judged; what is damaged is said before."""

import threading

import pytest

from detectors.registry import Knowledge
from keywords.loader import load_lexicon
from keywords.roster import load_roster
from pipelines.bench import Bench


def test_threads_that_ask_at_once_judge_by_the_same_detectors():
    bench = Bench(lambda: Knowledge(roster=load_roster(), lexicon=load_lexicon()))
    seen, ready = [], threading.Barrier(4)

    def ask():
        ready.wait()
        seen.append(bench.detectors)

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(one is seen[0] for one in seen)
    bench.refresh()
    assert bench.detectors is not seen[0]


def test_damage_is_said_at_once_and_leaves_the_detectors_as_they_were():
    known = [Knowledge(roster=load_roster(), lexicon=load_lexicon())]
    bench = Bench(known.pop)
    before = bench.detectors
    with pytest.raises(IndexError):
        bench.refresh()
    assert bench.detectors is before
    with pytest.raises(IndexError):
        Bench(known.pop)
