"""Check the range's files as a whole and count what there is."""

from collections import Counter
from pathlib import Path
from typing import TextIO
from urllib.parse import urlsplit

from deploy.range.behaviours import BEHAVIOURS
from deploy.range.model import HostKind
from deploy.range.world import ROOT, Problem, World, WorldInvalid, load_world

__all__ = ["run_check", "shortcomings"]


def shortcomings(world: World, root: Path = ROOT) -> tuple[Problem, ...]:
    """Return what does not fit together between hosts, behaviours and search index."""
    index_file = root / "data" / "index.toml"
    found = []
    indexed = set()
    for number, entry in enumerate(world.index):
        name = urlsplit(entry.url).hostname or ""
        host = world.by_name.get(name) or world.find(name)
        if host is None:
            found.append(Problem(index_file, f"entries[{number}].url", f"{name} is no host of the range"))
        elif entry.advert is None:
            indexed.add(host.name)
    for host in world.hosts:
        if host.behaviour and host.behaviour not in BEHAVIOURS:
            advice = f"{host.behaviour!r} is no behaviour; there are {', '.join(BEHAVIOURS)}"
            found.append(Problem(host.folder / "host.toml", "behaviour", advice))
        if host.truth and "engine" in host.truth.found_by and host.name not in indexed:
            file = host.folder / "host.toml"
            found.append(Problem(file, "truth.found_by", "names engine, but data/index.toml has no row for it"))
    return tuple(found)


def run_check(out: TextIO, err: TextIO, root: Path = ROOT) -> int:
    """Write the counts to `out`, everything wrong to `err`; return the exit code."""
    try:
        world = load_world(root)
    except WorldInvalid as error:
        err.writelines(f"{problem}\n" for problem in error.problems)
        return 2
    problems = shortcomings(world, root)
    err.writelines(f"{problem}\n" for problem in problems)
    kinds = Counter(host.kind for host in world.hosts)
    out.write(f"hosts: {len(world.hosts)} ({', '.join(f'{kind} {kinds[kind]}' for kind in HostKind)})\n")
    adverts = sum(entry.advert is not None for entry in world.index)
    out.write(f"search index: {len(world.index) - adverts} organic rows, {adverts} adverts\n")
    truths = Counter(listing.truth for listing in world.listings)
    out.write(f"listings: {len(world.listings)} ({', '.join(f'{verdict} {n}' for verdict, n in truths.items())})\n")
    return 2 if problems else 0
