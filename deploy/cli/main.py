"""Entry point of the `jianwei` command: turns errors into one sentence and an exit code."""

import locale
import os
import sys
from typing import Annotated

import typer

from deploy.cli import session
from pipelines.errors import ExitCode, MonitorError

app = typer.Typer(name="jianwei", no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)


@app.callback()
def options(
    lang: Annotated[str, typer.Option(help="Language of messages: zh or en.")] = "",
    debug: Annotated[bool, typer.Option("--debug", help="Show the full traceback of an error.")] = False,
) -> None:
    """鉴伪 Jianwei: 发现假冒安全生产证书查询网站和假证售卖信息。"""
    session.current.lang = lang or _locale_lang()
    session.current.debug = debug


def main() -> None:
    """Run the command; errors are one sentence on stderr, exit codes as in `ExitCode`."""
    try:
        code = app(standalone_mode=False)
    except MonitorError as error:
        if session.current.debug:
            raise
        sys.stderr.write(f"{error.sentence(session.current.lang)}\n")
        code = error.exit_code
    except typer.Exit as done:
        code = done.exit_code
    except typer.Abort:
        code = ExitCode.INTERRUPTED
    except typer.TyperException as error:
        error.show()
        code = ExitCode.USAGE
    sys.exit(int(code or 0))


def _locale_lang() -> str:
    named = os.environ.get("LC_ALL") or os.environ.get("LC_MESSAGES") or os.environ.get("LANG") or locale.getlocale()[0]
    return "zh" if (named or "").lower().startswith(("zh", "chinese")) else "en"


if __name__ == "__main__":
    main()
