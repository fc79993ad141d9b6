"""Entry point of the `jianwei` command: turns errors into one sentence and an exit code."""

import locale
import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from deploy.cli import session
from pipelines.errors import ExitCode, MonitorError

app = typer.Typer(name="jianwei", no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)


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
    _register()
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
    except BrokenPipeError:
        # The reader of our output went away (`| head`): nothing is wrong, and nothing more can be said to it.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = ExitCode.DONE
    except typer.TyperException as error:
        sys.stderr.write(f"{error}\n{session.current.say('用法见 jianwei --help', 'See jianwei --help')}\n")
        code = ExitCode.USAGE
    sys.exit(int(code or 0))


def _register() -> None:
    """Join the nouns. Done when run, not at import: each noun brings its own libraries."""
    from deploy.cli import (
        assess,
        config,
        demo,
        domains,
        engines,
        evidence,
        export,
        import_,
        keywords,
        serve,
        status,
        sweep,
        users,
    )

    app.command("demo")(demo.demo)
    app.command("sweep")(sweep.sweep)
    app.command("serve")(serve.serve)
    app.add_typer(domains.app, name="domains")
    app.command("assess")(assess.assess)
    app.add_typer(keywords.app, name="keywords")
    app.add_typer(engines.app, name="engines")
    app.add_typer(import_.app, name="import")
    app.add_typer(export.app, name="export")
    app.add_typer(evidence.app, name="evidence")
    app.add_typer(users.app, name="users")
    app.command("status")(status.status)
    app.add_typer(config.app, name="config")


def _locale_lang() -> str:
    named = os.environ.get("LC_ALL") or os.environ.get("LC_MESSAGES") or os.environ.get("LANG") or locale.getlocale()[0]
    return "zh" if (named or "").lower().startswith(("zh", "chinese")) else "en"


if __name__ == "__main__":
    main()
