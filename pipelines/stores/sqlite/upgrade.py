"""Before a file is brought to a newer layout, it is kept beside itself as it was.

`jianwei.sqlite.layout6-20261127T081500Z.bak`: layout, instant. It is made under the lock that the change is made under, so it is the very
state that is changed. Where the change fails nothing was changed, and the copy goes again; retrying must not fill the disk.
"""

import logging
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from pipelines.errors import MonitorError, StoreUnavailable
from pipelines.moves.files import require_room
from pipelines.stores.sqlite.file import copy_file, file_bytes

__all__ = ["bring_forward"]

_LOG = logging.getLogger("jianwei.store")


@contextmanager
def bring_forward(path: Path) -> Iterator[Callable[[int], None]]:
    """Give what keeps the file before it is changed from the layout it is told (0: it is new, there is nothing to keep).

    An exception of the block takes the copy away again. Raises `StoreUnavailable` where there is no room, or the change failed.
    """
    kept: list[Path] = []

    def keep(layout: int) -> None:
        if layout:
            kept.append(_keep(path, layout))

    try:
        yield keep
    except BaseException as error:
        for one in kept:
            one.unlink(missing_ok=True)
        if kept and isinstance(error, sqlite3.Error | OSError) and not isinstance(error, MonitorError):
            raise StoreUnavailable(
                str(path),
                f"升级到新版数据格式失败（{error}），文件保持原样，请联系维护人员或从备份恢复",
                f"it could not be brought to the new layout ({error}) and was left as it was; ask for help, or restore a backup",
            ) from error
        raise
    for one in kept:
        _LOG.warning(
            "数据存储 %s 已升级到新版数据格式，升级前的文件保存在 %s（确认无误后可删除）。"
            " The store was brought to a new layout; as it was before, it is kept there.",
            path,
            one.name,
        )


def _keep(path: Path, layout: int) -> Path:
    at = datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
    kept = path.with_name(f"{path.name}.layout{layout}-{at}.bak")
    aside = path.with_name(f".{kept.name}.part")
    require_room(path.parent, 2 * file_bytes(path))
    try:
        copy_file(path, aside)
        aside.rename(kept)
    except (sqlite3.Error, OSError) as error:
        raise StoreUnavailable(
            str(path),
            f"升级前无法备份（{error}），没有升级",
            f"it could not be kept before the change ({error}); nothing was changed",
        ) from error
    finally:
        aside.unlink(missing_ok=True)
    return kept
