"""Detector `picture_codes`: where the codes in a page's or listing's pictures lead."""

from collections.abc import Iterator

from detectors.model import Observation, Picture, Quote, Signal, Skip
from detectors.names.engine import NameMatcher, matcher_of
from detectors.pictures.card import is_certificate
from detectors.pictures.code_targets import CodeTarget, TargetKind, read_target
from detectors.ruleset import signal
from keywords.once import once
from keywords.roster import Roster

__all__ = ["PictureCodesDetector"]

_QUOTED = 160


class PictureCodesDetector:
    """Reads the codes of an observation's pictures. A page that shows its own address as a code says nothing by it."""

    name = "picture_codes"

    def __init__(self, roster: Roster) -> None:
        self._roster = roster

    @once
    def _matcher(self) -> NameMatcher:
        """Takes a second to make, and most things seen show no code."""
        return matcher_of(self._roster)

    def examine(self, observation: Observation) -> tuple[Signal, ...] | Skip:
        """Return one signal for each place a code leads to; a Skip when no picture was read."""
        if not observation.pictures:
            return Skip(detector=self.name, cause="没有可供识别的图片")
        if all(one.is_unreadable for one in observation.pictures):
            return Skip(detector=self.name, cause=f"图片无法识别：{observation.pictures[0].failure}")
        own = {observation.candidate.host}
        found: dict[tuple[str, str], Signal] = {}
        for picture in observation.pictures:
            for target in self._targets(picture):
                if target.host in own and target.host:
                    continue
                for one in _signals(picture, target):
                    found.setdefault((one.code, target.host or target.name), one)
        return tuple(found.values())

    def _targets(self, picture: Picture) -> Iterator[CodeTarget]:
        for code in picture.codes:
            yield read_target(code.text, self._roster, self._matcher)


def _signals(picture: Picture, target: CodeTarget) -> Iterator[Signal]:
    quote = Quote(where="image", text=target.text[:_QUOTED])
    on_card = is_certificate(picture.text) and _is_card_sized(picture)
    match target.kind:
        case TargetKind.LOOKALIKE:
            official = target.imitates or "政府网站"
            yield signal("code.leads_to_lookalike", quote, host=target.host, official=official)
        case TargetKind.ELSEWHERE if on_card:
            yield signal("code.on_certificate", quote, host=target.host)
        case TargetKind.SHORT_LINK | TargetKind.LIVE_CODE if on_card:
            yield signal("code.on_certificate", quote, scale_permille=800, host=f"{target.name} {target.host}")
        case TargetKind.CONTACT | TargetKind.PAYMENT:
            yield signal("code.private_contact", quote, name=target.name)


def _is_card_sized(picture: Picture) -> bool:
    """Say whether the print is as short as a card's: a page about certificates with a code in its foot is no card."""
    return len(picture.text) <= 600  # noqa: PLR2004 - the longest card has about 250 characters
