"""What speaks against: official hosts, and pages of a kind that is no query site (parked, open source, news, guides)."""

import re
from collections.abc import Iterator, Sequence

from detectors.model import Capture, Observation, PageContent, Profile, Quote, Signal, Skip
from detectors.pages.copies import hosts_in, is_code_host
from detectors.pages.query_form import certificate_form
from detectors.pages.results import shown_certificate
from detectors.pages.seen import archived_original, examine_pages, quote, unofficial_captures
from detectors.ruleset import signal
from keywords.model import SiteKind
from keywords.roster import Roster, is_government_host

__all__ = ["OfficialHostDetector", "PageKindDetector", "parked_words"]

_PARKED = re.compile(
    "域名停放|域名(?:正在|待|可)?(?:出售|转让|交易|求购|售)|(?:此|该|本|这个)域名[^。\n]{0,30}(?:出售|转让|停放|过期|到期)|"
    "(?:此|该|本|这个)域名[^。\n]{0,20}(?:[可想要请愿]|欢迎|如需|接受|立即|有意)[^。\n]{0,6}购买|购买(?:此|该|本|这个)域名|(?:立即|点击|欢迎|我要|想要?)购买域名|"
    "域名(?:现?已经?|可能已经?)(?:过期|到期|失效|欠费)|域名(?:未|尚未)续费|联系(?:域名)?(?:卖家|持有人)购买|"
    "domain (?:name )?(?:is )?(?:for sale|parked|may be for sale)|domain (?:name )?(?:has )?expired|buy this domain|parked (?:free|domain)|sedo(?:parking)?\\b|"
    "站点创建成功|(?:网站|本站|站点|主页|网页)[^。\n]{0,4}建设中(?=\\W|$|请|敬请|欢迎)|网站正在建设(?!的)|^\\W*正在建设中[^。\n]{0,8}$|(?:site|page) (?:is )?(?:currently )?under construction|"
    "Welcome to nginx|Apache2? .{0,20}Default Page|It works!|IIS Windows Server|default web page|Coming soon",
    re.IGNORECASE | re.MULTILINE,
)
_TOLD_OF_A_CASE = re.compile("被告|法院|检察院|警方|民警|犯罪|判处|涉案|抓获|公安机关|记者").search
"""Who tells of a name somebody bought or sold has news to tell, and no name to sell."""
_MOST_PARKED_TEXT = 800
_SOFTWARE = (
    re.compile(
        "GitHub|Gitee|GitLab|GitCode|Gitea|Bitbucket|码云|npmjs|PyPI|Read the Docs|docs\\.rs|镜像站", re.IGNORECASE
    ),
    re.compile("README(?:\\.md|\\.rst)?", re.IGNORECASE),
    re.compile(
        "git clone|pip3? install|npm (?:i|install)\\b|docker (?:pull|run)|cargo add|go get|yarn add|mvn |python3? [a-z_]+\\.py"
    ),
    re.compile("(?:MIT|Apache(?:-2\\.0| License)?|BSD|GPL|木兰)[ -]?(?:License|许可证|协议)|LICENSE\\b", re.IGNORECASE),
    re.compile(
        "\\b(?:Commits?|Pull requests?|Issues|Forks?|Stars?|Watch(?:ers)?|Releases|Branches|Tags)\\b|提交记录|分支|克隆/下载|源代码|版本库"
    ),
    re.compile("\\.(?:py|js|ts|go|java|rs|md|toml|json|ya?ml)(?=\\s|$)", re.MULTILINE),
)
_SOFTWARE_WORDS = (
    "GitHub", "github", "Gitee", "gitee", "GitLab", "gitlab", "GitCode", "Gitea", "Bitbucket", "码云", "npm", "PyPI", "pip", "README", "docker",
    "License", "LICENSE", "许可证", "镜像站", "git clone", "Read the Docs", "docs.rs",
)  # fmt: skip
"""One of these stands on every software page: without them the patterns are not tried."""
_SOFTWARE_SAID_WITHIN = 6_000
_FEWEST_SOFTWARE_MARKS = 3
_NEWS_MARKS = (
    re.compile("来\\s?源\\s?[:：]"),
    re.compile("发布(?:时间|日期|于)|更新(?:时间|日期|于)|发表(?:时间|日期|于)|发稿(?:时间|日期|于)"),
    re.compile("记者|通讯员|本报讯|据[一-鿿]{2,10}(?:报道|消息|介绍|通报)"),
    re.compile("责任编辑|编辑\\s?[:：]|责编|审核\\s?[:：]|作者\\s?[:：]"),
    re.compile(
        "上一篇|下一篇|相关(?:阅读|新闻|文章|推荐)|分享到|阅读(?:量|数|次数|\\s?[:：(（]?\\d)|浏览(?:量|次数)|点击(?:量|数|次数)|收藏|评论"
    ),
    re.compile("字号|字体\\s?[:：]|打印本页|打印\\b"),
)
_DATE_LINE = re.compile("[0-9]{4}[-年/.][0-9]{1,2}[-月/.][0-9]{1,2}日?\\s+[0-9]{1,2}:[0-9]{2}")
_PUBLISHED = 1
"""Place of the mark that a bare date with an hour also is."""
_ARTICLE_TAGS = {"articletitle", "pubdate", "article:published_time", "og:release_date", "contentsource"}
_FEWEST_NEWS_MARKS = 2
_PARAGRAPH = 60
_MARGIN = 4_000
_FEWEST_PARAGRAPHS = 2
_LEADS_TO_QUERY = re.compile("查询|查验|验证|核验|官网|官方|平台|cx\\.mem|zlaq|cnse", re.IGNORECASE)
_PHONES = frozenset((Profile.PHONE, Profile.WECHAT, Profile.RENDERED_PHONE))
_DESKS = frozenset((Profile.DESKTOP, Profile.RENDERED))


class OfficialHostDetector:
    """Says that a host is official. The strongest word against a suspicion."""

    name = "official_host"

    def __init__(self, roster: Roster) -> None:
        self._roster = roster

    def examine(self, observation: Observation) -> tuple[Signal, ...] | Skip:
        """Return the one reason why the host is official, or nothing."""
        host = observation.candidate.host
        if not host:
            return Skip(detector=self.name, cause="没有网址，无法与官方网站名录核对")
        site = self._roster.site_of(host)
        if site:
            return (signal("official.rostered", Quote(where="host", text=host), host=host, name=site.name),)
        if is_government_host(host):
            return (signal("official.government_host", Quote(where="host", text=host), host=host),)
        return ()


class PageKindDetector:
    """Recognises pages that are no query site: parked names, software pages, articles, guides that lead to the official site."""

    name = "page_kind"

    def __init__(self, roster: Roster) -> None:
        self._roster = roster

    def examine(self, observation: Observation) -> tuple[Signal, ...] | Skip:
        """Return what kind the pages are, if one of these, or that only some visitors are shown a query."""
        seen = examine_pages(self.name, observation, self._roster, self._look)
        if isinstance(seen, Skip):
            return seen
        for capture in observation.captures:
            if original := archived_original(capture, self._roster):
                return (signal("page.archive", quote("url", capture.final_url), official=original),)
        captures = unofficial_captures(observation, self._roster)
        queries = [capture for capture in captures if _is_query(capture.page)]
        # A query is a query, whatever stands around it or is shown to others: fakes carry news columns, links to the
        # real site, and an innocent face for inspectors.
        return _cloaked(captures, queries) if queries else seen

    def _look(self, capture: Capture, host: str) -> Iterator[Signal]:
        page = capture.page
        if is_code_host(host):
            yield signal("page.open_source", quote("host", host), term=host)
        elif parked := parked_words(page):
            yield signal("page.parked", parked)
        elif software := _software(page):
            yield signal(
                "page.open_source", software, term=software.text[software.start : software.end] or software.text
            )
        elif article := _article(page):
            yield signal("page.news", article)
        yield from self._official_links(page)

    def _official_links(self, page: PageContent) -> Iterator[Signal]:
        sites = {place: self._roster.site_of(host) for place, host in hosts_in(link.url for link in page.links).items()}
        queries = {place: site for place, site in sites.items() if site and site.kind is SiteKind.QUERY_SITE}
        for link in page.links if queries else ():
            site = queries.get(link.url.split("/", 3)[2])
            if site and _LEADS_TO_QUERY.search(link.text):
                yield signal("link.official_only", quote("link", f"{link.text} {link.url}"), official=site.host)
                return


def _is_query(page: PageContent) -> bool:
    return bool(certificate_form(page) or shown_certificate(page))


def _cloaked(captures: Sequence[Capture], queries: Sequence[Capture]) -> tuple[Signal, ...]:
    """Return the signal for a query that phones are shown and desks are not."""
    on_phone = [capture for capture in queries if capture.profile in _PHONES]
    on_desk = [capture for capture in captures if capture.profile in _DESKS]
    if not on_phone or not on_desk or any(capture in queries or not capture.page.text for capture in on_desk):
        return ()
    words = on_phone[0].page.title or on_phone[0].page.text[:30]
    return (signal("page.cloaked", quote("text", on_phone[0].page.text), term=words),)


def parked_words(page: PageContent) -> Quote | None:
    """Return the words by which a page says that it is parked, for sale or not built yet; None: it does not, or it says much else."""
    text = f"{page.title}\n{page.text}"
    is_short = len(text) <= _MOST_PARKED_TEXT
    found = _PARKED.search(text) if is_short and not _TOLD_OF_A_CASE(text) else None
    return quote("text", text, found.start(), found.end()) if found else None


def _software(page: PageContent) -> Quote | None:
    text = f"{page.title}\n{page.text[:30_000]}"
    first = text[:_SOFTWARE_SAID_WITHIN]
    if not any(word in first for word in _SOFTWARE_WORDS):
        return None
    found = [mark for pattern in _SOFTWARE if (mark := pattern.search(text))]
    if len(found) < _FEWEST_SOFTWARE_MARKS:
        return None
    return quote("text", text, found[0].start(), found[0].end())


def _article(page: PageContent) -> Quote | None:
    if sum(len(line) >= _PARAGRAPH for line in page.text[:30_000].split("\n")) < _FEWEST_PARAGRAPHS:
        return None
    # Source, date and editor stand above and below an article.
    text = page.text if len(page.text) <= 2 * _MARGIN else f"{page.text[:_MARGIN]}\n{page.text[-_MARGIN:]}"
    is_tagged = any(tag in _ARTICLE_TAGS or (tag == "og:type" and value == "article") for tag, value in page.metas)
    marks: list[re.Match[str]] = []
    for place, pattern in enumerate(_NEWS_MARKS):
        if mark := pattern.search(text) or (_DATE_LINE.search(text) if place == _PUBLISHED else None):
            marks.append(mark)
        if len(marks) + 2 * is_tagged >= _FEWEST_NEWS_MARKS:
            return quote("text", text, marks[0].start(), marks[0].end()) if marks else quote("title", page.title)
    return None
