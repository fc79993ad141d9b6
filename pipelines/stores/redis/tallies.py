"""What the finished pieces of a run counted, whichever worker did them."""

from typing import Any

import msgspec

from pipelines.model import WorkItem
from pipelines.run_tally import Tally, summed
from pipelines.stores.redis.connection import RedisLink

__all__ = ["RedisRunTallies"]

_KEPT_S = 14 * 86_400
"""As long as the notes of a run nobody resumed."""


class RedisRunTallies:
    """A `RunTallies`."""

    def __init__(self, link: RedisLink) -> None:
        self._link = link

    def put(self, run_id: str, work: WorkItem, tally: Tally) -> None:
        """Keep what a piece of work counted, in place of what it counted before."""

        def keep(client: Any) -> None:
            with client.pipeline() as several:
                several.hset(_key(run_id), f"{work.kind} {work.key}", msgspec.json.encode(tally.groups()))
                several.expire(_key(run_id), _KEPT_S)
                several.execute()

        self._link.run(keep)

    def sum(self, run_id: str) -> Tally:
        """Return what all pieces of the run counted."""
        kept = self._link.run(lambda client: client.hvals(_key(run_id)))
        return summed(msgspec.json.decode(one, type=dict[str, dict[str, int]]) for one in kept)

    def forget(self, run_id: str) -> None:
        """Drop the tallies of a run."""
        self._link.run(lambda client: client.delete(_key(run_id)))


def _key(run_id: str) -> str:
    return f"jianwei:{{{run_id}}}:tallies"
