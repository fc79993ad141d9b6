"""`jianwei domains`: names that imitate the official sites, made up beforehand or found in a list. One file per command."""

import typer

from deploy.cli.domains.changes import changes
from deploy.cli.domains.check import check
from deploy.cli.domains.generate import generate
from deploy.cli.domains.match import match

__all__ = ["app"]

app = typer.Typer(
    no_args_is_help=True, help="仿冒域名：生成、匹配、核查、变化。 Lookalike names: generate, match, check, changes."
)
app.command("changes")(changes)
app.command("check")(check)
app.command("generate")(generate)
app.command("match")(match)
