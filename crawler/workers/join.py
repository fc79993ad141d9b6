"""How a worker comes to a run that another has begun."""

import time
from collections.abc import Sequence

import msgspec

from crawler.context import Progress, SweepCase
from pipelines.errors import SettingInvalid, UsageError
from pipelines.model import RunReport
from pipelines.settings import Settings

__all__ = ["announce", "joined_run", "require_known"]

_LOOK_S = 2.0


class _Announced(msgspec.Struct, frozen=True, kw_only=True):
    """What a worker must be able to do to take part."""

    engines: tuple[str, ...]
    platforms: tuple[str, ...]


def announce(case: SweepCase, run_id: str, engines: Sequence[str], platforms: Sequence[str]) -> None:
    """Say that the run is planned and others may join; nothing where this process works alone. Raises `StoreUnavailable`."""
    if case.shared_work:
        needs = _Announced(engines=tuple(engines), platforms=tuple(platforms))
        case.shared_work.board.announce(run_id, msgspec.json.encode(needs))


def joined_run(case: SweepCase, progress: Progress) -> RunReport:
    """Wait for a run that is open to others and return it as it stands. Raises `UsageError`, `StoreUnavailable`."""
    work = case.shared_work
    if work is None:
        raise UsageError(
            "--join 用于多个进程共同巡查，请先设置 workers.redis_url（各进程共用的 Redis）。",
            "--join is for several workers: set workers.redis_url, the Redis they share, first.",
        )
    is_told = False
    while True:
        for report in case.runs.latest():
            is_open = report.finished_at is None and report.stop is None
            if is_open and work.board.announced(report.id) is not None:
                return report
        if not is_told:
            progress.note("目前没有可加入的巡查，等待其他进程开始（Ctrl-C 停止）")
            is_told = True
        time.sleep(_LOOK_S)


def require_known(
    case: SweepCase, settings: Settings, run_id: str, engines: Sequence[str], platforms: Sequence[str]
) -> None:
    """Make sure that this worker knows what the run asks: work it does not know would be put off for all.

    Raises `SettingInvalid`, `StoreUnavailable`.
    """
    announced = case.shared_work.board.announced(run_id) if case.shared_work else None
    if announced is None:
        return
    needs = msgspec.json.decode(announced, type=_Announced)
    for key, wanted, known in (("engines", needs.engines, engines), ("platforms", needs.platforms, platforms)):
        missing = "、".join(name for name in wanted if name not in known)
        if missing:
            raise SettingInvalid(
                f"sweep.{key}",
                settings.origins.get(f"sweep.{key}", "jianwei.toml"),
                f"正在进行的巡查 {run_id} 包括 {missing}，本机没有配置；共同巡查的各台机器请使用相同的 [sweep] 配置",
                f"run {run_id} asks {missing}, which is not configured here; workers of one run need the same [sweep] settings",
            )
