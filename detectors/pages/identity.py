"""Who a page says it is: a claim counts where a site names itself (title, header, foot, site tags), never where it speaks of others."""

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from detectors.model import Capture, Observation, PageContent, Signal, Skip
from detectors.pages.bodies import BodyNames, ClaimKind
from detectors.pages.claims import PlacedClaim, claims_of
from detectors.pages.query_form import certificate_form
from detectors.pages.seen import examine_pages, host_of, plain_words, quote
from detectors.ruleset import signal
from keywords.hosts import canonical_host, registrable_domain
from keywords.roster import Roster

__all__ = ["ClaimedIdentityDetector"]

_CODES = {
    ClaimKind.SITE: "identity.claims_official_site",
    ClaimKind.AUTHORITY: "identity.claims_authority",
    ClaimKind.INVENTED: "identity.invented_body",
}
_WHERE_SCALE = {"title": 1000, "meta": 900, "footer": 1000, "heading": 1000, "image": 800, "top": 900, "bottom": 600}
_MENTIONABLE = frozenset(("heading", "image", "top", "bottom"))
_GENERIC_SCALE = 700
_LINKED_AWAY_SCALE = 450
_LOOKED_AT_TEXT = 20_000
_MANDATE = re.compile(
    "(?:唯一|指定)(?:官方|权威|合法)?[^，。；\n]{0,10}(?:查询|验证|核验|认证)[^，。；\n]{0,6}(?:网站|平台|系统|渠道|机构)"
    "|(?:经|由|受)(?:国家|国务院|中央|应急管理部|住房和?城乡建设部|住建部|人社部|人力资源和?社会保障部|市场监管总局)[^，。；\n]{0,16}(?:批准|授权|指定|委托|认可|主管)"
    "|国家级[^，。；\n]{0,12}(?:机构|平台|中心)|(?:全国|国家)统一[^，。；\n]{0,8}(?:查询|验证|认证)(?:平台|系统|网站|入口)|配套查询(?:网站|平台)"
)
"""How invented bodies describe themselves."""


class ClaimedIdentityDetector:
    """Finds claims to be an official site, a state body or an invented one, and head tags of another site."""

    name = "claimed_identity"

    def __init__(self, roster: Roster) -> None:
        self._roster = roster
        self._bodies = BodyNames(roster)

    def examine(self, observation: Observation) -> tuple[Signal, ...] | Skip:
        """Return the claims of the pages, or why there were none to read."""
        return examine_pages(self.name, observation, self._roster, self._look)

    def _look(self, capture: Capture, host: str) -> Iterator[Signal]:
        page = capture.page
        elsewhere = {plain_words(link.text) for link in page.links if self._roster.is_official(host_of(link.url))}
        best: dict[tuple[ClaimKind, str], tuple[int, PlacedClaim]] = {}
        has_form = certificate_form(page) is not None
        for placed in claims_of(page, self._bodies, has_form=has_form):
            scale = _WHERE_SCALE[placed.where]
            if placed.claim.is_generic and not has_form:
                scale = scale * _GENERIC_SCALE // 1000
            if placed.where in _MENTIONABLE and placed.claim.text in elsewhere:
                # A directory's entry is worded like the site it leads to.
                scale = scale * _LINKED_AWAY_SCALE // 1000
            key = (placed.claim.kind, placed.claim.official or placed.claim.text)
            if key not in best or best[key][0] < scale:
                best[key] = (scale, placed)
        for scale, placed in best.values():
            yield signal(
                _CODES[placed.claim.kind],
                placed.quote,
                scale_permille=scale,
                claim=placed.claim.text,
                official=placed.claim.official,
            )
        if best and (mandate := _MANDATE.search(page.text[:_LOOKED_AT_TEXT])):
            shown = quote("text", page.text, mandate.start(), mandate.end())
            yield signal("identity.claims_mandate", shown, claim=plain_words(mandate.group()))
        yield from self._tag_mismatches(page, host)

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
                owner = next((site for site in self._roster.sites if site.site_code and site.site_code == value), None)
                if owner:
                    yield signal(
                        "identity.site_tags_mismatch",
                        quote("meta", f"SiteIDCode: {value}"),
                        tag="SiteIDCode",
                        claimed=f"{value}（{owner.name}）",
                        host=host,
                        official=owner.host,
                    )


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
