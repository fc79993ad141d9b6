"""Who speaks and how, by plain words: organs of state, newspapers, platforms, tellers and scholars on one side, sellers on the other.

One pass over the folded text finds every word of the table below. The words decide nothing by themselves: `traits` turns them into
yes-or-no traits, whose weights are fitted. To teach it a word, add it to its row.
"""

from bisect import bisect_left
from enum import StrEnum
from functools import lru_cache
from typing import NamedTuple

import ahocorasick_rs

__all__ = ["MANNERS_OF", "RECOUNTING", "Heard", "Manner", "hear", "recounting_count"]


class Manner(StrEnum):
    """How somebody speaks."""

    __hash__ = str.__hash__

    STATE = "state"
    ACTED = "acted"
    PRESS = "press"
    PLATFORM = "platform"
    TELLER = "teller"
    STUDY = "study"
    REPORTED = "reported"
    COUNTED = "counted"
    NAMELESS = "nameless"
    HOTLINE = "hotline"
    LAW = "law"
    RULE = "rule"
    ASKS = "asks"
    SUFFERED = "suffered"
    STUDIED = "studied"
    FREE = "free"
    SCHOOLED = "schooled"
    CALLS = "calls"
    OFFERS = "offers"
    ASSURES = "assures"
    HURRIES = "hurries"


_WORDS = {
    Manner.STATE: "警方 公安 民警 派出所 检察 法院 本院 应急管理局 应急管理厅 我局 我厅 我部 市场监管局 监管总局 执法人员 执法队 专案组 网警 反诈 侦查 交警 "
    "住建局 住建厅 住房城乡建设 网信办 城管 通报 通告 公告 各市 各区县 各有关单位 各县 街道办 纪委 安委会 安委办 政务服务 窗口 工作组",
    Manner.ACTED: "抓获 查获 缴获 判处 拘留 移交 移送 破获 查明 处罚 撤销 清退 捣毁 打掉 落网 刑拘 立案 侦办 被捕 归案 供述 供认 查封 没收 起诉 受审 批捕 查扣 "
    "通缉 收缴 被罚 被查 查处 依法 关停 注销 约谈 取缔 传唤 追缴 驳回 责令 处以 核查 排查",
    Manner.PRESS: "记者 本报 讯 报道 编辑 央视 新华社 曝光 暗访 调查发现 节目 采访 获悉 评论员 日报 晚报 电视台 频道 热线 新闻 来源: 微评 时评 通讯员 网友 市民",
    Manner.PLATFORM: "平台 违规 社区规范 规范 封号 封禁 封店 下架 审核 账号 举报 扣分 屏蔽 入驻 用户协议 类目 拦截 处置 巡检 禁止发布 违禁 冻结 发布者 商家 站规 版规 删帖 禁言",
    Manner.TELLER: "剧情 剧本 小说 台词 旁白 镜头 主角 相声 小品 短剧 情景剧 导演 编剧 故事 第一集 大结局 节选 第一章 画面 上场 漫画 电影 电视剧 宿主 主持人 嘉宾 "
    "男主 女主 主人公 歌词 甲: 乙:",
    Manner.STUDY: "样本 语料 词频 特征 模型 关键词 正则 标注 接口 字段 规则 论文 释义 百科 本文 研究 统计 表格 识别 检索 数据集 参数 返回 命中 分类 训练集 黑话 术语 "
    "定义 又称 俗称 词条 摘要 分析 算法 阈值 示例 脱敏 均价 占比 拼音 谐音",
    Manner.REPORTED: "声称 宣称 称, 称: 称其 谎称 自称 号称 表示 据说 听说 所谓 告诉 承诺 吹嘘 打着 幌子 套路 话术 骗术 诱骗 说: 说, 道: 问: 答: 揭秘 揭露 写着 写道 印着 "
    "字样 之类 等内容 等信息 等广告 等字 对方 卖家 商家 骗子 不法 嫌疑人 被告 中介 贩子 票贩",
    Manner.COUNTED: "余本 余份 余起 余人 余名 余张 余万 万余 多本 多份 多起 多张 名嫌疑 涉案 金额 案值 非法获利 违法所得 赃款 件案 起案 案件 典型案例 案例一 案例1 共查 同比 "
    "上半年 截至 累计 持证人数",
    Manner.NAMELESS: "某某 张某 王某 李某 刘某 陈某 赵某 孙某 周某 吴某 郑某 马某 朱某 胡某 林某 何某 高某 杨某 黄某 徐某 冯某 钱某 某公司 某市 某县 某省 某店 某平台 "
    "某电商 某二手 某网 某劳务 某培训 某工地 某建筑 化名 男子 女子 小伙 嫌犯 某,男 当事人",
    Manner.HOTLINE: "举报12350 拨打12350 12350举报 拨打96110 96110 12350 12345热线 12345工单 拨打12345 12315 拨打110 报警电话 举报电话 举报邮箱 监督电话 投诉电话 请举报 服务热线 咨询窗口 报警",
    Manner.LAW: "刑法 有期徒刑 罚金 刑事责任 治安管理 国家机关证件 安全生产法 条例 第二百八十条 条款 违法 犯法 犯罪 行政许可法 广告法 罪 诉讼 判决 无效 违约金 赔偿",
    Manner.RULE: "严禁 禁止 不得 必须 应当 须经 须持 严厉打击 杜绝 切勿 请勿 不要相信 勿信 别信 提醒 警惕 谨防 防范 小心 提示 抵制 不可信 认准 唯一 正规渠道 正规途径 擦亮 上当 假的 假证 骗人 陷阱 别买 别办",
    Manner.ASKS: "请问 求问 请教 想问 问一下 问下 问问 有没有人 有人知道 谁知道 求解 求助 怎么办 靠谱吗 真的吗 是不是 会不会 要不要 该不该 难不难 怎么查 怎么考 多久能 合法吗 可信吗 "
    "骗子吧 骗人的吧 哪个 区别 作废 为什么 能不能",
    Manner.SUFFERED: "被骗 上当 拉黑 报了警 报警 维权 退款不 不给退 骗钱 骗局 受害 要不回 联系不上 差评 投诉 曝光他 举报了 吃亏 后悔 拒赔 出事 没幸 害了 诈骗",
    Manner.STUDIED: "考完 考过了 成绩 报班 报名 实操 理论 补考 准考证 考场 考点 开班 学时 课程 教练 学费 实训 讲师 上课 复习 刷题 考试费 学员 监考 参加考试 统一考试 统考 培训合格 考核合格",
    Manner.FREE: "免费 不收费 不收取 补贴 公益 奖励 自愿",
    Manner.SCHOOLED: "通知 安排 须知 指南 流程 材料 办理时限 工作日 有效期 复审 核发 申请表 申请人 受理 备案 招标 投标 合同 协议 会议 纪要 方案 各单位 公示 名单 核验 截图 发证机关",
    Manner.CALLS: "加我 联系我 找我 私我 私信 私聊 滴滴 滴我 扣1 扣6 扣个 敲1 来电 戳我 点我 速来 详谈 详聊 面议 看主页 看我 主页 头像 简介 评论区 推给你 推名片 联系客服 "
    "咨询客服 小窗 踢我 来聊 找老 找张 找姐 回复1 立即咨询 立即拨打 点击 dd 同号 飞机 tg 电报 usdt 客服 群主 报单 吱声 吱一声 喊我 问我 留言",
    Manner.OFFERS: "我这 我们这 我处 我手 我手上 我有 手里有 咱们有 本人有 本公司 我司 我公司 我们专 专业办 长期办 可办 能办 可出 能出 直出 代出 承接 招代理 收代理 一手 渠道 口子 资源 内部 "
    "名额 指标 录入 入库 进库 直录 全国通用 各工种 全套 批量 批发 团购 出证 下证 到手 搞定 弄好 办好 包邮 定制 帮您 帮你 给您 给你 替您 您只 你只 不用您 不用你 只需 只要 发照片 照片发 资料发 "
    "身份证发 发我 拍给我 一寸照 白底照",
    Manner.ASSURES: "查到再 查得到再 先查 先看 再付 再给钱 再打款 再收 尾款 定金 出了再 见证 验证后 不成不 不成功 不过退 全退 倒贴 包真 真实有效 保真 不骗人 诚信 信誉 担保 口碑 老客户 反馈 放心 "
    "一模一样 扫码有 扫出来 扫得出 扫码可 官网可 系统可 网上可 能查 可查 查得到 网上有 上网 自己查 自己扫 可验 无风险 永久",
    Manner.HURRIES: "最后 仅剩 抓紧 速度 手慢 限时 今天 截止 涨价 优惠 特价 老价 加急 当天 次日 隔天 三天 五天 七天 一周 一礼拜 几天 48小时 24小时 12小时 秒出 快速 很快 急用 赶工期",
}
"""Manner → words, parted by blanks, as folding writes them."""


RECOUNTING = frozenset(
    {Manner.STATE, Manner.ACTED, Manner.PRESS, Manner.PLATFORM, Manner.TELLER, Manner.STUDY, Manner.REPORTED,
     Manner.COUNTED, Manner.NAMELESS, Manner.HOTLINE, Manner.LAW, Manner.SUFFERED, Manner.RULE}
)  # fmt: skip
"""Manners of those who speak about the trade rather than in it."""


class Heard(NamedTuple):
    """The words of the table in one text, by where they begin."""

    places: tuple[int, ...]
    manners: tuple[Manner, ...]
    words: tuple[str, ...]

    def counts_within(self, start: int, end: int) -> dict[Manner, int]:
        """Count the different words of each manner that begin between two places of the folded text."""
        low, high = bisect_left(self.places, start), bisect_left(self.places, end)
        counts: dict[Manner, int] = {}
        for manner, _ in {*zip(self.manners[low:high], self.words[low:high], strict=True)}:
            counts[manner] = counts.get(manner, 0) + 1
        return counts


@lru_cache(maxsize=4)
def hear(folded: str) -> Heard:
    """Return the words of the table in a folded text; linear in its length. Both judges ask, so the last answers are kept."""
    finder, numbers, meanings = _finder()
    found = finder.find_matches_as_indexes(folded, overlapping=True)
    hits = [start << _NUMBER_BITS | number for index, start, _ in found for number in numbers[index]]
    hits.sort()
    said = [meanings[hit & _NUMBERS] for hit in hits]
    return Heard(
        tuple([hit >> _NUMBER_BITS for hit in hits]),
        tuple([manner for manner, _ in said]),
        tuple([word for _, word in said]),
    )


def recounting_count(heard: Heard) -> int:
    """Count the manners in a whole text of those who speak about the trade rather than in it."""
    return len(RECOUNTING.intersection(heard.manners))


def _manners_of() -> dict[str, tuple[Manner, ...]]:
    meaning: dict[str, list[Manner]] = {}
    for manner, words in _WORDS.items():
        for word in words.split():
            meaning.setdefault(word, []).append(manner)
    return {word: tuple(manners) for word, manners in meaning.items()}


MANNERS_OF = _manners_of()
"""Word → manners, in the order of the table."""


_NUMBER_BITS = 16
_NUMBERS = (1 << _NUMBER_BITS) - 1


@lru_cache(maxsize=1)
def _finder() -> tuple[ahocorasick_rs.AhoCorasick, tuple[tuple[int, ...], ...], tuple[tuple[Manner, str], ...]]:
    """Return one automaton for all words, the numbers of what each may mean, and these meanings in the order in which they are told."""
    meanings = sorted((manner, word) for word, manners in MANNERS_OF.items() for manner in manners)
    numbered = {meaning: number for number, meaning in enumerate(meanings)}
    numbers = tuple(tuple(numbered[manner, word] for manner in manners) for word, manners in MANNERS_OF.items())
    return ahocorasick_rs.AhoCorasick(list(MANNERS_OF)), numbers, tuple(meanings)
