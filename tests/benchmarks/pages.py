"""All detectors over pages of 100 KB, against lxml parsing the same pages and extracting their text, in processor time of one run.

Judging starts where the crawler ends: the page is read already. What our own reading costs is printed beside it, and what each
detector costs, with ten snapshots of official pages to compare with.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime

import lxml.html

from detectors.model import Candidate, CandidateKind, Capture, Discovery, Observation, OfficialSnapshot, Profile
from detectors.pages.read import read_page
from detectors.registry import Knowledge, build_detectors
from detectors.runner import judge
from keywords.hosts import registrable_domain
from keywords.loader import load_lexicon
from keywords.roster import load_roster
from pipelines.collector import patient_collector

PAGE_BYTES = 100_000
GOAL = 2.0
_REPEATS = 9
_SNAPSHOTS = 10
_AT = datetime(2026, 11, 26, tzinfo=UTC)

QUERY = (
    '<div id="app"><h1>特种作业操作证查询平台</h1><form class="el-form"><input placeholder="请输入证件号码">'
    '<input placeholder="请输入姓名"><input placeholder="请输入验证码"><button>查询</button></form></div>'
)
_SENTENCES = (
    "各有关单位要认真落实安全生产责任制，组织开展隐患排查治理，切实防范各类事故发生",
    "本期培训班开设电工、焊工、高处作业等工种，学员须参加统一考试，合格后由主管部门发证",
    "楼主说得对，我去年考的叉车证，今年三月到窗口复审，材料带齐当天就办好了",
    "本店主营劳保手套、安全帽、反光背心，支持七天无理由退换，量大从优，欢迎来电咨询",
    "记者从会议上了解到，今年以来全市共检查企业一千二百余家，整改隐患三千四百余处",
)
_OFFICIAL = (
    "本平台提供特种作业操作证及安全生产知识和管理能力考核合格信息查询服务，数据来自各省级考核发证部门",
    "请选择证件类型并准确填写证件号码、姓名和验证码，查询结果仅供参考，以发证机关登记为准",
    "如对查询结果有异议，请联系证书签发地的应急管理部门考试机构核实更正",
    "全国工程质量安全监管信息平台公共服务门户，安管人员、特种作业人员、安全生产许可证、起重机械",
)


def run() -> dict:
    """Return one benchmark record; `ratio` is processor time of all detectors by that of lxml, over all pages."""
    with patient_collector() as loaded:  # as `jianwei assess` does
        return _run(loaded)


def _run(loaded: Callable[[], None]) -> dict:
    pages = {name: padded(head, row) for name, head, row in kinds()}
    detectors = build_detectors(
        Knowledge(roster=load_roster(), lexicon=load_lexicon(), snapshots=tuple(map(_snapshot, range(_SNAPSHOTS))))
    )
    loaded()
    lxml_s = judge_s = read_s = room_s = 0.0
    room = tuple(one for one in detectors if type(one).__module__.startswith("detectors.pages."))
    each = dict.fromkeys((one.name for one in detectors), 0.0)
    for html in pages.values():
        seen = _observation(html)
        lxml_s += _best(lambda html=html: lxml.html.document_fromstring(html).text_content())
        read_s += _best(lambda html=html: read_page(html, "http://q7-zs.cn/"))
        judge_s += _best(lambda seen=seen: judge(_anew(seen), detectors))
        room_s += _best(lambda seen=seen: judge(_anew(seen), room))
        for one in detectors:
            each[one.name] += _best(lambda seen=seen, one=one: one.examine(_anew(seen)))
    ratio = round(judge_s / lxml_s, 2)
    detail = {
        "pages": len(pages), "page_bytes": PAGE_BYTES, "lxml_ms": _ms(lxml_s, pages), "detectors_ms": _ms(judge_s, pages),
        "reading_ms": _ms(read_s, pages), "room_pages_ratio": round(room_s / lxml_s, 2),
        "each_ms": {name: _ms(spent, pages) for name, spent in each.items()},
    }  # fmt: skip
    return {"benchmark": "pages", "ratio": ratio, "goal": GOAL, "holds": ratio <= GOAL, "detail": detail}


def kinds() -> Sequence[tuple[str, str, str]]:
    link = '<li class="n{n}"><a href="/art/2026/{n}.html">{text}</a><span>2026-0{m}-12</span></li>\n'
    paragraph = '<p style="text-indent:2em">{text}{text}。</p>\n'
    nested = '<div class="card c{m}"><div class="bd"><span class="t">{text}</span><em>{n}</em></div></div>\n'
    cell = '<tr><td width="40">{n}</td><td><font color="red">{text}</font></td><td><img src="/i/{n}.gif"></td></tr>\n'
    return (
        ("department", "<title>某市应急管理局</title><ul>", link),
        ("article", "<title>全市安全生产会议召开 - 某某日报</title>", paragraph),
        ("school", "<title>安培职业培训学校</title>", nested),
        ("forum", "<title>电工论坛</title><table>", cell),
        ("counterfeit", f"<title>特种作业操作证查询平台</title>{QUERY}", paragraph),
        ("scripts", "<title>企业门户</title><script>", 'window.push({{"id":{n},"name":"item-{n}","on":true}});\n'),
    )


def padded(head: str, row: str, page_bytes: int = PAGE_BYTES) -> str:
    """Return a page of so many bytes, filled with rows that all differ."""
    parts = [f'<!DOCTYPE html><html><head><meta charset="utf-8">{head}\n']
    size, count = len(parts[0].encode()), 0
    while size < page_bytes:
        text = f"{_SENTENCES[count % len(_SENTENCES)]}（{count * 7919 % 10007}）"
        parts.append(row.format(n=count, m=count % 9 + 1, text=text))
        size, count = size + len(parts[-1].encode()), count + 1
    if "<script>" in head:
        parts.append("</script><p>企业门户</p>")
    return "".join(parts)


def _snapshot(number: int) -> OfficialSnapshot:
    url = f"https://cx{number}.mem.gov.cn/"
    html = f"<title>查询平台 {number}</title>{QUERY}" + "".join(
        f"<p class=a{n}>{_OFFICIAL[n % 4]}{n * number}</p>" for n in range(40)
    )
    return OfficialSnapshot(host="cx.mem.gov.cn", url=url, taken_at=_AT, html=html, page=read_page(html, url))


def _observation(html: str) -> Observation:
    url = "http://q7-zs.cn/"
    capture = Capture(
        profile=Profile.FILE, requested_url=url, final_url=url, status=200, captured_at=_AT, html=html,
        page=read_page(html, url),
    )  # fmt: skip
    candidate = Candidate(
        kind=CandidateKind.SITE, url=url, host="q7-zs.cn", registrable_domain=registrable_domain("q7-zs.cn"),
        discovery=Discovery(source="benchmark", found_at=_AT),
    )  # fmt: skip
    return Observation(candidate=candidate, observed_at=_AT, captures=(capture,))


def _anew(seen: Observation) -> Observation:
    """Return an equal observation that no detector remembers."""
    capture = seen.captures[0]
    return replace(seen, captures=(replace(capture, page=replace(capture.page)),))


def _best(do: Callable[[], object]) -> float:
    spent = []
    for _ in range(_REPEATS):
        start = time.process_time()
        do()
        spent.append(time.process_time() - start)
    return min(spent)


def _ms(seconds: float, pages: dict[str, str]) -> float:
    return round(seconds * 1000 / len(pages), 3)
