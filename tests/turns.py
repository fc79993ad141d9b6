"""Which worker runs what: a file's tests stay together, and the long ones begin first.

What a module or folder makes once (a swept practice range, a browser, matchers) is then made on one worker and not on each, and no
worker waits for the other's turn at the one cluster of three nodes. Begun first, nothing long is left for the end.
"""

from xdist.scheduler import LoadScopeScheduling

TOGETHER = ("tests/e2e/",)
"""Folders whose tests share what takes minutes to make."""
APART = ("tests/elastic/test_same_answers.py", "tests/benchmarks/test_benchmarks.py")
"""Files whose tests are long and share nothing: each goes to whoever is free."""
LONG = (
    "tests/e2e/",
    "tests/elastic/test_three_nodes.py",
    "tests/elastic/",
    "tests/broken/",
    "tests/detectors/names/",
    "tests/benchmarks/",
    "tests/deploy/",
)
"""What begins first, in this order; all else follows in the order of its names."""


class ByFile(LoadScopeScheduling):
    """Hands out whole files in the order of the collection."""

    def __init__(self, config, log) -> None:
        config.option.loadscopereorder = False
        super().__init__(config, log)

    def _split_scope(self, nodeid: str) -> str:
        return company(nodeid)


def company(nodeid: str) -> str:
    """Return what the test stays together with."""
    if nodeid.startswith(APART):
        return nodeid
    return next((folder for folder in TOGETHER if nodeid.startswith(folder)), nodeid.partition("::")[0])


def longest_first(nodeid: str) -> int:
    """Return the place of a test in the order; the sort must be stable."""
    return next((place for place, start in enumerate(LONG) if nodeid.startswith(start)), len(LONG))
