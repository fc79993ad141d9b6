"""`python -m deploy.range`: serve the practice range, or check its files."""

import sys

import typer

from deploy.range.check import run_check

app = typer.Typer(name="range", no_args_is_help=True, add_completion=False)


@app.command()
def check() -> None:
    """Check every file of the range and count what there is; exit 2 if something is wrong."""
    sys.exit(run_check(sys.stdout, sys.stderr))


@app.callback()
def _nouns() -> None:
    """The practice range."""


if __name__ == "__main__":
    app()
