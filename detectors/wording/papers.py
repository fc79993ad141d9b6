"""Which paper a passage is about, and how surely: a certificate by name, a trade beside a word for a paper, or a neighbouring trade's paper."""

import re
from collections.abc import Sequence

from detectors.wording.context import without_goods_papers
from detectors.wording.marks import Mark, Sense
from detectors.wording.passages import Passage, is_core

__all__ = ["GENERAL_PAPER", "NEIGHBOURING", "certificate_of", "first_of"]

GENERAL_PAPER = 700
"""Sureness (permille) where only a paper in general is named: 上岗证, 证件."""
NEIGHBOURING = 500
"""Sureness where the paper is another trade's: a diploma, a driving licence."""
_PAPER = re.compile(
    r"证(?!据|明|监|券|实|人|词|言|后|付|款)|上岗|(?:[\d一二三两几多]|拿|本|工)本(?![人公校])|操作资格|统一入库|加急通道|免考"
).search
_REGISTER = re.compile("国网|官网|应急|住建|建委|市监|录入|直接录|名字").search
_LICENCE = re.compile("许可证|资质|执照").search
_CARD = re.compile("卡片?").search
_COURSE = re.compile("包过班|保过班|培训|辅导|考试|考证").search
_PROMISED = frozenset({Sense.NO_EXAM, Sense.VERIFY, Sense.PAYMENT, Sense.PASS})


def certificate_of(passage: Passage) -> tuple[Mark, int] | None:
    """Return the certificate the passage is about and how sure that is (permille); None: it is about none."""
    marks = passage.marks
    near = first_of(marks, Sense.CERTIFICATE)
    if near:
        return near, 1000
    trade = first_of(marks, Sense.TRADE)
    is_forged = any(mark.sense is Sense.FORGERY for mark in marks)
    stripped = passage.text if is_forged else without_goods_papers(passage.text)
    is_paper = _implies_paper(marks, passage.text) or _PAPER(stripped) or (is_forged and _CARD(passage.text))
    if trade and not _is_general(trade) and is_paper:
        return trade, 1000
    neighbour = first_of(marks, Sense.NEIGHBOUR)
    if neighbour and neighbour.text == "身份证" and _PROMISED & {mark.sense for mark in marks}:
        return neighbour, GENERAL_PAPER  # what the buyer hands in, not what is sold
    if neighbour and (is_forged or not _LICENCE(neighbour.text)):
        return neighbour, NEIGHBOURING
    far = passage.document.first.get(Sense.CERTIFICATE)
    if far:
        return far, 1000
    general = trade or next((mark for mark in marks if is_core(mark) and "证" in mark.text), None)
    return (general, GENERAL_PAPER) if general and is_paper and stripped == passage.text else None


def _implies_paper(marks: Sequence[Mark], text: str) -> bool:
    """Say whether the words can be about papers only: an examination to sit or pass, or several trades to be entered or excused."""
    senses = {mark.sense for mark in marks if mark.weight > 1}
    trades = {mark.text for mark in marks if mark.sense is Sense.TRADE}
    is_registered = any(mark.sense is Sense.VERIFY and _REGISTER(mark.text) for mark in marks)
    is_examined = Sense.PASS in senses and _COURSE(text) is not None
    return Sense.PROXY in senses or is_examined or (len(trades) > 1 and (Sense.NO_EXAM in senses or is_registered))


def _is_general(mark: Mark) -> bool:
    return mark.text.endswith(("证件", "证书", "资格", "资格证"))


def first_of(marks: Sequence[Mark], sense: Sense) -> Mark | None:
    """Return the first mark of a sense."""
    return next((mark for mark in marks if mark.sense is sense), None)
