"""The words a disguise can stand for, and the everyday words that are no disguise. Both decide what `keywords.fold` may undo."""

import re
from collections import Counter
from functools import lru_cache

from keywords.characters import plain_each
from keywords.kinds import HAN_CLASS
from keywords.loader import load_lexicon, rows
from keywords.model import TermKind

__all__ = ["common_characters", "everyday", "is_broken_word", "pairs_inside", "trade_words"]

_KINDS = frozenset(TermKind) - {TermKind.WARNING, TermKind.LAWFUL, TermKind.AUTHORITY}
_SPOKEN = (
    "考试 培训 证书 证件 资格证 合格证 不用考试 不用考 不用培训 不用学习 无需考试 无需培训 不需要考试 免考试 免培训 免学习 参加考试 "
    "官网 官网查询 网上可查 真实可查 终身可查 随时可查 可查询 可验证 查询 验证 真伪 保证通过 一次通过 微信 加微信 电话 手机 联系 咨询 "
    "包通过 包拿证 保证拿证 拿证 出证 下证 领证 取证 快速出证 快速拿证 发证 考证 假证 真证 代培训 年审 复审 换证 补证 挂证 内部渠道 官方录入 "
    "特种作业 特种 作业 操作 电工 焊工 高压 低压 登高 高处作业 起重 叉车 塔吊 锅炉 制冷 电梯 架子工 建筑 安全员 施工员 先出证 后付款 付款 "
    "身份证 照片 全国通用 全国联网 货到付款 不成功 不收费 加急 当天 代办 办证 办理"
)
"""Words that turns of phrase in adverts are made of, beyond the lexicon's terms."""
_ONLY_HAN = re.compile(f"[{HAN_CLASS}]+").fullmatch
_LONGEST = 12


@lru_cache(maxsize=1)
def trade_words() -> frozenset[str]:
    """Return the Chinese words of two to twelve characters that sellers disguise, in plain form."""
    terms = load_lexicon().of_kind(*_KINDS)
    spelt = {*plain_each([text for term in terms for text in (term.text, *term.variants)]), *_SPOKEN.split()}
    disguised = {*plain_each([row["written"] for row in rows("disguises")])}
    return frozenset(word for word in spelt if 1 < len(word) <= _LONGEST and _ONLY_HAN(word) and word not in disguised)


@lru_cache(maxsize=1)
def everyday() -> frozenset[str]:
    """Return common words of two characters: 正在, 公正, 发言."""
    return frozenset(row["char"] + after for row in rows("everyday") for after in row["followed_by"])


@lru_cache(maxsize=2)
def common_characters(least: int) -> frozenset[str]:
    """Return the characters that are part of so many everyday words: 题, 发, 时."""
    return frozenset(char for char, count in _everyday_counts().items() if count >= least)


@lru_cache(maxsize=1)
def _everyday_counts() -> Counter[str]:
    return Counter("".join(everyday()))


@lru_cache(maxsize=1)
def pairs_inside() -> frozenset[str]:
    """Return every two characters that stand together in a word of the trade."""
    return frozenset(word[at : at + 2] for word in trade_words() for at in range(len(word) - 1))


def is_broken_word(before: str, after: str) -> bool:
    """Say whether a word of the trade goes on over a line break so that one of its pieces cannot stand alone: 操⏎作证, not 操作⏎证书."""
    for left in range(1, min(len(before), _LONGEST - 1) + 1):
        for right in range(1, min(len(after), _LONGEST - left) + 1):
            if before[-left:] + after[:right] in trade_words() and not (
                _stands(before[-left:], before[:-left][-1:], is_first=True)
                and _stands(after[:right], after[right : right + 1])
            ):
                return True
    return False


def _stands(piece: str, neighbour: str, *, is_first: bool = False) -> bool:
    if len(piece) == 1:
        return (neighbour + piece if is_first else piece + neighbour) in everyday()
    return len(piece) > 3 or piece in trade_words() or piece in everyday()  # noqa: PLR2004
