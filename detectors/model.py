"""What was seen and what can be said about it: the values every room passes on.

Frozen values without behaviour beyond their own consistency. Instants are aware UTC, scores integer permille (0 to 1000),
hashes lower-case hex. A fact that could not be had is `Unknown(reason)`, never an empty value.
"""

import hashlib
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

__all__ = [
    "NO_SUCH_NAME", "SCREENSHOT", "Advert", "Assessment", "Attachment", "Candidate", "CandidateKind", "Capture", "Code", "Direction", "Discovery",
    "EvidenceKind", "Field", "FilingFacts", "FilingRecord", "Form", "Hop", "HostFacts", "Image", "Level", "Link", "Listing", "Observation",
    "OfficialSnapshot", "PageContent", "Picture", "Profile", "Quote", "Signal", "Skip", "TlsFacts", "Unknown",
]  # fmt: skip


SCREENSHOT = "screenshot"
"""`Picture.where` of a page drawn by our own browser."""


class CandidateKind(StrEnum):
    """What sort of thing is suspected."""

    SITE = "site"
    LISTING = "listing"
    ADVERT = "advert"
    TEXT = "text"
    APP = "app"
    MINI_PROGRAM = "mini_program"
    ACCOUNT = "account"
    CERTIFICATE_PHOTO = "certificate_photo"


class Profile(StrEnum):
    """As whom a page was asked for: cloaked pages answer a phone and a desk differently."""

    DESKTOP = "desktop"
    PHONE = "phone"
    WECHAT = "wechat"
    RENDERED = "rendered"
    """A browser ran the page's scripts (desktop)."""
    RENDERED_PHONE = "rendered_phone"
    FILE = "file"
    """Handed in by staff: no request was made."""


class EvidenceKind(StrEnum):
    """What an attachment is, so that staff find it."""

    BODY = "body"
    RESPONSE = "response"
    SCREENSHOT = "screenshot"
    HOST_FACTS = "host_facts"
    LISTING = "listing"
    ADVERT = "advert"
    IMAGE = "image"
    """A picture a listing shows; `Attachment.label` is its address."""


class Direction(StrEnum):
    """Whether a signal speaks for or against the suspicion."""

    FOR = "for"
    AGAINST = "against"


class Level(StrEnum):
    """机器初判 in three steps."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


@dataclass(frozen=True, slots=True)
class Unknown:
    """A fact that could not be had, and why (one Chinese sentence for staff)."""

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Discovery:
    """How we came upon something: the first question in court."""

    source: str
    """`lookalike`, `engine:baidu`, `platform:<name>`, `file:<file name>`, `snapshot`."""
    found_at: datetime
    query: str = ""
    """The keyword asked; empty: not found by a query."""
    rank: int | None = None
    """Position in the result (1 first) or row of the file; None: has no place."""
    detail: str = ""
    """Where exactly, e.g. the result page's address or the technique of a name; empty: nothing to add."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """疑似对象: something nobody has judged yet."""

    kind: CandidateKind
    url: str
    """Canonical URL; empty: it has none (a pasted text)."""
    host: str = ""
    """Lower-case A-label host name; empty: no address."""
    registrable_domain: str = ""
    """The part somebody registered, private suffixes counted; empty: no host, or an IP address."""
    key: str = ""
    """What makes it the same thing the next time; empty: the host for a site, else the URL."""
    discovery: Discovery

    @property
    def identity(self) -> str:
        """Return the 16 hex digits by which a second sighting is recognised."""
        if self.key:
            key = self.key
        elif self.kind is CandidateKind.SITE:
            key = self.host
        else:
            key = self.url
        return _digest(self.kind.value, key)[:16]


@dataclass(frozen=True, slots=True, kw_only=True)
class Hop:
    """One redirect: who answered what and sent us where."""

    url: str
    status: int
    location: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One field of a form, as a visitor sees it."""

    name: str = ""
    type: str = "text"
    placeholder: str = ""
    label: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """A form, or a group of inputs outside any form (then `action` is empty)."""

    action: str = ""
    """Absolute URL it posts to; empty: handled by script or the page itself."""
    method: str = "get"
    fields: tuple[Field, ...] = ()
    button: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A link with its absolute address and its words."""

    url: str
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Image:
    """An image with its absolute address."""

    url: str
    alt: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PageContent:
    """What an HTML page says and holds. Made by `detectors.pages.read.read_page`."""

    title: str = ""
    text: str = ""
    """Visible text, one block a line; empty: nothing to see without scripts."""
    footer: str = ""
    """The part of the text that stands in the page's foot; empty: none was recognised."""
    headings: tuple[str, ...] = ()
    metas: tuple[tuple[str, str], ...] = ()
    """(name or property in lower case, content) in page order."""
    forms: tuple[Form, ...] = ()
    links: tuple[Link, ...] = ()
    images: tuple[Image, ...] = ()
    scripts: tuple[str, ...] = ()
    """Absolute addresses of external scripts."""
    styles: tuple[str, ...] = ()
    """Absolute addresses of external style sheets."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Capture:
    """What the web answered once, under one profile."""

    profile: Profile
    requested_url: str
    final_url: str
    status: int
    captured_at: datetime
    redirects: tuple[Hop, ...] = ()
    headers: tuple[tuple[str, str], ...] = ()
    content_type: str = ""
    body_sha256: str = ""
    """Of the raw bytes; empty: there was no body."""
    body_bytes: int = 0
    is_truncated: bool = False
    """The body went on past our limit."""
    html: str = ""
    """Decoded markup; empty: not HTML, or kept only in the evidence vault."""
    page: PageContent = PageContent()
    screenshot_sha256: str = ""
    """Empty: no screenshot was taken."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TlsFacts:
    """The certificate the host showed."""

    subject: str
    issuer: str
    names: tuple[str, ...]
    not_before: datetime
    not_after: datetime
    sha256: str


_NOT_ASKED = Unknown("尚未查询")
NO_SUCH_NAME = Unknown("域名不存在（NXDOMAIN）")
"""Why a host has no addresses: name servers said for certain that there is no such name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FilingRecord:
    """One row of the filing registry: a domain, app or mini-program and who stands behind it."""

    domain: str
    """Registrable domain (A-labels) or IP address; empty: an app or mini-program."""
    number: str
    """The service's number, e.g. 苏ICP备12001234号-1; empty: a person looked and the registry had no filing."""
    holder: str = ""
    """主办单位; empty: the export does not name it."""
    holder_kind: str = ""
    """单位性质, e.g. 企业, 个人, 政府机关; empty: not given."""
    site_name: str = ""
    approved_on: date | None = None
    status: str = ""
    """As the export words it; empty: not given, which means valid."""
    is_cancelled: bool = False
    looked_on: date | None = None
    """When a person looked it up by hand; None: it stands in the imported registry."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FilingFacts:
    """What the imported filing registry says about a host and about the numbers that its pages print."""

    domain: str
    """The domain that was looked up."""
    registry_on: date | None
    """As of when the imported registry is; None: none is imported, a person's answer is all there is."""
    own: tuple[FilingRecord, ...] = ()
    """Records of the domain; empty: the registry knows none."""
    of_numbers: tuple[tuple[str, tuple[FilingRecord, ...]], ...] = ()
    """(main number printed, some of its records); no records: the registry does not know the number."""
    provinces: str = ""
    """Letters of the provinces whose numbers the registry holds: a province's own export knows no other's."""
    is_shared_domain: bool = False
    """Strangers get names below this domain (hosting services), so its filing says nothing about this host."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HostFacts:
    """What registries and the network say about a host. Every fact may be `Unknown`."""

    addresses: tuple[str, ...] | Unknown = _NOT_ASKED
    cname: str | Unknown = _NOT_ASKED
    """Empty: the name has no alias."""
    nameservers: tuple[str, ...] | Unknown = _NOT_ASKED
    registrar: str | Unknown = _NOT_ASKED
    registered_on: date | Unknown = _NOT_ASKED
    tls: TlsFacts | Unknown = _NOT_ASKED
    country: str | Unknown = _NOT_ASKED
    """ISO 3166 alpha-2 of the address."""
    filing: str | Unknown = _NOT_ASKED
    """ICP number the registry gives for the domain; empty: the registry knows no filing."""
    filings: FilingFacts | Unknown = _NOT_ASKED
    """The records behind it, also those of the numbers the pages print."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """商品/信息条目: what a shop or board offers."""

    platform: str
    item_id: str
    title: str
    text: str = ""
    price_text: str = ""
    price_cny: float | None = None
    """None: no price could be read."""
    seller: str = ""
    """Keyed pseudonym of the seller; empty: not shown."""
    area: str = ""
    published_at: datetime | None = None
    image_urls: tuple[str, ...] = ()
    is_delisted: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Advert:
    """搜索广告: a paid row of a result page. Kept whether or not its link was ever followed."""

    engine: str
    query: str
    page: int
    slot: int
    """Place among the adverts of its page, 1 first."""
    title: str
    text: str = ""
    advertiser: str = ""
    wrapper_url: str = ""
    """The engine's counting link; never followed unless policy says so."""
    target_url: str = ""
    """Where it leads, when the row says so itself; empty: not said."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Code:
    """One QR or bar code in a picture."""

    text: str
    kind: str = ""
    """`QR Code`, `Code 128` …, as the decoder calls it; empty: not told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """What a picture shows once its codes are decoded and its print is recognised. Made in `pipelines.pictures`."""

    where: str
    """Address, file name, or `SCREENSHOT`."""
    sha256: str = ""
    """Of the file's bytes; empty: there were none."""
    codes: tuple[Code, ...] = ()
    text: str = ""
    """Recognised print, one line of the picture per line; empty: none was found, or it was not looked for."""
    failure: str = ""
    """What could not be read and why (one Chinese sentence without its full stop); empty: all was."""
    was_opened: bool = False
    """Its pixels were looked at: `failure` then tells what was left out (later frames, the end of a long strip), not that nothing was seen."""

    @property
    def is_unreadable(self) -> bool:
        """Say whether nothing is known of it: it shows no code and no print only because it could not be opened."""
        return bool(self.failure) and not (self.was_opened or self.codes or self.text)


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """Bytes to put into the evidence vault before anything is judged."""

    kind: EvidenceKind
    media_type: str
    content: bytes
    label: str = ""
    """For staff, e.g. the profile; empty: the kind says it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    """观测记录: a candidate with all that was seen of it at one time. What a source yields and a detector reads."""

    candidate: Candidate
    observed_at: datetime
    captures: tuple[Capture, ...] = ()
    """The first is the plain look; empty: no page was asked for, or none answered."""
    facts: HostFacts = HostFacts()
    listing: Listing | None = None
    advert: Advert | None = None
    title: str = ""
    """Handed-in title, where there is no page; empty: none."""
    text: str = ""
    """Handed-in text, where there is no page; empty: none."""
    pictures: tuple[Picture, ...] = ()
    """Pictures that were read; empty: there were none, or nobody read them."""
    attachments: tuple[Attachment, ...] = field(default=(), repr=False)
    failure: str = ""
    """Why nothing was seen (one Chinese sentence); empty: something was."""
    is_walled: bool = False
    """A platform asked for a person or refused us: what stands behind its wall was not seen."""

    @property
    def identity(self) -> str:
        """Return the 24 hex digits of what was seen: the same content seen again has the same identity."""
        seen = [f"{c.profile.value}:{c.status}:{c.body_sha256}" for c in self.captures]
        listing = self.listing
        if listing:
            seen += [listing.title, listing.text, listing.price_text, str(listing.is_delisted)]
        if self.advert:
            seen += [self.advert.title, self.advert.text, self.advert.advertiser]
        # A screenshot is never twice the same to the byte.
        seen += [f"picture:{one.sha256}" for one in self.pictures if one.where != SCREENSHOT]
        return _digest(self.candidate.identity, self.title, self.text, self.failure, *seen)[:24]


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """A place in what was seen, so that staff can look for themselves."""

    where: str
    """`host`, `url`, `title`, `heading`, `image`, `top`, `text`, `bottom`, `footer`, `form`, `meta`, `link`, `listing`, `advert`, `facts`."""
    text: str
    """The passage, cut to about 120 characters around the hit."""
    start: int = 0
    """Offset of the hit inside `text`."""
    end: int = 0
    """Offset after the hit; equal to `start`: the whole passage is the hit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Signal:
    """命中: one reason for or against, with its proof."""

    code: str
    """Stable, `noun.what`, a row of `detectors.ruleset.RULES`."""
    direction: Direction
    strength_permille: int
    reason: str
    """One Chinese sentence for staff."""
    data: tuple[tuple[str, str], ...] = ()
    """The values the sentence was made of."""
    quotes: tuple[Quote, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Skip:
    """A detector that did not run, and why. Silence is never "found nothing"."""

    detector: str
    cause: str
    """One Chinese sentence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessment:
    """机器初判: the score opens to its signals. Never called a verdict."""

    score_permille: int
    level: Level
    signals: tuple[Signal, ...] = ()
    """Strongest first, for before against."""
    skips: tuple[Skip, ...] = ()
    imitates: str = ""
    """Rostered host it seems to imitate; empty: none in particular."""
    ruleset_version: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OfficialSnapshot:
    """A page of a rostered site as it was when staff last refreshed it; clones are measured against it."""

    host: str
    url: str
    taken_at: datetime
    html: str
    page: PageContent
    screenshot_sha256: str = ""
    """Empty: no screenshot was taken."""
    screenshot_hash: str = ""
    """Difference hash of the screenshot (`detectors.pages.likeness`); empty: none, or too even to tell anything."""
    icon_sha256: str = ""
    """Of the site icon's bytes; empty: it was not had."""
    icon_hash: str = ""
    """Difference hash of the site icon; empty: as above."""


def _digest(*parts: str) -> str:
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()
