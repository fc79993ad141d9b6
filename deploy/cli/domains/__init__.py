"""`jianwei domains`: names that imitate the official sites, made up beforehand, found in lists and feeds, checked. One file per command."""

import typer

from deploy.cli.domains.changes import changes
from deploy.cli.domains.check import check
from deploy.cli.domains.feeds import feeds
from deploy.cli.domains.generate import generate
from deploy.cli.domains.match import match
from deploy.cli.domains.watch import watch

__all__ = ["app"]

app = typer.Typer(
    no_args_is_help=True,
    help="仿冒域名：生成、匹配、持续监看、核查、变化。 Lookalike names: generate, match, watch, check, changes.",
)
app.command("changes")(changes)
app.command("check")(check)
app.command("feeds")(feeds)
app.command("generate")(generate)
app.command("match")(match)
app.command("watch")(watch)
