"""Which look comes next at a suspect. Pure: what was seen and what the machine makes of it decide."""

from collections.abc import Sequence
from dataclasses import dataclass

from detectors.model import Assessment, Capture, Direction, Profile
from detectors.ruleset import LEAD_FROM

__all__ = ["Look", "next_look"]

_BLANK_CHARS = 40
"""A page with less text than this shows nothing: Chinese says a good deal in forty characters."""
_THIN_CHARS = 200
_MIN_PAIRS = 8
_KEPT_SHARE = 0.3
"""Of the pairs of characters in a result row; rows are cut from the page, so honest pages keep most of them."""
_ERROR_FROM = 400
_REDIRECTS = range(300, 400)
_PLAIN = (Profile.DESKTOP, Profile.WECHAT, Profile.PHONE)
_PHONES = (Profile.PHONE, Profile.WECHAT)
_BROWSER = (Profile.RENDERED, Profile.RENDERED_PHONE)


@dataclass(frozen=True, slots=True)
class Look:
    """Look again, as this visitor."""

    profile: Profile
    why: str
    """For the run's log."""


def next_look(
    captures: Sequence[Capture],
    assessment: Assessment,
    *,
    promised: str = "",
    is_official: bool = False,
    can_render: bool = True,
) -> Look | None:
    """Return the next look worth its cost, or None: enough was seen.

    `captures` holds what was seen so far, the plain desktop look first; each profile is used once. `promised` is what a search
    engine says is on the page.
    """
    seen = {capture.profile for capture in captures}
    phone = _phone_look(captures, assessment, seen, promised) if captures else None
    if phone or not captures or not can_render or seen & set(_BROWSER):
        return phone
    showing = _most_telling(captures)
    wanted = Profile.RENDERED_PHONE if showing.profile in _PHONES else Profile.RENDERED
    if _needs_scripts(captures):
        return Look(wanted, "almost no text without scripts")
    if is_official or assessment.score_permille >= LEAD_FROM:
        return Look(wanted, "worth a screenshot")
    return None


def _phone_look(captures: Sequence[Capture], assessment: Assessment, seen: set[Profile], promised: str) -> Look | None:
    """Cloaked pages show a desk nothing, or something harmless, and a phone from WeChat the fake."""
    if any(not _is_blank(capture) for capture in captures if capture.profile in _PHONES):
        return None  # a phone saw something
    desk = [capture for capture in captures if capture.profile not in _PHONES]
    if any(capture.status in _REDIRECTS or not capture.html for capture in desk if capture.body_bytes):
        return None  # a redirect we did not follow, or a file: no phone sees more
    is_hiding = all(_is_blank(capture) for capture in desk) and not _needs_scripts(captures)
    is_two_faced = not _page_is_suspicious(assessment) and (
        _name_is_suspicious(assessment) or not _keeps_promise(desk, promised)
    )
    if not (is_hiding or is_two_faced):
        return None
    for profile in (Profile.WECHAT, Profile.PHONE):
        if profile not in seen:
            return Look(
                profile, "nothing for a desk" if is_hiding else "harmless page under a suspicious name or result row"
            )
    return None


def _needs_scripts(captures: Sequence[Capture]) -> bool:
    """Say whether no look showed text while one of them carries scripts nobody ran yet."""
    if any(capture.profile in _BROWSER for capture in captures):
        return False
    thin = all(len(capture.page.text) < _THIN_CHARS for capture in captures)
    return thin and any(capture.page.scripts or "<script" in capture.html[:200_000].lower() for capture in captures)


def _most_telling(captures: Sequence[Capture]) -> Capture:
    """Return the plain look that showed most; the desktop's where nothing speaks for another."""
    plain = [capture for capture in captures if capture.profile in _PLAIN] or list(captures)
    desk = plain[0]
    if not _is_blank(desk):
        return desk
    return max(plain, key=lambda capture: (not _is_blank(capture), len(capture.page.text)))


def _is_blank(capture: Capture) -> bool:
    return capture.status >= _ERROR_FROM or len(capture.page.text) < _BLANK_CHARS


def _keeps_promise(desk: Sequence[Capture], promised: str) -> bool:
    """Say whether the page holds a fair part of what the engine read there: engines are shown what phones are shown."""
    pairs = {promised[at : at + 2] for at in range(len(promised) - 1) if promised[at : at + 2].isalnum()}
    if len(pairs) < _MIN_PAIRS:
        return True
    shown = "".join(f"{capture.page.title} {capture.page.text}" for capture in desk)
    return sum(pair in shown for pair in pairs) >= len(pairs) * _KEPT_SHARE


def _name_is_suspicious(assessment: Assessment) -> bool:
    return any(one.code.startswith("name.") and one.direction is Direction.FOR for one in assessment.signals)


def _page_is_suspicious(assessment: Assessment) -> bool:
    beside = ("name.", "filing.absent")
    return any(one.direction is Direction.FOR and not one.code.startswith(beside) for one in assessment.signals)
