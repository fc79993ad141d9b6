"""What one look at a handed-over thing says: measured against the look the person decided on. Pure."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from detectors.model import NO_SUCH_NAME, Advert, Capture, HostFacts, Listing, Observation, Quote, Unknown
from detectors.pages.shingles import text_pieces
from detectors.pages.walls import stopped_words, wall_words
from detectors.parking import ParkingSign, page_parking, parking_of
from keywords.hosts import defang, host_of, owned_domain
from pipelines.model import Lead
from pipelines.name_addresses import leads_nowhere
from pipelines.rechecks.history import Verdict
from pipelines.rechecks.record import STATE_ZH, RecheckState

__all__ = ["Elsewhere", "judge_look"]

_KEPT_SHARE = 0.5
"""So much of the text must still be there: a page that swaps its adverts keeps more, another site under the name keeps hardly any."""
_KEPT_UNDER_SAME_TITLE = 0.2
_BLANK_CHARS = 40
_GONE = frozenset({404, 410})
_WALLS = frozenset({401, 403, 407, 429, 451})
_ERROR_FROM, _SERVER_ERROR_FROM = 400, 500
_MOST_NAMED = 3
_DOWN = frozenset({RecheckState.CHANGED, RecheckState.PARKED, RecheckState.GONE})


@dataclass(frozen=True, slots=True, kw_only=True)
class Elsewhere:
    """A lead on another host, or another listing of the seller, first seen after the hand-over."""

    lead_id: str
    where: str
    """Host or address as staff know it, defanged."""
    why: str
    """What ties it to the lead (one Chinese sentence)."""


def _of_nobody(_: str) -> bool:
    return False


def judge_look(
    lead: Lead,
    seen: Observation,
    score_permille: int,
    elsewhere: Sequence[Elsewhere] = (),
    is_official: Callable[[str], bool] = _of_nobody,
) -> Verdict:
    """Return what the look says of a lead. `score_permille` is the machine's 初判 of it, `elsewhere` where its marks stand now,
    `is_official` tells the hosts of genuine sites: what redirects there has not moved.
    """
    if lead.observation.advert:
        said = _of_advert(lead.observation.advert, seen)
    else:
        said = (
            _of_listing(lead, seen, score_permille)
            if seen.listing
            else _of_pages(lead, seen, score_permille, is_official)
        )
    if said.state in _DOWN and elsewhere:
        named = "、".join(f"{one.where}（线索 {one.lead_id}：{one.why}）" for one in elsewhere[:_MOST_NAMED])
        moved_to = tuple(one.lead_id for one in elsewhere)
        told = f"原处{STATE_ZH[said.state]}（{said.said}），相同标志移送后出现在 {named}"
        return Verdict(state=RecheckState.MOVED, said=told, moved_to=moved_to)
    return said


def _of_advert(before: Advert, seen: Observation) -> Verdict:
    """Adverts take turns: that one was not shown counts only as every end does, when it is not shown hours later either."""
    place = f"搜索“{before.query[:40]}”的第 {before.page} 页"
    if seen.advert:
        return Verdict(state=RecheckState.ALIVE, said=f"{place}仍展示该广告（广告位第 {seen.advert.slot} 条）")
    return Verdict(state=RecheckState.GONE, said=f"{place}没有再展示该广告")


def _of_listing(lead: Lead, seen: Observation, score: int) -> Verdict:
    shown, before = seen.listing, lead.observation.listing
    assert shown is not None  # noqa: S101 - the caller asked
    if shown.is_delisted:
        return Verdict(state=RecheckState.GONE, said="平台上该条目已下架或删除")
    if before is None or _is_same_listing(before, shown):
        return Verdict(state=RecheckState.ALIVE, said="条目仍在，内容与认定时一致")
    return Verdict(
        state=RecheckState.CHANGED, said=f"条目仍在，标题或内容已改为“{shown.title[:40]}”，机器初判现为 {score} 分"
    )


def _is_same_listing(before: Listing, shown: Listing) -> bool:
    if before.title == shown.title:
        return True
    return _kept_share(f"{before.title}{before.text}", f"{shown.title}{shown.text}") >= _KEPT_SHARE


def _of_pages(lead: Lead, seen: Observation, score: int, is_official: Callable[[str], bool]) -> Verdict:
    if seen.is_walled:
        return Verdict(state=RecheckState.BLOCKED, said=seen.failure or "对方要求人机验证或拒绝访问")
    if not seen.captures:
        return _of_silence(seen)
    return _still_shown(lead, seen, is_official) or _refused(seen) or _ended(seen) or _otherwise(lead, seen, score)


def _of_silence(seen: Observation) -> Verdict:
    addresses = seen.facts.addresses
    if addresses == NO_SUCH_NAME:
        return Verdict(state=RecheckState.GONE, said="域名已不存在（NXDOMAIN）")
    if addresses == ():
        return Verdict(state=RecheckState.GONE, said="域名不再解析到任何地址")
    if not isinstance(addresses, Unknown) and addresses and all(map(leads_nowhere, addresses)):
        said = f"域名只解析到 {addresses[0]}，不能确定是已被处置，还是我方网络拦截"
        return Verdict(state=RecheckState.BLOCKED, said=said)
    return Verdict(state=None, said=(seen.failure or "没有应答").rstrip("。"))


def _still_shown(lead: Lead, seen: Observation, is_official: Callable[[str], bool]) -> Verdict | None:
    """Return the verdict where one of the looks still shows what was decided on."""
    for capture in _opened(seen):
        if _is_what_it_was(lead, capture):
            host = host_of(capture.final_url)
            if _is_at_home(lead, host):
                return Verdict(state=RecheckState.ALIVE, said="仍可打开，内容与认定时一致")
            if is_official(host):  # whose pages the fake had copied
                return Verdict(state=RecheckState.CHANGED, said=f"现跳转到官方网站 {defang(host)}")
            return Verdict(state=RecheckState.MOVED, said=f"已跳转到新的域名 {defang(host)}，内容与认定时一致")
    return None


def _is_what_it_was(lead: Lead, capture: Capture) -> bool:
    for before in lead.observation.captures:
        if before.body_sha256 and before.body_sha256 == capture.body_sha256:
            return True
        share = _kept_share(before.page.text, capture.page.text)
        if share >= _KEPT_SHARE:
            return True
        if share >= _KEPT_UNDER_SAME_TITLE and before.page.title.strip() == capture.page.title.strip() != "":
            return True
    if listing := lead.observation.listing:  # a shop nobody defined: its page is all there is
        return bool(listing.title) and listing.title in f"{capture.page.title}\n{capture.page.text}"
    return False


def _refused(seen: Observation) -> Verdict | None:
    """Return the verdict where every look met a wall, or trouble of the server's."""
    if any(capture.status < _ERROR_FROM and not wall_words(capture.page) for capture in seen.captures):
        return None
    for capture in seen.captures:
        words = wall_words(capture.page)
        if (words or capture.status in _WALLS) and not stopped_words(capture.page):
            said = f"，页面称“{_quoted(words)}”" if words else ""
            return Verdict(state=RecheckState.BLOCKED, said=f"对方拒绝我方访问（HTTP {capture.status}）{said}")
    first = seen.captures[0]
    if first.status >= _SERVER_ERROR_FROM and not stopped_words(first.page):
        return Verdict(state=None, said=f"服务器出错（HTTP {first.status}）")
    return None


def _ended(seen: Observation) -> Verdict | None:
    for capture in seen.captures:
        if words := stopped_words(capture.page):
            return Verdict(state=RecheckState.GONE, said=f"网站已被停止服务，页面称“{_quoted(words)}”")
    if all(capture.status in _GONE for capture in seen.captures):
        return Verdict(state=RecheckState.GONE, said=f"网页已不存在（HTTP {seen.captures[0].status}）")
    signs = (sign for capture in seen.captures if (sign := page_parking(capture.page)))
    sign = next(signs, None) or _parking(seen.facts)
    return (
        Verdict(state=RecheckState.PARKED, said=f"域名已停放：{sign.service}（{sign.matched[:80]}）") if sign else None
    )


def _otherwise(lead: Lead, seen: Observation, score: int) -> Verdict:
    first = next(_opened(seen), None)
    if first is None:
        return Verdict(state=None, said=f"没有得到网页（HTTP {seen.captures[0].status}）")
    if not lead.observation.captures and not lead.observation.listing:
        return Verdict(state=RecheckState.ALIVE, said="可以打开网页；认定时没有留下可对比的内容")
    if seen.failure and len(first.page.text) < _BLANK_CHARS:
        return Verdict(state=None, said=seen.failure.rstrip("。"))
    host = host_of(first.final_url)
    if not _is_at_home(lead, host):
        what = f"现跳转到 {defang(host)}，内容与认定时不同"
    elif len(first.page.text) < _BLANK_CHARS:
        what = "仍可打开，但页面没有内容"
    else:
        what = f"仍可打开，内容已不是认定时的内容（现标题“{first.page.title.strip()[:40]}”）"
    return Verdict(state=RecheckState.CHANGED, said=f"{what}，机器初判现为 {score} 分")


def _opened(seen: Observation) -> Iterator[Capture]:
    return (capture for capture in seen.captures if capture.status < _ERROR_FROM)


def _kept_share(before: str, now: str) -> float:
    """Return which part of a text another still has; 0 for a text too short to tell."""
    old = np.unique(text_pieces(before))
    if len(before.strip()) < _BLANK_CHARS and before.strip() != now.strip():
        return 0.0
    return len(np.intersect1d(old, text_pieces(now))) / len(old) if len(old) else 0.0


def _parking(facts: HostFacts) -> ParkingSign | None:
    servers = () if isinstance(facts.nameservers, Unknown) else facts.nameservers
    alias = "" if isinstance(facts.cname, Unknown) else facts.cname
    addresses = () if isinstance(facts.addresses, Unknown) else facts.addresses
    return parking_of(servers, alias, addresses)


def _is_at_home(lead: Lead, host: str) -> bool:
    """Say whether a host is the lead's own, or where it led to already when the person decided."""
    own = {
        owned_domain(lead.observation.candidate.host),
        *(owned_domain(host_of(one.final_url)) for one in lead.observation.captures),
    }
    return owned_domain(host) in own


def _quoted(words: Quote | None) -> str:
    return (words.text[words.start : words.end] or words.text[:40]) if words else ""
