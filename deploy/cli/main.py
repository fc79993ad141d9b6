"""Entry point of the `jianwei` command: turns errors into one sentence and an exit code."""

import locale
import os
import sys
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import Annotated

import typer

from deploy.cli import output, session
from pipelines.errors import ExitCode, MonitorError

app = typer.Typer(name="jianwei", no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)


# Noun → its file. A group has commands of its own; the others are commands themselves.
_NOUNS = {
    "demo": "demo", "sweep": "sweep", "render": "render", "serve": "serve", "domains": "domains", "assess": "assess", "keywords": "keywords",
    "engines": "engines", "import": "import_", "export": "export", "evidence": "evidence", "users": "users", "status": "status",
    "gangs": "gangs", "config": "config", "weights": "weights", "filings": "filings", "certificate": "certificate", "sites": "sites",
    "wording": "wording", "store": "store", "session": "staff_session", "schedule": "schedule",
}  # fmt: skip
_STOPPED = 130
"""What Typer makes of Ctrl-C; the shell's code, not ours."""
_GROUPS = {
    "domains", "keywords", "engines", "import", "export", "evidence", "users", "config", "weights", "filings", "certificate",
    "gangs", "sites", "wording", "store", "session",
}  # fmt: skip


@app.callback()
def options(
    lang: Annotated[str, typer.Option(help="Language of messages: zh or en.")] = "",
    config: Annotated[Path | None, typer.Option(help="Settings file; default: $JIANWEI_HOME/jianwei.toml.")] = None,
    debug: Annotated[bool, typer.Option("--debug", help="Show the full traceback of an error.")] = False,
) -> None:
    """鉴伪 Jianwei: 发现假冒安全生产证书查询网站和假证售卖信息。"""
    session.current.lang = lang if lang in {"zh", "en"} else _locale_lang()
    session.current.config = config
    session.current.debug = debug


def main() -> None:
    """Run the command; errors are one sentence on stderr, exit codes as in `ExitCode`."""
    _register(sys.argv[1:])
    try:
        code = app(standalone_mode=False)
    except MonitorError as error:
        if session.current.debug:
            raise
        sys.stderr.write(f"{error.sentence(session.current.lang)}\n")
        code = error.exit_code
    except typer.Exit as done:
        code = done.exit_code
    except (typer.Abort, KeyboardInterrupt):
        code = ExitCode.INTERRUPTED
    except typer.TyperException as error:
        # Typer's own words name the option as it is written: Missing option '--from'.
        said = getattr(error, "format_message", error.__str__)()
        sys.stderr.write(f"{said}\n{session.current.say('用法见 jianwei --help', 'See jianwei --help')}\n")
        code = ExitCode.USAGE
    if code == _STOPPED:
        sys.stderr.write(f"{session.current.say('已停止。', 'Stopped.')}\n")
        code = ExitCode.INTERRUPTED
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        output.let_go_of_stdout()
    sys.exit(int(code or 0))


def _register(words: Sequence[str]) -> None:
    """Join the nouns. Only the one that is asked for is imported: Scrapy alone takes a second, and most commands do not crawl."""
    asked = next((word for word in words if word in _NOUNS), None)
    for noun in [asked] if asked else _NOUNS:
        module = import_module(f"deploy.cli.{_NOUNS[noun]}")
        if noun in _GROUPS:
            app.add_typer(module.app, name=noun)
        else:
            app.command(noun)(getattr(module, noun))


def _locale_lang() -> str:
    named = os.environ.get("LC_ALL") or os.environ.get("LC_MESSAGES") or os.environ.get("LANG") or locale.getlocale()[0]
    return "zh" if (named or "").lower().startswith(("zh", "chinese")) else "en"


if __name__ == "__main__":
    main()
