"""`jianwei domains generate`: the names an outsider would register to imitate a site, best first."""

import itertools
from typing import Annotated

import typer

from deploy.cli.output import write_record
from deploy.cli.session import current
from detectors.names.generate import generate_names
from keywords.host_lines import host_of_text
from keywords.roster import Roster
from pipelines.errors import UsageError
from pipelines.official_sites import official_roster

__all__ = ["generate"]


def generate(
    sites: Annotated[
        list[str] | None, typer.Argument(metavar="SITE...", help="Rostered hosts; default: all protected sites.")
    ] = None,
    limit: Annotated[int, typer.Option(help="Names per site at most; 0: all.", min=0)] = 0,
) -> None:
    """List names an outsider could register to imitate SITE, best first, as JSON Lines."""
    roster = official_roster(current.settings())
    hosts = [_rostered(host, roster) for host in sites] if sites else [site.host for site in roster.protected]
    by_host = {site.host: site for site in roster.sites}
    for host in hosts:
        names = generate_names(by_host[host], roster)
        for made in itertools.islice(names, limit or None):
            write_record({"name": made.name, "imitates": made.imitates, "technique": made.technique.value})


def _rostered(text: str, roster: Roster) -> str:
    try:
        host = host_of_text(text)[1]
    except ValueError:
        host = text
    hosts = {site.host for site in roster.sites}
    found = host if host in hosts else f"www.{host}" if f"www.{host}" in hosts else ""
    if not found:
        raise UsageError(
            f"{text} 不在官方网站名录中。请用 jianwei import sites 补充名录，或检查写法。",
            f"{text} is not in the roster of official sites. Add it with jianwei import sites, or check the spelling.",
        )
    return found
