"""One value of decoded JSON by the dotted path that definitions of engines and platforms write. Pure."""

from typing import Any

__all__ = ["value_at"]


def value_at(content: Any, path: str) -> Any:
    """Return what stands at a dotted path (`data.list.0.title`); None: nothing does."""
    for step in path.split(".") if path else ():
        if isinstance(content, dict):
            content = content.get(step)
        elif isinstance(content, list) and step.isdigit() and int(step) < len(content):
            content = content[int(step)]
        else:
            return None
    return content
