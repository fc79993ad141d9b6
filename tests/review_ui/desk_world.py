"""A desk with realistic work on it: lookalike sites, listings, adverts and near-misses as a sweep of a county would bring them."""

import hashlib
import struct
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path

from detectors.model import (
    Assessment,
    Direction,
    EvidenceKind,
    Field,
    Form,
    Hop,
    HostFacts,
    Observation,
    PageContent,
    Profile,
    Quote,
    Signal,
    TlsFacts,
    Unknown,
)  # fmt: skip
from detectors.ruleset import signal
from pipelines.bootstrap import Case, open_case
from pipelines.intake import lead_id_of
from pipelines.model import EvidenceItem, RunReport, Sighting, WorkItem
from pipelines.settings import ReviewUiSettings, Settings
from tests.builders import a_capture, a_listing, a_site, a_snapshot, an_advert, an_assessment
from tests.conftest import NOW, FixedClock

OFFICIAL = "cx.mem.gov.cn"
STRENGTHS = {
    "name.official_embedded": 480, "name.brand_context": 420, "identity.claims_official_site": 340, "identity.claims_authority": 240,
    "identity.invented_body": 260, "clone.text": 330, "query_form.certificate": 220, "filing.copied": 260, "filing.parody": 240,
    "offer.certificate_sale": 360, "offer.no_exam": 280, "offer.contact": 120, "offer.guaranteed_pass": 200, "page.parked": 250,
    "context.lawful_training": 300, "link.official_only": 60,
}  # fmt: skip
"""The desk's tests are about the desk: the world keeps its scores when the rules are tuned."""
OFFICIAL_NAME = "特种作业操作证及安全生产知识和管理能力考核合格信息查询平台"
CLONE_TEXT = (
    "特种作业操作证查询平台\n请选择证件类型\n请输入证件号码\n请输入姓名\n请输入验证码\n查询\n"
    "主办单位：应急管理部监制\n京ICP备05012345号\n政府网站标识码 bm32000001"
)
SALE_TEXT = "电工证 焊工证 高处作业证，免考包过，三天出证，先出证后付款，官网可查，全国通用。加威信 dgz8866 详谈。"


def tiny_png(shade: int = 200) -> bytes:
    """Return a valid 2×2 grey picture."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    rows = b"".join(b"\x00" + bytes([shade] * 6) for _ in range(2))
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", 2, 2, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


@dataclass(frozen=True, slots=True)
class Pictures:
    """Screenshots by name; the browser test makes real ones."""

    by_name: Mapping[str, bytes]

    def of(self, name: str) -> bytes:
        return self.by_name.get(name) or tiny_png(sum(name.encode()) % 200)


def settings_for(home: Path, **review_ui: object) -> Settings:
    return Settings(home=home, review_ui=ReviewUiSettings(**review_ui))


def open_world(home: Path, pictures: Pictures | None = None, **review_ui: object) -> Case:
    """Open a case with a day's work in it."""
    case = open_case(settings_for(home, **review_ui), FixedClock())
    pictures = pictures or Pictures({})
    official = case.evidence.put(pictures.of("official"))
    page = PageContent(title=OFFICIAL_NAME, text="应急管理部")
    case.snapshots.put(a_snapshot(page=page, screenshot_sha256=official, html="<title>查询</title>"))
    for age, (observation, signals, picture) in enumerate(the_days_work()):
        put_lead(case, observation, signals, pictures.of(picture) if picture else b"", hours_ago=age)
    put_runs(case)
    return case


def put_lead(
    case: Case, observation: Observation, signals: tuple[Signal, ...], picture: bytes = b"", hours_ago: int = 0
) -> str:
    """Put one judged observation into the case, with its evidence in the vault; return the lead's id."""
    at = NOW - timedelta(hours=hours_ago)
    observation = replace(observation, observed_at=at)
    evidence = [_kept(case, EvidenceKind.BODY, "text/html", f"<html>{observation.identity}</html>".encode(), at)]
    if observation.candidate.host:
        evidence.append(_kept(case, EvidenceKind.HOST_FACTS, "application/json", f'{{"h":"{observation.candidate.host}"}}'.encode(), at))  # fmt: skip
    if observation.listing:
        evidence.append(_kept(case, EvidenceKind.LISTING, "application/json", b'{"listing":1}', at))
    if picture:
        shot = _kept(case, EvidenceKind.SCREENSHOT, "image/png", picture, at, "电脑")
        evidence.append(shot)
        first = replace(observation.captures[0], screenshot_sha256=shot.sha256)
        observation = replace(observation, captures=(first, *observation.captures[1:]))
    sighting = Sighting(
        lead_id=lead_id_of(observation), observation=observation, assessment=judged(signals), evidence=tuple(evidence)
    )
    case.leads.merge_many((sighting,))
    return sighting.lead_id


def judged(signals: tuple[Signal, ...]) -> Assessment:
    """Return an assessment with the world's own weights, strongest first."""
    fixed = [replace(one, strength_permille=STRENGTHS.get(one.code, 100)) for one in signals]
    fixed.sort(key=lambda one: (one.direction is Direction.AGAINST, -one.strength_permille))
    total = sum(one.strength_permille * (1 if one.direction is Direction.FOR else -1) for one in fixed)
    imitates = next((dict(one.data)["official"] for one in fixed if "official" in dict(one.data)), "")
    return an_assessment(max(0, min(1000, total)), signals=tuple(fixed), imitates=imitates)


def _kept(case: Case, kind: EvidenceKind, media_type: str, content: bytes, at, label: str = "") -> EvidenceItem:
    return EvidenceItem(
        kind=kind, sha256=case.evidence.put(content), size_bytes=len(content), media_type=media_type, captured_at=at, label=label
    )  # fmt: skip


def put_runs(case: Case) -> None:
    case.runs.put(
        RunReport(
            id="R20261121-0200",
            started_at=NOW - timedelta(days=1, hours=6),
            finished_at=NOW - timedelta(days=1, hours=5, minutes=12),
            sources=("snapshots", "lookalike", "engine:baidu"),
            done={"name": 4210, "query": 60, "visit": 187},
            left={},
            outcomes={"created": 31, "updated": 12, "unchanged": 144},
            failures=("engine:so360 第 3 页返回验证码页面，已停止该引擎",),
            not_run=("平台巡查：没有配置平台定义",),
        )
    )
    case.runs.put(
        RunReport(
            id="R20261122-0800",
            started_at=NOW - timedelta(minutes=20),
            sources=("lookalike",),
            done={},
            left={},
            outcomes={},
        )
    )
    items = [WorkItem(kind="name", key=f"n{number}.example") for number in range(10)]
    case.frontier.add("R20261122-0800", items)
    for item in items[:4]:
        case.frontier.finish("R20261122-0800", item)


def clone_site(host: str = "cx-mem-gov.cn") -> tuple[Observation, tuple[Signal, ...], str]:
    """A copy of the query page under a lookalike name: the lead of the drawing."""
    form = Form(
        action=f"http://{host}/api/zs/query",
        method="post",
        fields=(
            Field(placeholder="请输入证件号码"),
            Field(placeholder="请输入姓名"),
            Field(placeholder="请输入验证码"),
        ),
        button="查询",
    )
    page = PageContent(title="特种作业操作证查询平台", text=CLONE_TEXT, footer="京ICP备05012345号", forms=(form,))
    facts = HostFacts(
        addresses=("203.0.113.27",),
        cname="",
        nameservers=("ns1.hostdns.example", "ns2.hostdns.example"),
        registrar="某某网络科技有限公司",
        registered_on=date(2026, 11, 9),
        tls=TlsFacts(
            subject=f"CN={host}", issuer="R11", names=(host, f"www.{host}"), not_before=NOW - timedelta(days=12),
            not_after=NOW + timedelta(days=78), sha256="ab" * 32,
        ),
        country="US",
        filing=Unknown("备案登记库没有开放查询接口，尚未导入对照数据"),
    )  # fmt: skip
    url = f"http://{host}/"
    seen = replace(a_site(host, page=page, facts=facts, title=page.title), title="")
    desktop = replace(
        seen.captures[0],
        final_url=f"https://www.{host}/zs/",
        redirects=(Hop(url=url, status=301, location=f"https://{host}/"), Hop(url=f"https://{host}/", status=302, location=f"https://www.{host}/zs/")),
    )  # fmt: skip
    phone = a_capture(
        url, text="查验有效\n姓名 张某\n作业类别 低压电工作业\n有效期至 2029-03-01", profile=Profile.PHONE
    )
    signals = (
        signal("name.brand_context", Quote(where="host", text=host, start=0, end=10), brand="mem", official=OFFICIAL, technique="点换成横线"),
        signal("identity.claims_official_site", Quote(where="title", text="特种作业操作证查询平台"), claim="特种作业操作证查询平台", official=OFFICIAL),
        signal("clone.text", Quote(where="text", text="主办单位：应急管理部监制", start=5, end=12), official=OFFICIAL, percent="94", taken_on="2026-11-20"),
        signal("query_form.certificate", Quote(where="form", text="请输入证件号码 请输入姓名", start=0, end=7), fields="证件号码、姓名"),
        signal("filing.copied", Quote(where="footer", text="京ICP备05012345号"), number="京ICP备05012345号", owner="应急管理部"),
        signal("link.official_only", Quote(where="link", text="https://www.mem.gov.cn/"), official="www.mem.gov.cn"),
    )  # fmt: skip
    return replace(seen, captures=(desktop, phone)), signals, "clone"


def offer_signals(text: str = SALE_TEXT, term: str = "免考包过", certificate: str = "电工证") -> tuple[Signal, ...]:
    at = text.find(term)
    quote = Quote(where="listing", text=text[:80], start=max(at, 0), end=max(at, 0) + len(term) if at >= 0 else 0)
    return (
        signal("offer.certificate_sale", quote, term=term, certificate=certificate),
        signal("offer.no_exam", quote, term="免考"),
        signal("offer.contact", Quote(where="text", text="加威信 dgz8866", start=1, end=3), contact="威信 dgz8866"),
    )


def _named(
    host: str, title: str, official: str = OFFICIAL, code: str = "name.brand_context", more: tuple[Signal, ...] = ()
):
    quote = Quote(where="host", text=host, start=0, end=len(host.split(".", maxsplit=1)[0]))
    words = {"brand": "mem", "official": official, "technique": "品牌加查询字样"} if code == "name.brand_context" else {"official": official, "technique": "官方域名作前缀"}  # fmt: skip
    page = PageContent(title=title, text=f"{title}\n请输入身份证号查询")
    return a_site(host, page=page, title=title), (signal(code, quote, **words), *more), ""


def the_days_work() -> list[tuple[Observation, tuple[Signal, ...], str]]:
    """Return about twenty leads, of every kind and level."""
    form = signal("query_form.certificate", Quote(where="form", text="请输入身份证号"), fields="身份证号")
    claims = signal(
        "identity.claims_authority", Quote(where="title", text="全国应急管理证书中心"), claim="全国应急管理证书中心"
    )
    invented = signal(
        "identity.invented_body",
        Quote(where="title", text="全国特种作业证书联网查询中心"),
        claim="全国特种作业证书联网查询中心",
    )
    parody = signal("filing.parody", Quote(where="footer", text="萌ICP备20257012号"), number="萌ICP备20257012号")
    training = signal(
        "context.lawful_training", Quote(where="text", text="考试以主管部门通知为准"), term="考试以主管部门通知为准"
    )
    parked = signal("page.parked")
    leads = [
        clone_site(),
        _named("cx.mem.gov.cn.qrid.top", "证书核验", code="name.official_embedded", more=(form, claims)),
        (a_listing("电工证 焊工证 包过 不用考试 官网可查", SALE_TEXT, item_id="88121", price_text="380 元", price_cny=380.0, seller="a91f3c20", area="江苏 连云港"), offer_signals(), ""),
        (an_advert("安全员C证快速取证 全国联网", "无需考试，官网可查，7 天下证", engine="so360", query="安全员证", advertiser="某某教育咨询"), (*offer_signals("无需考试，官网可查，7 天下证", "无需考试", "安全员C证"),), ""),
        (*_named("zyzs-cx.com", "全国特种作业证书联网查询中心", code="name.brand_context", more=(invented, parody, form))[:2], "invented"),
        (a_listing("〔叉〕〔车〕证 薇❤ 一手 直出", "叉车证 当天出 加薇❤同号", item_id="88343", platform="贴吧"), offer_signals("叉车证 当天出 加薇❤同号", "当天出", "叉车证")[:2], ""),
        _named("mohurd-zscx.cn", "三类人员证书查询", "zlaq.mohurd.gov.cn"),
        (a_site("hzzyjs.example", page=PageContent(title="某某职业培训学校 报考须知", text="包过班")), (signal("offer.guaranteed_pass", Quote(where="text", text="签约保过班", start=2, end=4), term="保过"), signal("offer.certificate_sale", Quote(where="text", text="代办报名"), term="代办", certificate="电工证"), training), ""),
        _named("e-cqs.net", "", "cnse.e-cqs.cn", more=(parked,)),
        _named("xn--mem-8x5fo54g.com", "特种作业证查询"),
    ]  # fmt: skip
    hosts = ("memcx.com.cn", "cx-mem.org.cn", "zscx-mem.com", "mem-chaxun.cn", "cxmemgov.com", "yingji-mem-cx.net", "mem-tzzy.cn", "anquan-mem-zs.com", "www-mem-cx.top", "memzs.xyz")  # fmt: skip
    leads += [_named(host, f"特种作业证书查询入口 {number}", more=(form,)) for number, host in enumerate(hosts, 1)]
    return leads


def sha256_of(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
