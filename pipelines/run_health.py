"""Whether a run went well, and why not: judged from its report and those before it. Pure.

A field of a definition *vanished* where earlier runs found it in so many rows that this run should have found it at least
`_ENOUGH` times, and it was found in less than a quarter of those: a selector broke, or the site stopped showing it. That a row is an
advert counts as such a field.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from pipelines.labels import source_label
from pipelines.model import RunReport, RunVerdict

__all__ = ["COMPARED_RUNS", "ERROR_ZH", "FIELD_ZH", "FieldShare", "error_kind", "field_shares", "with_verdict"]

COMPARED_RUNS = 20
"""Earlier runs a report is compared with."""
_ENOUGH = 10
_VANISHED = 0.25
_MOST_FAILED = 0.5
_FEW_VISITS = 10
_ADVERT_FIELDS = frozenset({"advertiser"})
"""Fields only paid rows have."""
FIELD_ZH = {
    "title": "标题", "adverts": "广告条目", "target": "真实地址", "text": "摘要", "advertiser": "广告主", "price": "价格", "seller": "卖家", "url": "地址",
    "published": "发布时间", "area": "所在地", "images": "图片",
}  # fmt: skip
ERROR_ZH = {
    "captcha": "要求人机验证", "denied": "拒绝访问", "too_many": "访问过于频繁", "changed": "页面结构变化", "robots": "robots 不允许",
    "guarded": "安全规则拦截", "timeout": "超时", "redirect": "重定向异常", "proxy": "上级代理", "connection": "连接失败", "dns": "域名解析",
    "browser": "浏览器", "too_large": "内容过大", "address": "地址不合规范", "fault": "程序出错", "other": "其他",
}  # fmt: skip
_KINDS = (
    ("程序出错", "fault"),
    ("人机验证", "captcha"),
    ("已拒绝访问", "guarded"),
    ("robots", "robots"),
    ("浏览器", "browser"),
    ("超时", "timeout"),
    ("重定向", "redirect"),
    ("代理", "proxy"),
    ("连接", "connection"),
    ("没有应答", "connection"),
    ("解析", "dns"),
    ("域名", "dns"),
    ("结构", "changed"),
    ("截断", "too_large"),
    ("过大", "too_large"),
    ("地址", "address"),
)
"""What a sentence about a failure holds → its kind, the more telling first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldShare:
    """How often one field of a definition was found."""

    definition: str
    field: str
    found: int
    rows: int
    before_permille: int | None
    """Share of rows in earlier runs; None: there were too few to say."""
    is_vanished: bool

    @property
    def permille(self) -> int | None:
        """Return the share of rows in this run; None: there was no row."""
        return round(1000 * self.found / self.rows) if self.rows else None


def error_kind(sentence: str) -> str:
    """Return the kind of a failure told in one Chinese sentence."""
    return next((kind for words, kind in _KINDS if words in sentence), "other")


def field_shares(report: RunReport, earlier: Sequence[RunReport]) -> tuple[FieldShare, ...]:
    """Return how often each field of each definition was found, compared with earlier runs."""
    before: dict[str, Counter[str]] = {}
    for one in earlier:
        for definition, counts in one.field_counts.items():
            before.setdefault(definition, Counter()).update(counts)
    shares = []
    for definition, counts in sorted(report.field_counts.items()):
        known = before.get(definition, Counter())
        for name in sorted({*counts, *known} - {"rows"}):
            if name != "adverts" or counts.get(name) or known.get(name):  # some engines have none
                shares.append(_share(definition, name, counts, known))
    return tuple(shares)


def with_verdict(report: RunReport, earlier: Sequence[RunReport], *, is_broken: bool = False) -> RunReport:
    """Return the report of an ended run with its verdict and the reasons. `is_broken`: it could not go on."""
    bad = [*(["巡查未能进行到底"] if is_broken else []), *_bad(report)]
    look = [*_vanished(report, earlier), *_worth_a_look(report)]
    verdict = RunVerdict.BAD if bad else RunVerdict.LOOK if look else RunVerdict.GOOD
    return replace(report, verdict=verdict, reasons=(*bad, *look))


def _share(definition: str, name: str, counts: Mapping[str, int], known: Mapping[str, int]) -> FieldShare:
    of = "adverts" if name in _ADVERT_FIELDS else "rows"
    rows, found, rows_before = counts.get(of, 0), counts.get(name, 0), known.get(of, 0)
    before = known.get(name, 0) / rows_before if rows_before >= _ENOUGH else None
    expected = before * rows if before is not None else 0.0
    return FieldShare(
        definition=definition,
        field=name,
        found=found,
        rows=rows,
        before_permille=None if before is None else round(1000 * before),
        is_vanished=expected >= _ENOUGH and found < expected * _VANISHED,
    )


def _bad(report: RunReport) -> list[str]:
    reasons = []
    if not sum(report.done.values()):
        reasons.append("没有完成任何工作")
    asked, answered = report.left.get("query", 0) + report.done.get("query", 0), report.done.get("query", 0)
    if "engines" in report.sources and asked and not answered:
        reasons.append("所有搜索引擎都没有给出结果")
    visits, failed = report.done.get("visit", 0), report.outcomes.get("visits_failed", 0)
    if visits >= _FEW_VISITS and failed > visits * _MOST_FAILED:
        reasons.append(f"查看的 {visits} 个网址中有 {failed} 个打不开，请检查网络出口和域名服务器")
    return reasons


def _vanished(report: RunReport, earlier: Sequence[RunReport]) -> list[str]:
    return [
        f"{source_label(one.definition)}：“{FIELD_ZH.get(one.field, one.field)}”以前在 {(one.before_permille or 0) / 10:.0f}% 的结果中能读到，"
        f"本次 {one.rows} 条中只有 {one.found} 条，规则可能已失效，请运行 jianwei engines check"
        for one in field_shares(report, earlier)
        if one.is_vanished
    ]


def _worth_a_look(report: RunReport) -> list[str]:
    reasons = []
    left = sum(report.left.values())
    if left:
        reasons.append(f"有 {left} 项工作没有做完，原因见“没有进行的”和“没有成功的”")
    if report.failures:
        reasons.append(f"有 {len(report.failures)} 项没有成功")
    if report.not_run:
        reasons.append(f"有 {len(report.not_run)} 项没有进行")
    return reasons
