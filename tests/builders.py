"""Small builders of observations and leads for every test: say what matters, the rest is ordinary."""

import hashlib
from datetime import UTC, datetime

from detectors.model import (
    Advert,
    Assessment,
    Attachment,
    Candidate,
    CandidateKind,
    Capture,
    Discovery,
    EvidenceKind,
    HostFacts,
    Listing,
    Observation,
    OfficialSnapshot,
    PageContent,
    Profile,
)  # fmt: skip
from detectors.ruleset import RULESET_VERSION, level_of
from keywords.hosts import canonical_host, registrable_domain
from pipelines.intake import lead_id_of
from pipelines.lifecycle import merge_sighting
from pipelines.model import EvidenceItem, Lead, Sighting
from pipelines.rechecks.history import Verdict, take_in
from pipelines.rechecks.record import RecheckState

AT = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)


def a_discovery(source: str = "lookalike", query: str = "", at: datetime = AT, **more) -> Discovery:
    return Discovery(source=source, query=query, found_at=at, **more)


def a_capture(
    url: str,
    title: str = "证书查询",
    text: str = "证书查询",
    html: str = "",
    at: datetime = AT,
    status: int = 200,
    **more,
) -> Capture:
    body = (html or text).encode("utf-8", "surrogatepass")
    return Capture(
        profile=more.pop("profile", Profile.DESKTOP),
        requested_url=url,
        final_url=url,
        status=status,
        captured_at=at,
        content_type="text/html",
        body_sha256=hashlib.sha256(body).hexdigest(),
        body_bytes=len(body),
        html=html,
        page=more.pop("page", PageContent(title=title, text=text)),
        **more,
    )


def a_site(
    host: str = "cx-mem-gov.cn",
    *,
    title: str = "证书查询",
    text: str = "特种作业操作证查询平台",
    html: str = "",
    at: datetime = AT,
    source: str = "lookalike",
    query: str = "",
    facts: HostFacts | None = None,
    failure: str = "",
    attachments: tuple[Attachment, ...] = (),
    page: PageContent | None = None,
) -> Observation:
    """A site that answered with one page; with `failure` it did not answer."""
    host = canonical_host(host)
    url = f"http://{host}/"
    more = {"page": page} if page else {}
    return Observation(
        candidate=Candidate(
            kind=CandidateKind.SITE,
            url=url,
            host=host,
            registrable_domain=registrable_domain(host),
            discovery=a_discovery(source, query, at),
        ),
        observed_at=at,
        captures=() if failure else (a_capture(url, title, text, html, at, **more),),
        facts=facts or HostFacts(),
        failure=failure,
        attachments=attachments,
    )


def a_listing(
    title: str = "特种作业操作证 包过 免考试",
    text: str = "全国可查 先出证后付款",
    *,
    platform: str = "闲鱼",
    item_id: str = "1001",
    at: datetime = AT,
    source: str = "",
    query: str = "",
    **more,
) -> Observation:
    """A listing of a shop or board; `more` are further fields of `Listing`."""
    url = f"http://shop.example/item/{item_id}"
    return Observation(
        candidate=Candidate(
            kind=CandidateKind.LISTING,
            url=url,
            host="shop.example",
            key=f"{platform}:{item_id}",
            discovery=a_discovery(source or f"platform:{platform}", query, at),
        ),
        observed_at=at,
        listing=Listing(platform=platform, item_id=item_id, title=title, text=text, **more),
    )


def an_advert(
    title: str = "高压电工证 不用考试 快速拿证",
    text: str = "官网可查",
    *,
    engine: str = "baidu",
    query: str = "电工证",
    target_url: str = "http://zheng.example/",
    at: datetime = AT,
    **more,
) -> Observation:
    """A paid row of a result page; `more` are further fields of `Advert`."""
    advertiser = more.pop("advertiser", "某某教育")
    return Observation(
        candidate=Candidate(
            kind=CandidateKind.ADVERT,
            url=target_url,
            key=f"{engine}:{advertiser}:{title}",
            discovery=a_discovery(f"engine:{engine}", query, at, rank=1),
        ),
        observed_at=at,
        advert=Advert(
            engine=engine,
            query=query,
            page=1,
            slot=1,
            title=title,
            text=text,
            advertiser=advertiser,
            target_url=target_url,
            **more,
        ),
    )


def an_attachment(content: bytes = b"<html></html>", kind: EvidenceKind = EvidenceKind.BODY, **more) -> Attachment:
    return Attachment(kind=kind, media_type=more.pop("media_type", "text/html"), content=content, **more)


def an_assessment(score: int = 720, **more) -> Assessment:
    version = more.pop("ruleset_version", RULESET_VERSION)
    return Assessment(score_permille=score, level=level_of(score), ruleset_version=version, **more)


def an_evidence_item(content: bytes = b"<html></html>", at: datetime = AT, **more) -> EvidenceItem:
    return EvidenceItem(
        kind=more.pop("kind", EvidenceKind.BODY),
        sha256=hashlib.sha256(content).hexdigest(),
        size_bytes=len(content),
        media_type="text/html",
        captured_at=at,
        **more,
    )


def a_sighting(observation: Observation | None = None, score: int = 720, evidence=(), **assessment) -> Sighting:
    seen = observation or a_site()
    return Sighting(
        lead_id=lead_id_of(seen),
        observation=seen,
        assessment=an_assessment(score, **assessment),
        evidence=tuple(evidence),
    )


def a_lead(observation: Observation | None = None, score: int = 720, at: datetime = AT, **sighting) -> Lead:
    """A new lead, as one sighting makes it."""
    return merge_sighting(None, a_sighting(observation, score, **sighting), at)[0]


def rechecked(lead: Lead, state: RecheckState | None, at: datetime, evidence: tuple[str, ...] = ()) -> Lead:
    """The lead after one more look that saw this."""
    return take_in(lead, Verdict(state=state, said=f"看到 {state}"), at, evidence, at, "system")


def a_snapshot(
    url: str = "https://cx.mem.gov.cn/", html: str = "<title>查询</title>", at: datetime = AT, **more
) -> OfficialSnapshot:
    host = url.split("/")[2]
    return OfficialSnapshot(host=host, url=url, taken_at=at, html=html, page=more.pop("page", PageContent()), **more)
