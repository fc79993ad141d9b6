"""The forms of a page as a visitor sees them, including groups of inputs that stand in no form (scripts send those)."""

import re
from dataclasses import dataclass, field
from functools import lru_cache

from detectors.model import Field, Form

__all__ = ["FormReader"]

_MAX_FORMS = 100
_MAX_FIELDS = 60
_MAX_WORDS = 120
_MAX_LABEL = 20
"""A longer text before an input is prose, not its label."""
_GROUP_GAP = 300
"""Characters of text after which a loose input belongs to another group."""
_NOT_FIELDS = frozenset(("hidden", "submit", "button", "image", "reset"))
_BUTTON_CLASS = re.compile(r"btn|button|submit|query|chaxun", re.IGNORECASE)
_CLICKED = frozenset(("onclick", "@click", "v-on:click", "ng-click", "bindtap"))
_CALLS_QUERY = re.compile(r"^.{0,4}(?:查|询|验|搜|search|query|verify|look\s?up|chaxun|go).{0,6}$", re.IGNORECASE)
"""Anything can be clicked; what is called so sends the fields before it."""
_LABEL_TRIM = " :：*＊·\n"
_COMPONENT_FIELDS = ("input", "field", "search", "select", "picker", "textarea")
_COMPONENT_BUTTON = "button"
"""How the tags of component libraries end (`el-input`, `van-field`, `a-button`), on pages whose scripts turn them into elements."""


@dataclass(slots=True)
class _Field:
    identity: str
    name: str
    type: str
    placeholder: str
    label: str


@dataclass(slots=True)
class _Group:
    action: str = ""
    method: str = "get"
    fields: list[_Field] = field(default_factory=list)
    buttons: list[str] = field(default_factory=list)


@dataclass(slots=True)
class FormReader:
    """Is told of elements and text in page order; knows the forms at the end."""

    groups: list[_Group] = field(default_factory=list)
    labels: dict[str, str] = field(default_factory=dict)
    is_in_form: bool = False
    heard: str = ""
    """Text since the last input, as far as it may be a label."""
    gap: int = 0
    """Characters of text since the last loose input or button."""

    def hear(self, words: str) -> None:
        """Take in visible text."""
        self.gap += len(words)
        if words.strip():
            self.heard = words if self.heard.endswith("\n") else (self.heard + words)[-_MAX_WORDS:]

    def break_line(self) -> None:
        """Take in the end of a block."""
        if self.heard and not self.heard.endswith("\n"):
            self.heard += "\n"

    def enter(self, tag: str, attributes: dict[str, str | None], action: str) -> str:
        """Take in an element; return under which name `leave` wants its words, or nothing."""
        if "-" in tag and (use := self._take_component(tag, attributes)):
            return use
        if tag == "form":
            self.groups.append(_Group(action=action, method=_text(attributes, "method").lower() or "get"))
            self.is_in_form = True
            return "form"
        if tag in ("input", "textarea", "select"):
            self._take_input(tag, attributes)
        elif tag == "label":
            return f"label={_text(attributes, 'for')}"
        elif tag == "button" or (tag in ("a", "div", "span") and _is_called_button(attributes.get("class") or "")):
            return "button"
        elif self._is_near() and _is_clicked(tag, attributes):
            self._take_clicked(_text(attributes, "alt"))
            return "clicked"
        elif tag in ("h1", "h2", "h3"):
            self.gap = _GROUP_GAP
        return ""

    def leave(self, use: str, words: str) -> None:
        """Take in the words of an element that was entered."""
        if use == "form":
            self.is_in_form = False
            self.gap = _GROUP_GAP
        elif use == "button":
            self._take_button(words)
        elif use == "clicked":
            self._take_clicked(words)
        elif words and len(words) <= _MAX_LABEL:
            self.labels.setdefault(use.removeprefix("label="), words.strip(_LABEL_TRIM))

    def forms(self) -> tuple[Form, ...]:
        """Return every form and group that has a field."""
        return tuple(
            Form(
                action=group.action,
                method=group.method[:10],
                fields=tuple(self._field(one) for one in group.fields),
                button=" / ".join(dict.fromkeys(group.buttons))[:_MAX_WORDS],
            )
            for group in self.groups[:_MAX_FORMS]
            if group.fields
        )

    def _field(self, one: _Field) -> Field:
        label = one.label or (self.labels.get(one.identity, "") if one.identity else "")
        return Field(name=one.name, type=one.type, placeholder=one.placeholder, label=label)

    def _take_input(self, tag: str, attributes: dict[str, str | None]) -> None:
        kind = (_text(attributes, "type").lower() or "text") if tag == "input" else tag
        if kind in _NOT_FIELDS:
            if kind != "hidden":
                self._take_button(_text(attributes, "value") or _text(attributes, "alt"))
            return
        group = self._group()
        if group and len(group.fields) < _MAX_FIELDS:
            group.fields.append(
                _Field(
                    identity=_text(attributes, "id"),
                    name=_text(attributes, "name") or _text(attributes, "id"),
                    type=kind,
                    placeholder=_text(attributes, "placeholder"),
                    label=_text(attributes, "aria-label") or _text(attributes, "title") or self._heard_label(),
                )
            )
        self.heard = ""
        self.gap = 0

    def _take_component(self, tag: str, attributes: dict[str, str | None]) -> str:
        if tag.endswith(_COMPONENT_BUTTON):
            self._take_button(_text(attributes, "text"))
            return "button"
        if label := _text(attributes, "label"):
            self.hear(f"\n{label}\n")
        if tag.endswith(_COMPONENT_FIELDS) and (label or attributes.get("placeholder")):
            self._take_input("select" if tag.endswith("select") else "input", attributes)
        return ""

    def _heard_label(self) -> str:
        words = self.heard.strip(_LABEL_TRIM)
        return words if len(words) <= _MAX_LABEL else ""

    def _group(self) -> _Group | None:
        """Return the form the next input belongs to, a new loose group where none is open; None: too many already."""
        if self._is_near():
            return self.groups[-1]
        if len(self.groups) >= _MAX_FORMS:
            return None
        self.groups.append(_Group())
        return self.groups[-1]

    def _is_near(self) -> bool:
        """Say whether what comes now may belong to the last group."""
        return bool(self.groups) and (self.is_in_form or self.gap < _GROUP_GAP)

    def _take_clicked(self, words: str) -> None:
        if _CALLS_QUERY.match(words):
            self._take_button(words)

    def _take_button(self, words: str) -> None:
        if words and len(words) <= _MAX_LABEL and self._is_near():
            buttons = self.groups[-1].buttons
            if len(buttons) < _MAX_LABEL:
                buttons.append(words)


def _is_clicked(tag: str, attributes: dict[str, str | None]) -> bool:
    if tag == "a" and (attributes.get("href") or "").startswith("javascript:"):
        return True
    return not _CLICKED.isdisjoint(attributes)


@lru_cache(maxsize=1024)
def _is_called_button(class_: str) -> bool:
    return _BUTTON_CLASS.search(_words(class_)) is not None


def _text(attributes: dict[str, str | None], name: str) -> str:
    return _words(attributes.get(name) or "")


def _words(value: str) -> str:
    return " ".join(value.split())[:_MAX_WORDS]
