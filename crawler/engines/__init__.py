"""Search engines, one module each: pure `request` and `parse`, organic rows *and* adverts, block pages recognised.

To add one: write a module with an `ENGINE` (selectors in `model.SelectorEngine`, or anything that is a `Provider`), add it to
`ENGINES`, put a hand-made page of its shape into `recorded/` with what should be found, and run `jianwei engines check`.
"""

from crawler.engines import baidu, bing, so360
from crawler.engines.model import Provider
from pipelines.errors import SettingInvalid

__all__ = ["ENGINES", "Provider", "engines_named"]

ENGINES: tuple[Provider, ...] = (baidu.ENGINE, so360.ENGINE, bing.ENGINE)


def engines_named(names: tuple[str, ...], where: str = "sweep.engines") -> tuple[Provider, ...]:
    """Return the engines of these names. Raises `SettingInvalid` for a name that is none."""
    known = {engine.name: engine for engine in ENGINES}
    unknown = [name for name in names if name not in known]
    if unknown:
        have = ", ".join(known)
        raise SettingInvalid(
            "sweep.engines",
            where,
            f"没有名为 {unknown[0]} 的搜索引擎（现有：{have}）",
            f"no engine {unknown[0]!r}; there are {have}",
        )
    return tuple(known[name] for name in names)
