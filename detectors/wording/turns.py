"""Turns of speech: what a text says in the order it says it, with the many words for one thing taken as one (不用、免、无需 → 无).

Pieces of characters (`cues_in`) know only how something was worded in the texts they were learned from; a turn such as `无>考`, `料>你`
or `他>说` holds for wordings nobody has written yet. The words below decide nothing by themselves: each turn is a row of
`data/cues.csv` with a fitted weight. To teach it a word, add it to its row and fit again.
"""

import sys
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate, islice
from operator import attrgetter
from typing import NamedTuple

import numpy as np
from ahocorasick_rs import AhoCorasick, Implementation, MatchKind
from numpy.typing import NDArray

from detectors.wording.speakers import MANNERS_OF

__all__ = ["MARK", "TURN_WORDS", "Turns", "turns_of"]

MARK = "%"
"""What the name of every turn begins with in the table."""
TURN_WORDS = {
    "无": "不用 不必 不需要 不需 无需 无须 免 不去 没 别 甭 莫 不要 不 零 省去 未",
    "考": "考试 考 实操 理论 培训 上课 学习 体检 到场 过来 来 去 跑 露面 参训 出面 刷题 背题 学时 社保 坐班 本人 复审 继教 继续教育 考场 考点 学历",
    "查": "查询 查 扫码 扫 刷得过 核验 验真 看到 看得到 显示 搜 二维码",
    "网": "官网 网上 国网 全网 系统 联网 闸机 实名制 平台 应急 住建 市监 建委 后台 网站 小程序",
    "办": "代办 办理 办 弄 搞定 搞 整 做 直出 直录 代出 出证 下证 拿证 拿到 录入 录 入库 补 上传 更新 激活 恢复 解决 安排 代学 代挂 代刷 代考 代 挂",
    "出": "出 下 发 拿 给 寄 到手 领",
    "付": "付 尾款 定金 结账 给钱 转账 收费 费用 价格 报价 优惠 便宜 贵 元 块 包邮 到付 收",
    "料": "身份证 照片 一寸 白底 资料 名字 姓名 工种 手机号",
    "快": "天 周 小时 当天 次日 今晚 礼拜 月底 明天 今天 加急 快 速 马上 立刻 即",
    "叫": "找我 联系 私 加 微信 电话 主页 头像 评论 扣 留言 踢 滴 戳 来聊 咨询 找 报名 关注 群 客服",
    "我": "我们 我 咱们 咱 本店 本中心 我家 我这 我处 我司 这边",
    "你": "你 您 亲 老板 兄弟 师傅 工友 家人们 朋友 同学 学员 客户 企业",
    "他": "他 她 对方 卖家 商家 嫌疑人 被告人 某 男子 员工 工人 人员 市民 网友",
    "保": "包过 保过 包 保证 真实 放心 退 不成 诚信 保真 永久 内部 渠道 关系 有人",
    "问": "吗 ? 呢 怎么 如何 请问 是不是 什么 哪 多少 能不能 为什么 会不会",
    "罚": "违法 犯罪 处罚 拘留 判 罚款 刑 移送 抓获 查获 警 伪造 假证 骗 诈骗 假 虚假",
    "令": "应 须 必须 禁止 严禁 不得 请 切勿 警惕 谨防 提醒 认准 通知 规定 根据 依法 按照",
    "说": "说 称 表示 告诉 承诺 声称 宣称 打着 所谓 发现 听说 介绍 反映 据",
    "过": "了 过 曾 已 经 后来 当时 之前 去年 昨天 月 年",
    "量": "几个 一个 两个 个 本 张 批 批量 团 多 全套 起",
    "证": "C",
    "工": "T",
    "他证": "N",
    "号": "@",
    "价": "¥",
    "数": "0",
    "引": "“ ”",
}
"""Name of a turn → words in an outline, parted by blanks. The last rows are the signs of `outline`; an older row keeps a word to itself."""
_END = "。"
_ENDS = "。;!\n"
_SENTENCE_ENDS = "。!?;\n"
"""Signs over which no word reaches."""
_SHORT = 600
"""Outlines up to this length are read as one sentence: little in them stands there again."""
_REACH = 5
"""Characters between two turns up to which one is said to follow the other."""


_Turn = tuple[int, int, int, str]
"""Where in its sentence its last word begins, its start, its end, and its name."""


class _Spoken(NamedTuple):
    """What is said in a sentence, wherever it stands."""

    turns: Sequence[_Turn]
    """In the order in which their last words begin."""
    names: frozenset[str]


class _Sentence(NamedTuple):
    """Where a sentence stands, and what is said in it."""

    start: int
    end: int
    spoken: _Spoken


@dataclass(frozen=True, slots=True)
class Turns:
    """The turns of an outline, sentence by sentence; none reaches from one unit into the next."""

    sentences: tuple[_Sentence, ...] = ()

    def __iter__(self) -> Iterator[tuple[int, tuple[int, int], str]]:
        """Yield (where its last word begins, its span, its name) of each turn, in the order of the places."""
        for sentence in self.sentences:
            yield from _told(sentence)

    def within(self, start: int, end: int) -> frozenset[str]:
        """Return the different turns between two borders of units."""
        if len(self.sentences) == 1 and start <= self.sentences[0].start and self.sentences[0].end <= end:
            return self.sentences[0].spoken.names
        found = set[str]()
        for sentence in self._from(start):
            if sentence.start >= end:
                break
            if start <= sentence.start and sentence.end <= end:
                found |= sentence.spoken.names
            else:
                found.update(name for place, _, name in _told(sentence) if start <= place < end)
        return frozenset(found)

    def first(self, name: str, start: int) -> tuple[int, int]:
        """Return the first span from `start` on where a turn stands. Raises ValueError where it stands nowhere."""
        for sentence in self._from(start):
            if name in sentence.spoken.names:
                for place, span, other in _told(sentence):
                    if other == name and place >= start:
                        return span
        raise ValueError(name)

    @property
    def names(self) -> frozenset[str]:
        """Return the different turns of the whole outline."""
        return frozenset().union(*{sentence.spoken.names for sentence in self.sentences})

    def placed(self, numbers: Mapping[str, int]) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
        """Return, by ascending place, where the turns with a number stand, and their numbers."""
        known: dict[int, NDArray[np.int64]] = {}
        found = [np.empty((0, 2), np.int64)]
        for sentence in self.sentences:
            spoken = sentence.spoken
            if id(spoken) not in known:
                numbered = [(place, numbers[name]) for place, _, _, name in spoken.turns if name in numbers]
                known[id(spoken)] = np.array(numbered, np.int64).reshape(-1, 2)
            found.append(known[id(spoken)])
        starts = [0, *(sentence.start for sentence in self.sentences)]
        places, told = np.concatenate(found).T
        return places + np.repeat(starts, [len(one) for one in found]), told.astype(np.int32)

    def _from(self, start: int) -> Iterator[_Sentence]:
        """Yield the sentences that end after a place."""
        return islice(self.sentences, bisect_right(self.sentences, start, key=attrgetter("end")), None)


def _told(sentence: _Sentence) -> Iterator[tuple[int, tuple[int, int], str]]:
    for place, start, end, name in sentence.spoken.turns:
        yield sentence.start + place, (sentence.start + start, sentence.start + end), name


def turns_of(outline: str, units: Iterable[tuple[int, int]]) -> Turns:
    """Return every turn of an outline and every two that follow each other within a unit; linear in its length.

    `units`: (start, end) one after another, the whole outline together. No word reaches over the end of a sentence, so each sentence is
    read by itself, and one that stands there again (menus, lists, rows that differ in numbers) is not read again.
    """
    sentences, known = list[_Sentence](), dict[tuple[str, tuple[int, ...]], _Spoken]()
    for start, lengths in _sentences(outline, units):
        end = start + sum(lengths)
        key = outline[start:end], tuple(lengths)
        if key not in known:
            turns = _turns_in(*key)
            known[key] = _Spoken(turns, frozenset([name for *_, name in turns]))
        sentences.append(_Sentence(start, end, known[key]))
    return Turns(tuple(sentences))


def _sentences(outline: str, units: Iterable[tuple[int, int]]) -> Iterator[tuple[int, list[int]]]:
    """Yield of each sentence where it starts and how long the units are that it was cut into."""
    begun, lengths = 0, list[int]()
    is_long = len(outline) > _SHORT
    for start, end in units:
        lengths.append(end - start)
        if is_long and outline[end - 1] in _SENTENCE_ENDS:
            yield begun, lengths
            begun, lengths = end, []
    if lengths:
        yield begun, lengths


def _turns_in(text: str, lengths: Iterable[int]) -> list[_Turn]:
    """Return the turns of a sentence that is cut into units of these lengths."""
    finder, names, pairs = _finder()
    borders, turns = accumulate(lengths), list[_Turn]()
    border, before, start_before, end_before = 0, -1, 0, 0
    for index, start, end in finder.find_matches_as_indexes(text):
        while border <= start:
            border, before = next(borders), -1
        if end > border:
            continue
        if before >= 0 and start - end_before <= _REACH:
            turns.append((start, start_before, end, pairs[before][index]))
        turns.append((start, start, end, names[index]))
        before, start_before, end_before = index, start, end
    return turns


@lru_cache(maxsize=1)
def _finder() -> tuple[AhoCorasick, tuple[str, ...], tuple[tuple[str, ...], ...]]:
    """Return one automaton for all words, the longest first, the turn of each word and of each two words."""
    turn_of = {word: turn for turn, words in reversed(TURN_WORDS.items()) for word in words.split()}
    turn_of |= dict.fromkeys(_ENDS, _END)
    for word, manners in MANNERS_OF.items():
        turn_of.setdefault(word, manners[0].value)
    finder = AhoCorasick(
        list(turn_of), matchkind=MatchKind.LeftmostLongest, implementation=Implementation.ContiguousNFA
    )
    turns = tuple(turn_of.values())
    following = {turn: tuple(sys.intern(f"{MARK}{turn}>{other}") for other in turns) for turn in set(turns)}
    return finder, tuple(MARK + turn for turn in turns), tuple(following[turn] for turn in turns)
