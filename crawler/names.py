"""The sources that need no web page: invented names looked up in DNS, and files staff hand in."""

from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path

from crawler.context import RunContext, WorkDone
from crawler.feeds.list_reader import matcher_for, read_list
from crawler.feeds.name_files import opened
from crawler.platforms.imports import ListingFiles
from crawler.platforms.model import known_platforms
from crawler.work import NameBatch, Visit, item, read, visit_item
from detectors.names.generate import generate_names
from detectors.names.hit import TECHNIQUE_NAMES
from keywords.model import OfficialSite
from keywords.roster import Roster
from pipelines.imports.accept import import_listings
from pipelines.model import WorkItem
from pipelines.seller_vault import kept_pseudonym

__all__ = ["import_listing_file", "look_up", "lookalike_items", "read_name_file"]

_BATCH = 500


def lookalike_items(sites: Sequence[OfficialSite], roster: Roster, per_site: int) -> Iterator[WorkItem]:
    """Yield the work of looking up invented names, in batches: one lookup each would drown the frontier."""
    for site in sites:
        names = islice(generate_names(site, roster), per_site)
        place = 0
        while batch := tuple((one.name, one.imitates, TECHNIQUE_NAMES[one.technique]) for one in islice(names, _BATCH)):
            yield item("name", f"{site.host} {place}", NameBatch(names=batch))
            place += 1


async def look_up(work: WorkItem, context: RunContext) -> WorkDone:
    """Return the visits of those invented names of a batch that exist. Raises `SourceUnreachable`."""
    origin = {name: (imitates, technique) for name, imitates, technique in read(work, NameBatch).names}
    found = []
    async for name, _ in context.resolver.exists(origin):
        imitates, technique = origin[name]
        found.append(_visit(name, "lookalike", f"仿 {imitates}，{technique}", context))
    context.notes.outcomes["names_probed"] += len(origin)
    context.notes.outcomes["names_existing"] += len(found)
    return WorkDone(work=(work,), found=tuple(found))


async def read_name_file(path: Path, work: WorkItem, context: RunContext) -> WorkDone:
    """Return the visits of those names of a file that imitate an official site and exist."""
    matched = await context.in_case(_matching, path, context)
    found = []
    async for name, _ in context.resolver.exists(matched):
        found.append(_visit(name, f"file:{path.name}", matched[name][1], context, matched[name][0]))
    context.notes.outcomes["names_matched"] += len(matched)
    context.notes.outcomes["names_existing"] += len(found)
    return WorkDone(work=(work,), found=tuple(found))


def _matching(path: Path, context: RunContext) -> dict[str, tuple[int, str]]:
    """Return name → (line, reason) of the names in the file that imitate an official site."""
    matched: dict[str, tuple[int, str]] = {}
    with opened(str(path)) as names:
        opens = matcher_for(names, context.case.roster, context.settings.home / "cache")
        for part in read_list(names, "", opens):
            for one in part.found:
                matched.setdefault(one.host, (one.line, one.hits[0].reason))
            context.notes.outcomes["lines_without_name"] += part.broken_count
    return matched


async def import_listing_file(path: Path, work: WorkItem, context: RunContext) -> WorkDone:
    """Import the listings of a file; rejected rows are kept aside and named in the report."""
    settings = context.settings
    report = await context.in_case(
        import_listings,
        path,
        context.case.intake,
        context.case.clock,
        kept_pseudonym(settings.home),
        settings.home / "rejects",
        read=ListingFiles(known_platforms(settings.sweep.platform_definitions)).read,
    )
    context.notes.outcomes["observations"] += report.accepted
    for name, count in report.outcomes.items():
        if name != "below_threshold":
            context.notes.outcomes[name] += count
    if report.rejections:
        context.notes.fail(f"{path.name}：{len(report.rejections)} 行未能导入，原因见 {report.rejects_path}")
    return WorkDone(work=(work,))


def _visit(name: str, source: str, detail: str, context: RunContext, rank: int | None = None) -> WorkItem:
    now = context.case.clock.now()
    return visit_item(Visit(url=f"http://{name}/", source=source, found_at=now, detail=detail, rank=rank))
