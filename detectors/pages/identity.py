"""Who a page says it is: a claim counts where a site names itself (title, header, foot, site tags), never where it speaks of others."""

import re
from collections.abc import Iterable, Iterator
from urllib.parse import urlsplit

from detectors.model import Capture, Observation, PageContent, Signal, Skip
from detectors.pages.bodies import ClaimKind
from detectors.pages.claims import PlacedClaim, claim_reader
from detectors.pages.copies import hosts_in, is_code_host
from detectors.pages.query_form import certificate_form
from detectors.pages.results import shown_certificate
from detectors.pages.seen import examine_pages, plain_words, quote
from detectors.ruleset import signal
from keywords.hosts import canonical_host, registrable_domain
from keywords.roster import Roster

__all__ = ["ClaimedIdentityDetector"]

_CODES = {
    ClaimKind.SITE: "identity.claims_official_site",
    ClaimKind.AUTHORITY: "identity.claims_authority",
    ClaimKind.INVENTED: "identity.invented_body",
}
_WHERE_SCALE = {
    "title": 1000,
    "meta": 900,
    "footer": 1000,
    "heading": 1000,
    "image": 800,
    "top": 900,
    "bottom": 600,
    "seat": 600,
}
_MENTIONABLE = frozenset(("heading", "image", "top", "bottom"))
_GENERIC_SCALE = 700
_LINKED_AWAY_SCALE = 450
_LOOKED_AT_TEXT = 20_000
_MANDATE_TEXT = 8_000
_MANDATE = re.compile(
    "(?:唯一|指定)(?:官方|权威|合法)?[^，。；\n]{0,10}(?:查询|验证|核验|认证)[^，。；\n]{0,6}(?:网站|平台|系统|渠道|机构|入口)"
    "|(?:经|由|受)(?:国家|国务院|中央|应急管理部|住房和?城乡建设部|住建部|人社部|人力资源和?社会保障部|市场监管总局)[^，。；\n]{0,16}(?:批准|授权|指定|委托|认可|主管)"
    "|国家级[^，。；\n]{0,12}(?:机构|平台|中心)|(?:全国|国家)统一[^，。；\n]{0,8}(?:查询|验证|认证)(?:平台|系统|网站|入口)|配套查询(?:网站|平台)"
)
"""How invented bodies describe themselves."""
_SOURCED = re.compile(
    "数据(?:全部|均|实时|直接)?(?:来源于|来源[:：]|来自于?|同步自?|直连|对接|取自)[^，。；\n]{0,8}(?:国家|应急管理部|应急部|住房和?城乡建设部|住建部|人社部|市场监管总局|部委|官方数据)"
    "|(?:信息|数据|结果)由[^，。；\\n]{0,16}(?:应急管理|住房和城乡建设|市场监督管理|建设)[部厅局]提供|(?:数据|结果)(?:实时)?(?:与|和|同)(?:官方|官网|部委|国家)[^，。；\\n]{0,8}(?:同步|一致|对接)"
)
"""How a query that names nobody says why its answers should be believed."""
_MANDATE_WORDS = ("唯一", "指定", "批准", "授权", "委托", "认可", "主管", "国家级", "统一", "配套")
_OWN_NAME = frozenset(("title", "heading", "image", "top", "meta"))
_COLUMN = re.compile(
    "政务公开|信息公开|政务服务|办事服务|网上办事|互动交流|政民互动|公众参与|领导信箱|局长信箱|市长信箱|政策解读|规范性文件|领导之窗|机构职能|机构设置|依法行政|行政许可|"
    "网站标识码|政府网站找错|党政机关|政府信息公开"
)
_EMBLEM = re.compile("国徽|党政机关|guohui|emblem|conac|dcs/(?:red|blue)|jiucuo", re.IGNORECASE)
_FEWEST_COLUMNS = 3
_SHOWN_COLUMNS = 5
_LOOKED_AT_IMAGES = 40


class ClaimedIdentityDetector:
    """Finds claims to be an official site, a state body or an invented one, and head tags of another site."""

    name = "claimed_identity"

    def __init__(self, roster: Roster) -> None:
        self._roster = roster
        self._claims = claim_reader(roster)
        self._coded = {site.site_code: site for site in roster.sites if site.site_code}

    def examine(self, observation: Observation) -> tuple[Signal, ...] | Skip:
        """Return the claims of the pages, or why there were none to read."""
        return examine_pages(self.name, observation, self._roster, self._look)

    def _look(self, capture: Capture, host: str) -> Iterator[Signal]:
        if is_code_host(host):
            return  # nobody gets a page of their own there: what names a state body is shown code or somebody's words
        page = capture.page
        best = self._strongest(page)
        for scale, placed in best.values():
            yield signal(
                _CODES[placed.claim.kind],
                placed.quote,
                scale_permille=scale,
                claim=placed.claim.text,
                official=placed.claim.official,
            )
        if mandate := _mandate(page, is_posing=bool(best)):
            shown = quote("text", page.text, mandate.start(), mandate.end())
            yield signal("identity.claims_mandate", shown, claim=plain_words(mandate.group()))
        if best:
            yield from _government_layout(page, best.values())
        yield from self._tag_mismatches(page, host)

    def _strongest(self, page: PageContent) -> dict[tuple[ClaimKind, str], tuple[int, PlacedClaim]]:
        """Return each different claim at the place where it weighs most."""
        best: dict[tuple[ClaimKind, str], tuple[int, PlacedClaim]] = {}
        has_form = certificate_form(page) is not None
        # Who shows one person's certificate answers a query nobody sees.
        answers = has_form or shown_certificate(page) is not None
        claims = self._claims.claims_of(page, has_form=answers)
        elsewhere = self._led_to(page) if any(placed.where in _MENTIONABLE for placed in claims) else frozenset()
        for placed in claims:
            scale = _WHERE_SCALE[placed.where]
            if placed.claim.is_generic and not has_form:
                scale = scale * _GENERIC_SCALE // 1000
            if placed.where in _MENTIONABLE and placed.claim.text in elsewhere:
                # A directory's entry is worded like the site it leads to.
                scale = scale * _LINKED_AWAY_SCALE // 1000
            key = (placed.claim.kind, placed.claim.official or placed.claim.text)
            if key not in best or best[key][0] < scale:
                best[key] = (scale, placed)
        return best

    def _led_to(self, page: PageContent) -> frozenset[str]:
        """Return the words of the links that lead to official sites."""
        hosts = hosts_in(link.url for link in page.links)
        official = {place for place, host in hosts.items() if self._roster.is_official(host)}
        led_to = (link.text for link in page.links if link.url.split("/", 3)[2] in official) if official else ()
        return frozenset(map(plain_words, led_to))

    def _tag_mismatches(self, page: PageContent, host: str) -> Iterator[Signal]:
        if not host:
            return
        for tag, value in page.metas:
            if tag == "sitedomain" and value and not _names_host(value, host):
                yield signal(
                    "identity.site_tags_mismatch",
                    quote("meta", f"SiteDomain: {value}"),
                    tag="SiteDomain",
                    claimed=value[:80],
                    host=host,
                )
            elif tag == "siteidcode":
                owner = self._coded.get(value)
                if owner:
                    yield signal(
                        "identity.site_tags_mismatch",
                        quote("meta", f"SiteIDCode: {value}"),
                        tag="SiteIDCode",
                        claimed=f"{value}（{owner.name}）",
                        host=host,
                        official=owner.host,
                    )


def _mandate(page: PageContent, *, is_posing: bool) -> re.Match[str] | None:
    """Return the words by which a body, or a query that names nobody as its owner, gives itself the state's authority."""
    text = page.text[:_MANDATE_TEXT]
    if (
        (is_posing or shown_certificate(page))
        and any(word in text for word in _MANDATE_WORDS)
        and (found := _MANDATE.search(text))
    ):
        return found
    return _SOURCED.search(text) if is_posing or certificate_form(page) else None


def _names_host(value: str, host: str) -> bool:
    """Say whether a SiteDomain tag (a host, several, or a URL) names this host or one of its own domain."""
    for name in re.split(r"[,;，；\s]+", value):
        try:
            named = canonical_host(urlsplit(name if "://" in name else f"//{name}").hostname or "")
        except (ValueError, UnicodeError):
            continue
        if named == host or (registrable_domain(host) and registrable_domain(named) == registrable_domain(host)):
            return True
    return False


def _government_layout(page: PageContent, claims: Iterable[tuple[int, PlacedClaim]]) -> Iterator[Signal]:
    """Yield the columns and marks of a government site, on a page that gives itself a state body's name."""
    if not any(placed.where in _OWN_NAME and placed.claim.kind is not ClaimKind.INVENTED for _, placed in claims):
        return
    seen = [*dict.fromkeys(_COLUMN.findall(page.text[:_LOOKED_AT_TEXT]))]
    seen += [
        image.alt or "国徽" for image in page.images[:_LOOKED_AT_IMAGES] if _EMBLEM.search(f"{image.alt} {image.url}")
    ][:1]
    if len(seen) >= _FEWEST_COLUMNS:
        terms = "、".join(seen[:_SHOWN_COLUMNS])
        place = page.text.find(seen[0])
        yield signal("identity.government_layout", quote("text", page.text, place, place + len(seen[0])), term=terms)
