"""The pages of engines and platforms, from the templates beside this file."""

from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader
from markupsafe import Markup, escape

__all__ = ["render"]


def render(template: str, **values: object) -> str:
    """Fill in a template; everything is escaped."""
    return _environment().get_template(template).render(**values)


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"), autoescape=True, trim_blocks=True, lstrip_blocks=True
    )  # fmt: skip
    environment.filters["marked"] = _marked
    return environment


def _marked(text: str, query: str) -> Markup:
    """Mark the query's words as engines do, which cuts titles into pieces."""
    marked = escape(text)
    for word in {escape(word) for word in query.split() if len(word) > 1}:
        marked = Markup(str(marked).replace(str(word), f"<em>{word}</em>"))  # noqa: S704 - both sides are escaped
    return marked
