"""`jianwei config check`: every setting, its value and where it came from."""

from typing import Annotated

import typer
from pydantic import BaseModel
from rich.console import Console
from rich.table import Table

from crawler.engines import engines_named
from crawler.platforms.model import load_platforms
from deploy.cli import output, session

app = typer.Typer(no_args_is_help=True, help="查看和检查配置。")


@app.callback()
def config() -> None:
    """查看和检查配置。"""


@app.command()
def check(as_json: Annotated[bool, typer.Option("--json", help="One JSON line per setting.")] = False) -> None:
    """检查配置，并列出每一项的值和来源。"""
    settings = session.current.settings()
    # Names of engines and platforms are known to the crawler only; a wrong one should be heard of here, not in the night.
    sweep, origin = settings.sweep, settings.origins.get("sweep.engines", "-")
    engines_named(sweep.engines, origin, sweep.engine_definitions, sweep.searxng_url)
    load_platforms(sweep.platforms, sweep.platform_definitions)
    rows = [
        (key, value, settings.origins.get(key, session.current.say("默认值", "default")))
        for key, value in _flat(settings)
    ]
    if not output.is_for_people(as_json=as_json):
        for key, value, origin in rows:
            output.write_record({"key": key, "value": value, "origin": origin})
        return
    table = Table(
        *(session.current.say(*names) for names in (("配置项", "setting"), ("值", "value"), ("来源", "origin")))
    )
    for key, value, origin in rows:
        table.add_row(key, str(value), origin)
    Console().print(table)


def _flat(model: BaseModel, prefix: str = "") -> list[tuple[str, object]]:
    found: list[tuple[str, object]] = []
    for name, field in type(model).model_fields.items():
        if field.exclude:
            continue
        value = getattr(model, name)
        if isinstance(value, BaseModel):
            found += _flat(value, f"{prefix}{name}.")
        else:
            found.append((f"{prefix}{name}", model.model_dump(mode="json")[name]))
    return found
