"""Leads as a county has them after years, made fast and always the same: kinds, states, sources and words in uneven shares."""

import hashlib
import random
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import accumulate

from detectors.model import Assessment, Direction, Observation, Quote, Signal
from detectors.ruleset import RULESET_VERSION, level_of
from pipelines.documents import encode
from pipelines.model import Finding, FindingOutcome, Lead, LeadAct, LeadEvent, LeadStatus, Sighting
from tests.builders import a_listing, a_site, an_advert, an_evidence_item

OBSERVATIONS = 10
"""Observations of each lead."""
_BEGIN = datetime(2023, 1, 1, tzinfo=UTC)
_HANZI = "安全生产特种作业操作证书查询平台官方网站建筑施工企业负责人项目专职培训考试报名复审换证电工焊工高处制冷叉车锅炉压力容器电梯起重机械联系微信客服快速办理全国通用可查真实有效包过免考代办先出后付定金发货支持验货老师傅多年经验诚信经营价格优惠"
_PHRASES = ("特种作业", "操作证", "官网可查", "电工证", "焊工证", "高处作业", "免考", "包过", "快速下证", "全国联网", "先出证后付款", "加微信",
            "叉车证", "安全员", "三类人员", "培训", "报名", "复审", "代办", "不用考试", "真实有效", "正规", "可验证", "当天出证", "塔吊", "锅炉证")  # fmt: skip
_STATES = {
    LeadStatus.NEW: 55, LeadStatus.SCREENING: 4, LeadStatus.CONFIRMED: 6, LeadStatus.DISMISSED: 20, LeadStatus.DISPOSING: 3,
    LeadStatus.REFERRED: 2, LeadStatus.ACTIONED: 2, LeadStatus.VERIFIED: 1, LeadStatus.CLOSED: 7,
}  # fmt: skip
_PLATFORMS = ("闲鱼", "淘宝", "拼多多", "58同城", "百度贴吧", "抖音", "快手", "小红书")
_ENGINES = ("baidu", "so360", "sogou", "bing")
_SITES = tuple(f"cx{number}.gov.cn" for number in range(30))
_STAFF = tuple(f"staff{number}" for number in range(12))
_REASON = Signal(code="offer.guaranteed_pass", direction=Direction.FOR, strength_permille=400, reason="声称“包过”", quotes=(Quote(where="listing", text="包过"),))  # fmt: skip


class _Uneven:
    """Draws things of which the first are far more frequent (one over rank)."""

    def __init__(self, things: tuple[str, ...]) -> None:
        self._things = things
        self._weights = tuple(accumulate(1 / rank for rank in range(1, len(things) + 1)))

    def draw(self, rnd: random.Random, count: int = 1) -> list[str]:
        return rnd.choices(self._things, cum_weights=self._weights, k=count)


def _vocabulary() -> tuple[str, ...]:
    rnd = random.Random(1)
    rare = ("".join(rnd.choices(_HANZI, k=rnd.choice((2, 2, 3, 4)))) for _ in range(4000))
    return (*_PHRASES, *dict.fromkeys(rare))


_WORDS, _SITE, _PLATFORM, _ENGINE = map(_Uneven, (_vocabulary(), _SITES, _PLATFORMS, _ENGINES))


def leads(first: int, last: int) -> Iterator[Lead]:
    """Yield leads number `first` to `last - 1` with their history."""
    return (_lead(number) for number in range(first, last))


def sightings(first: int, last: int) -> Iterator[Sighting]:
    """Yield the first sightings of such leads, as intake hands them over."""
    for lead in leads(first, last):
        yield Sighting(
            lead_id=lead.id, observation=lead.observation, assessment=lead.assessment, evidence=lead.evidence
        )


def observation_rows(first: int, last: int) -> list[tuple[str, str, int, str]]:
    """Return the rows of the observation log for these leads, one small document, sorted by identity."""
    document = encode(a_listing("电工证", "先出证后付款官网可查", at=_BEGIN)).decode()
    rows = []
    for number in range(first, last):
        for look in range(OBSERVATIONS):
            identity = hashlib.sha256(b"%d-%d" % (number, look)).hexdigest()[:24]
            rows.append((identity, f"L{number:016x}", look, document))
    return sorted(rows)


def _lead(number: int) -> Lead:
    rnd = random.Random(number)
    score = min(1000, int(rnd.betavariate(2, 2.5) * 1000))
    seen = _BEGIN + timedelta(seconds=number * 97 % 110_000_000)
    observation, imitates = _observation(rnd, number, seen)
    status = rnd.choices(tuple(_STATES), weights=tuple(_STATES.values()))[0]
    last = seen + timedelta(hours=rnd.randrange(4000))
    assignee = "" if status is LeadStatus.NEW else _STAFF[int(rnd.random() ** 2 * len(_STAFF))]
    return Lead(
        id=f"L{number:016x}",
        status=status,
        observation=observation,
        assessment=Assessment(
            score_permille=score,
            level=level_of(score),
            signals=_reasons(observation),
            imitates=imitates,
            ruleset_version=RULESET_VERSION,
        ),
        first_seen_at=seen,
        last_seen_at=last,
        sighting_count=OBSERVATIONS,
        seen_observations=tuple(f"{number:014x}{look:010x}" for look in range(OBSERVATIONS)),
        sources=_sources(rnd, observation),
        queries=(_WORDS.draw(rnd)[0],),
        evidence=(an_evidence_item(b"%d" % number, seen),),
        finding=_finding(status, assignee, last),
        assignee=assignee,
        due_on=date(2026, 11, 1) + timedelta(days=rnd.randrange(60)) if status is LeadStatus.SCREENING else None,
        history=tuple(
            LeadEvent(
                at=seen + timedelta(hours=step),
                act=LeadAct.SIGHTED,
                by="system",
                note="机器初判有变化",
                status=LeadStatus.NEW,
            )
            for step in range(OBSERVATIONS)
        ),
    )


def _observation(rnd: random.Random, number: int, at: datetime) -> tuple[Observation, str]:
    text = "，".join(_WORDS.draw(rnd, 30))
    share = rnd.random()
    if share < 0.25:
        site = a_site(f"q{number:x}.example", title="".join(_WORDS.draw(rnd, 2)), text=text, at=at)
        return site, _SITE.draw(rnd)[0] if rnd.random() < 0.8 else ""
    title = "".join(_WORDS.draw(rnd, 4))
    if share < 0.4:
        return an_advert(title, text, engine=_ENGINE.draw(rnd)[0], advertiser=f"教育{number % 5000}", at=at), ""
    platform = _PLATFORM.draw(rnd)[0]
    seller = hashlib.sha256(b"%d" % (number // 20)).hexdigest()[:16]
    return a_listing(title, text, platform=platform, item_id=str(number), seller=seller, at=at), ""


def _reasons(observation: Observation) -> tuple[Signal, ...]:
    text = (
        observation.captures[0].page.text if observation.captures else (observation.listing or observation.advert).text
    )
    return (_REASON,) if "包过" in text else ()


def _sources(rnd: random.Random, observation: Observation) -> tuple[str, ...]:
    own = observation.candidate.discovery.source
    more = {f"engine:{_ENGINE.draw(rnd)[0]}"} if rnd.random() < 0.2 else set()
    return tuple(sorted({own, *more}))


def _finding(status: LeadStatus, by: str, at: datetime) -> Finding | None:
    if status in (LeadStatus.NEW, LeadStatus.SCREENING):
        return None
    outcome = FindingOutcome.NOT_COUNTERFEIT if status is LeadStatus.DISMISSED else FindingOutcome.COUNTERFEIT
    return Finding(outcome=outcome, reason="经核对", decided_by=by, decided_at=at)
