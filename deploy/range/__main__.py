"""`python -m deploy.range`: serve the practice range, or check its files."""

import asyncio
import sys
from pathlib import Path
from typing import Annotated

import typer

from deploy.range.check import run_check
from deploy.range.server import Ports, serve
from pipelines.errors import ExitCode, MonitorError

app = typer.Typer(name="range", no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)


@app.command()
def check() -> None:
    """Check every file of the range and count what there is; exit 2 if something is wrong."""
    raise typer.Exit(run_check(sys.stdout, sys.stderr))


@app.command("serve")
def serve_range(
    folder: Annotated[Path, typer.Option(help="Work folder; range.json appears in it when all is ready.")],
    phase: Annotated[str, typer.Option(help="Phase of the world to start in.")] = "",
    dns_port: Annotated[int, typer.Option(help="Loopback port of the name server; 0: a free one.")] = 0,
    proxy_port: Annotated[int, typer.Option(help="Loopback port of the proxy; 0: a free one.")] = 0,
    control_port: Annotated[int, typer.Option(help="Loopback port of the control server; 0: a free one.")] = 0,
    engine_page_limit: Annotated[int, typer.Option(help="Result pages in ten minutes before an engine blocks.")] = 60,
    until_stdin_closes: Annotated[bool, typer.Option(help="Stop when standard input closes.")] = False,
) -> None:
    """Serve the practice range until told to stop."""
    try:
        asyncio.run(
            serve(
                folder, Ports(dns_port, proxy_port, control_port), phase,
                engine_page_limit=engine_page_limit, until_stdin_closes=until_stdin_closes,
            )
        )  # fmt: skip
    except (MonitorError, OSError) as error:
        sys.stderr.write(f"{error.en if isinstance(error, MonitorError) else error}\n")
        raise typer.Exit(ExitCode.USAGE if isinstance(error, MonitorError) else ExitCode.UNREACHABLE) from error


if __name__ == "__main__":
    app()
