"""Turns templates into pages: Jinja2 with everything escaped, and the static files under names that change with their content."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from importlib.resources import files

import jinja2
from markupsafe import Markup, escape

from pipelines.ports import Clock
from pipelines.run_health import ERROR_ZH, FIELD_ZH
from pipelines.search.fields import FIELDS
from review_ui import shown, wording

__all__ = ["Pages", "StaticFile", "load_static"]

_MEDIA_TYPES = {"css": "text/css; charset=utf-8", "js": "text/javascript; charset=utf-8", "svg": "image/svg+xml"}


@dataclass(frozen=True, slots=True)
class StaticFile:
    """One file of ours that browsers load."""

    content: bytes
    media_type: str
    version: str


def load_static() -> dict[str, StaticFile]:
    """Read the shipped static files: name → file."""
    loaded: dict[str, StaticFile] = {}
    for entry in (files("review_ui") / "static").iterdir():
        ending = entry.name.rpartition(".")[2]
        if ending in _MEDIA_TYPES:
            content = entry.read_bytes()
            loaded[entry.name] = StaticFile(content, _MEDIA_TYPES[ending], hashlib.sha256(content).hexdigest()[:12])
    return loaded


class Pages:
    """Renders templates."""

    def __init__(self, clock: Clock) -> None:
        self.static = load_static()
        self._clock = clock
        self._environment = jinja2.Environment(
            loader=jinja2.PackageLoader("review_ui"),
            autoescape=True,
            undefined=jinja2.StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._environment.globals |= {
            "search_fields": FIELDS,
            "static": self.address_of,
            "wording": wording,
            "when": self._when,
        }
        self._environment.filters |= {
            "cut": shown.cut,
            "day": shown.day,
            "defanged": shown.defanged,
            "error_name": lambda kind: ERROR_ZH.get(kind, kind),
            "field_name": lambda name: FIELD_ZH.get(name, name),
            "file_size": shown.file_size,
            "inert": shown.inert,
            "label": wording.label,
            "place": wording.quote_place,
            "quote_parts": shown.quote_parts,
            "span": shown.span,
            "source": lambda source: shown.inert(wording.source_label(source), 60),
            "work": wording.work_label,
        }

    def render(self, template: str, values: Mapping[str, object]) -> str:
        """Return the template's text filled with the values."""
        return self._environment.get_template(template).render(values)

    def address_of(self, name: str) -> str:
        """Return where browsers load a static file."""
        return f"/static/{self.static[name].version}/{name}"

    def _when(self, at: datetime) -> Markup:
        short = escape(shown.instant(at, self._clock.now()))
        return Markup('<time datetime="{}" title="{}">{}</time>').format(shown.utc(at), shown.full_instant(at), short)
