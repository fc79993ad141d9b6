"""Search engines as data: organic rows *and* adverts told apart, wrappers, block pages as typed failures.

`definition` is what a definition says (TOML in `data/`, unknown keys refused), `declared` reads pages by it, `html_rows` and
`card_rows` find the rows, `targets` reads real addresses out of wrappers. The organisation's own definitions, named in
`sweep.engine_definitions`, replace shipped ones of the same name: a changed selector needs no new version.

To add one: write `data/<name>.toml`, put a hand-made page of its shape into `recorded/` with what should be found, and run
`jianwei engines check`. What data cannot say may be any `Provider`.
"""

from collections.abc import Iterable
from pathlib import Path
from urllib.parse import urlsplit

import msgspec

from crawler.engines.declared import DeclaredEngine
from crawler.engines.definition import Definition, definitions
from crawler.engines.model import Provider
from pipelines.errors import SettingInvalid

__all__ = ["Provider", "engines", "engines_named"]

_SEARXNG = "searxng"


def engines(further: Iterable[Path] = (), searxng_url: str = "") -> dict[str, Provider]:
    """Return name → engine. `searxng_url` is the organisation's own SearXNG. Raises `InputUnreadable` for a broken definition."""
    return {name: DeclaredEngine(_placed(one, searxng_url)) for name, one in definitions(further).items()}


def engines_named(
    names: Iterable[str], where: str = "sweep.engines", further: Iterable[Path] = (), searxng_url: str = ""
) -> tuple[Provider, ...]:
    """Return the engines of these names. Raises `SettingInvalid` for a name that is none, `InputUnreadable` as `engines`."""
    known = engines(further, searxng_url)
    wanted = tuple(names)
    for name in wanted:
        if name not in known:
            have = ", ".join(known)
            raise SettingInvalid(
                "sweep.engines",
                where,
                f"没有名为 {name} 的搜索引擎（现有：{have}）",
                f"no engine {name!r}; there are {have}",
            )
        if name == _SEARXNG and not searxng_url:
            raise SettingInvalid(
                "sweep.searxng_url",
                where,
                "要用 searxng，须写明本单位 SearXNG 的地址",
                "searxng needs the address of your own SearXNG",
            )
    return tuple(known[name] for name in wanted)


def _placed(definition: Definition, searxng_url: str) -> Definition:
    """Return the definition of SearXNG at the organisation's own address; every other as it is."""
    if definition.name != _SEARXNG or not searxng_url:
        return definition
    base = searxng_url.rstrip("/")
    _, _, asked = definition.search_url.partition("/search?")
    return msgspec.structs.replace(
        definition, host=urlsplit(base).hostname or definition.host, search_url=f"{base}/search?{asked}"
    )
