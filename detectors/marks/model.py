"""Marks and who wears them: the values of this room."""

from dataclasses import dataclass
from enum import StrEnum

from detectors.pages.remembered import Remembered

__all__ = ["Family", "Mark", "MarkKind", "Picture", "Standing", "Tally", "lowered"]

lowered: Remembered[str, str] = Remembered(str.lower)
"""Return markup in lower case: every reader of this room looks for words in it before it reads."""


class MarkKind(StrEnum):
    """What sort of mark it is; worth and reason stand in `data/kinds.csv`."""

    BAIDU_TONGJI = "baidu_tongji"
    CNZZ = "cnzz"
    LA51 = "la51"
    GOOGLE_ANALYTICS = "google_analytics"
    GOOGLE_TAG = "google_tag"
    ADSENSE = "adsense"
    OTHER_STATISTICS = "other_statistics"
    SITE_VERIFICATION = "site_verification"
    CUSTOMER_SERVICE = "customer_service"
    WECHAT = "wechat"
    QQ = "qq"
    MOBILE = "mobile"
    LANDLINE = "landline"
    EMAIL = "email"
    TELEGRAM = "telegram"
    WECHAT_CODE = "wechat_code"
    PUBLIC_CODE = "public_code"
    LIVE_CODE = "live_code"
    SHORT_LINK = "short_link"
    PAYMENT_CODE = "payment_code"
    SELLER = "seller"
    ADVERTISER = "advertiser"
    DOMAIN = "domain"
    FILED_NUMBER = "filed_number"
    PRINTED_NUMBER = "printed_number"
    POLICE_NUMBER = "police_number"
    CERTIFICATE = "certificate"
    CERTIFICATE_SUBJECT = "certificate_subject"
    FAVICON = "favicon"
    IMAGE = "image"
    IMAGE_LOOK = "image_look"
    IMAGE_ADDRESS = "image_address"
    RESOURCE_SET = "resource_set"
    THEME = "theme"
    BUILD_FILE = "build_file"
    INLINE_SCRIPT = "inline_script"
    RESOURCE_HOST = "resource_host"
    ADDRESS = "address"
    NAME_SERVER = "name_server"


class Family(StrEnum):
    """Marks of one family have one cause; only the strongest of them counts for a bond."""

    ACCOUNT = "account"
    """Accounts with statistics, advert and chat services."""
    CONTACT = "contact"
    MONEY = "money"
    OWNER = "owner"
    """Domain, seller, advertiser, filing with the registry."""
    FOOTER = "footer"
    """Numbers printed on the page, true or copied."""
    CERTIFICATE = "certificate"
    PICTURE = "picture"
    KIT = "kit"
    HOSTING = "hosting"


@dataclass(frozen=True, slots=True, order=True)
class Mark:
    """One mark in its normal form. Two marks are the same if kind and value are."""

    kind: MarkKind
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """What was read from one picture, by whoever looked at it."""

    sha256: str
    """Empty: a picture of the page itself, whose bytes say nothing."""
    look: str = ""
    """Perceptual hash, hex; empty: none was made."""
    codes: tuple[str, ...] = ()
    """What its QR and bar codes say."""
    is_icon: bool = False
    """It is the site's favicon."""


class Standing(StrEnum):
    """As what somebody wears a mark."""

    OFFICIAL = "official"
    """A genuine site, or its stored page."""
    SUSPECT = "suspect"
    """A lead that nobody found to be innocent."""
    CLEARED = "cleared"
    """A lead dismissed as no counterfeit."""
    BYSTANDER = "bystander"
    """Seen, but too weak to become a lead."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """How many different owners wear a mark, each counted once: official before suspect before cleared before bystander."""

    officials: int = 0
    suspects: int = 0
    cleared: int = 0
    bystanders: int = 0
