"""Everything workers share on the Redis of the settings."""

from pipelines.settings import Settings
from pipelines.shared_work import SharedWork
from pipelines.stores.redis.board import RedisRunBoard, RedisTexts
from pipelines.stores.redis.connection import link_of
from pipelines.stores.redis.frontier import RedisFrontier
from pipelines.stores.redis.queries import RedisQueryLedger
from pipelines.stores.redis.renders import RedisRenders
from pipelines.stores.redis.tallies import RedisRunTallies
from pipelines.stores.redis.turns import RedisTurns

__all__ = ["work_on_redis"]

_SLOT_SPARE_S = 60.0


def work_on_redis(settings: Settings) -> SharedWork:
    """Return what workers share. Raises `SettingInvalid`."""
    link, workers = link_of(settings), settings.workers
    return SharedWork(
        frontier=RedisFrontier(link, lease_s=workers.lease_s),
        board=RedisRunBoard(link),
        tallies=RedisRunTallies(link),
        queries=RedisQueryLedger(link),
        pauses=RedisTexts(link, "pauses"),
        # A look takes its time-out twice at most; a slot that is held for longer was left by a dead worker.
        turns=RedisTurns(link, held_s=2 * settings.crawl.timeout_s + _SLOT_SPARE_S),
        renders=RedisRenders(link, lease_s=workers.lease_s),
        require_answer=link.require_answer,
        close=link.close,
    )
