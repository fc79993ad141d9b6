"""One log of seven hundred entries, every tenth of which imitates; what most tests of following a log are about."""

from pipelines.feeds import AlarmKind
from tests.crawler.feeds.certificates import submitted
from tests.crawler.feeds.follow import Desk, Following
from tests.crawler.feeds.log_tree import LogTree


def entry(number: int):
    """Every tenth entry imitates; every third is a precertificate."""
    name = f"cx-mem-gov{number}.cn" if number % 10 == 0 else f"shop{number}.example"
    return submitted(name, f"www.shop{number}.example", is_precertificate=number % 3 == 0)


ENTRIES = [entry(number) for number in range(700)]
TREE = LogTree(ENTRIES)
IMITATIONS = [f"cx-mem-gov{number}.cn" for number in range(0, 700, 10)]


def follow(kind: str, url: str, desk: Desk, **settings) -> Following:
    return Following(kind, url, desk, TREE.public_key, **settings)


def alarms(desk: Desk) -> list[AlarmKind]:
    return [alarm.kind for alarm in desk.mark().alarms]
