"""All settings: one `jianwei.toml`, every key also as an environment variable, validated at start, unknown names refused.

`[dns] nameservers` of the file is `JIANWEI_DNS__NAMESERVERS` in the environment (lists and tables as JSON); the environment wins.
All state lives under one folder, `JIANWEI_HOME` (default `./var`); the file is `$JIANWEI_HOME/jianwei.toml` unless named.
"""

import base64
import ipaddress
import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec
from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError, field_validator

from pipelines.errors import SettingInvalid

__all__ = [
    "CertstreamFeed", "CrawlSettings", "CtFeed", "DnsSettings", "EgressSettings", "ElasticsearchSettings", "FactLifetimes", "FactsSettings", "FeedSettings",
    "FileSettings", "FolderFeed", "OrganisationSettings", "ReviewUiSettings", "ScheduleSettings", "Settings", "StoreSettings", "SweepSettings",
    "WorkersSettings", "load_settings",
]  # fmt: skip

ENV_PREFIX = "JIANWEI_"
_NOT_SETTINGS = {"JIANWEI_HOME", "JIANWEI_CONFIG"}


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class DnsSettings(_Table):
    """Which name servers are asked."""

    nameservers: tuple[str, ...] = ()
    """`address` or `address:port`; empty: the system's."""
    timeout_s: float = Field(default=2.5, gt=0, le=60)
    attempts: int = Field(default=2, ge=1, le=5)
    concurrency: int = Field(default=50, ge=1, le=500)

    @field_validator("nameservers")
    @classmethod
    def _each_is_an_address(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for entry in value:
            host, _, port = entry.rpartition(":") if entry.count(":") == 1 else (entry, "", "53")
            ipaddress.ip_address(host.strip("[]"))
            if not (port.isdigit() and 0 < int(port) < 65536):  # noqa: PLR2004 - the size of a port number
                raise ValueError(f"{entry}: not address:port")
        return value


class EgressSettings(_Table):
    """The one way out."""

    proxy: str = Field(default="", pattern=r"^(http://[^/\s]+/?)?$")
    """The organisation's forward proxy, `http://host:port`; empty: connect directly."""
    trusts_proxy_names: bool = False
    """The proxy refuses CONNECT to port 80: give it host names for plain http. Only where it blocks inner addresses itself."""
    allowed_networks: tuple[ipaddress.IPv4Network | ipaddress.IPv6Network, ...] = ()
    """Special-purpose networks that may be reached all the same, by name; empty: none."""
    allowed_ports: tuple[int, ...] = (80, 443, 8080, 8443)
    ca_file: Path | None = None
    """Further certificate authorities (PEM) for feeds, besides the usual ones; for a proxy that opens TLS, or a log of one's own."""
    contact_url: str = ""
    """Shown in our user agent to portals and search engines; empty: none."""


class CrawlSettings(_Table):
    """Limits of every visit."""

    concurrency: int = Field(default=8, ge=1, le=64)
    host_delay_s: float = Field(default=1.0, ge=0, le=600)
    """Between two requests to one registrable domain."""
    host_slots: int = Field(default=2, ge=1, le=16)
    """Requests to one registrable domain at once."""
    host_daily_budget: int = Field(default=500, ge=0, le=1_000_000)
    """Requests to one registrable domain a day, over all runs; 0: no limit. Engines and platforms have budgets of their own."""
    timeout_s: float = Field(default=20.0, gt=0, le=300)
    max_body_bytes: int = Field(default=4_000_000, ge=10_000, le=100_000_000)
    max_redirects: int = Field(default=6, ge=0, le=20)
    max_visit_s: float = Field(default=240.0, gt=0, le=3600)
    """After so long no further look at one suspect is begun."""
    max_visit_bytes: int = Field(default=40_000_000, ge=100_000)
    """Once so much evidence of one suspect is at hand, no further look is begun."""
    min_free_bytes: int = Field(default=1_000_000_000, ge=0)
    """With less room than this on the home folder's disk a run stops, to be resumed; 0: never."""
    renders: bool = True
    """Let Chromium run scripts and take screenshots."""
    max_screenshot_pixels: int = Field(default=12_000_000, ge=500_000)


class SweepSettings(_Table):
    """What a sweep asks."""

    sources: tuple[Literal["snapshots", "lookalikes", "engines", "platforms", "files", "rechecks"], ...] = (
        "snapshots", "lookalikes", "engines", "platforms", "files", "rechecks",
    )  # fmt: skip
    sites: tuple[str, ...] = ()
    """Hosts of the roster to protect; empty: all rows marked protected."""
    names_per_site: int = Field(default=1500, ge=0, le=100_000)
    engines: tuple[str, ...] = ("baidu", "so360")
    engine_definitions: tuple[Path, ...] = ()
    """Definition files (TOML) that replace shipped engines of the same name, or add further ones."""
    searxng_url: str = Field(default="", pattern=r"^(https?://[^\s]+)?$")
    """Address of the organisation's own SearXNG; empty: it has none."""
    engine_delay_s: float = Field(default=5.0, ge=0, le=3600)
    engine_budget: int = Field(default=30, ge=0, le=10_000)
    """Result pages asked of each engine in one day (in China), over all runs."""
    pages_per_query: int = Field(default=2, ge=1, le=50)
    platforms: tuple[str, ...] = ()
    """Names of platform definitions to sweep; empty: none."""
    platform_definitions: tuple[Path, ...] = ()
    """Further definition files (TOML) besides those shipped."""
    platform_budget: int = Field(default=20, ge=0, le=10_000)
    """Search pages asked of each platform in one day, over all runs."""
    recheck_budget: int = Field(default=300, ge=0, le=100_000)
    """Handed-over leads looked at again in one run, those longest due first."""
    obeys_robots: bool = True
    """Heed the robots.txt of engines and platforms; may be off only with their leave or another legal basis."""
    wrapper_budget: int = Field(default=60, ge=0, le=10_000)
    """Counting links opened per engine and run, where a row does not say where it leads; each is one more request to the engine."""
    follows_advert_wrappers: bool = False
    """Following an advert's counting link costs the advertiser money and may count as a click."""
    reads_pictures: bool = True
    """Read codes and print in screenshots and in the pictures of listings, in processes of their own."""


class ScheduleSettings(_Table):
    """How often `jianwei schedule` runs what; 0: never."""

    sweep_h: float = Field(default=24.0, ge=0, le=8760)
    rechecks_h: float = Field(default=2.0, ge=0, le=8760)
    """The plan decides which leads are due; this is how often it is asked."""
    names_h: float = Field(default=6.0, ge=0, le=8760)
    """Watched names that are due."""


class FactLifetimes(_Table):
    """How long an answer is believed before it is asked for again."""

    positive_s: float = Field(ge=0, le=31_536_000)
    """There is something: a registration, an address, a certificate."""
    negative_s: float = Field(ge=0, le=31_536_000)
    """There is surely nothing: not registered, no such name."""
    failed_s: float = Field(ge=0, le=31_536_000)
    """We could not learn it."""


class FactsSettings(_Table):
    """How names are surveyed: DNS rounds, certificate, registries, network table."""

    rounds: int = Field(default=3, ge=1, le=9)
    """Times DNS is asked about each name; more than half of them decide."""
    round_gap_s: float = Field(default=1.0, ge=0, le=600)
    """Between two rounds."""
    concurrency: int = Field(default=32, ge=1, le=200)
    """Names surveyed at once."""
    timeout_s: float = Field(default=10.0, gt=0, le=120)
    """For one conversation with a registry or one look at a certificate."""
    tls_port: int = Field(default=443, ge=1, le=65535)
    """Where certificates are looked at; must be among `egress.allowed_ports`."""
    server_slots: int = Field(default=1, ge=1, le=50)
    """Questions to one registry server at once."""
    server_interval_s: float = Field(default=1.0, ge=0, le=3600)
    """Between two questions to one registry server."""
    patience_s: float = Field(default=15.0, ge=0, le=3600)
    """How long we wait for a registry that asked us to; beyond, the fact is unknown for now."""
    rdap_servers: dict[str, Annotated[str, Field(pattern=r"^(https?://[^\s/]+(/\S*)?)?$")]] = {}
    """Suffix → base URL, besides and before those shipped; empty: none for this suffix."""
    whois_servers: dict[str, Annotated[str, Field(pattern=r"^([A-Za-z0-9.-]+(:\d{1,5})?)?$")]] = {}
    """Suffix → `host` or `host:port`, besides and before those shipped; empty: none for this suffix."""
    whois_port: int = Field(default=43, ge=1, le=65535)
    """Port of WHOIS servers that are named without one."""
    follows_referrals: bool = True
    """Ask the registrar's WHOIS server the registry refers to, once."""
    network_table: Path | None = None
    """CSV (`cidr` or `start`,`end`; `asn`, `owner`, `country`, `province`) used in place of the shipped network table."""
    keeps_dns: FactLifetimes = FactLifetimes(positive_s=600, negative_s=300, failed_s=60)
    keeps_tls: FactLifetimes = FactLifetimes(positive_s=21_600, negative_s=3600, failed_s=600)
    keeps_registration: FactLifetimes = FactLifetimes(positive_s=86_400, negative_s=3600, failed_s=600)


class FileSettings(_Table):
    """Files the sweep reads."""

    names: tuple[Path, ...] = ()
    """Lists of host names, one a line."""
    listings: tuple[Path, ...] = ()
    """Listings as a platform exports them: CSV, XLSX, JSON, JSON Lines."""


class _Feed(_Table):
    """What every feed has."""

    name: str = Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$")
    """How staff call it; its bookmark goes by this name."""
    poll_s: float = Field(default=30.0, gt=0, le=86_400)
    """Pause between two looks once everything is read; with `--once`, how long a stream is listened to."""
    silent_s: float = Field(default=900.0, gt=0, le=604_800)
    """A server that has not answered for so long is an alarm."""


class CtFeed(_Feed):
    """A Certificate Transparency log."""

    kind: Literal["static_ct", "rfc6962"]
    url: str = Field(pattern=r"^https?://[^/?#\s]+(/[^?#\s]*)?$")
    """Monitoring prefix (static-ct) or log URL (RFC 6962, without `/ct/v1`)."""
    public_key: str = ""
    """Base64 of the log's SubjectPublicKeyInfo, as log lists print it; empty: signatures are not checked."""
    batch: int = Field(default=1000, ge=1, le=10_000)
    """Entries asked for at once; the server may give fewer. Static logs give 256."""
    tries: int = Field(default=5, ge=1, le=20)
    """Attempts at one answer before the entries become a gap."""
    frozen_s: float = Field(default=172_800.0, gt=0)
    """A log that has not grown for so long is an alarm. A log must sign anew within a day, and a live one grows every minute."""

    @field_validator("public_key")
    @classmethod
    def _is_a_key(cls, value: str) -> str:
        if value and not (base64.b64decode(value, validate=True)[:1] == b"\x30"):
            raise ValueError("not the base64 of a public key (SubjectPublicKeyInfo, DER)")
        return value


class CertstreamFeed(_Feed):
    """A certstream-compatible websocket server. There is no default: run your own."""

    kind: Literal["certstream"]
    url: str = Field(pattern=r"^wss?://[^/?#\s]+(/[^#\s]*)?$")
    silent_s: float = Field(default=90.0, gt=0, le=604_800)
    """Servers send a heartbeat every half minute."""


class FolderFeed(_Feed):
    """A folder that new-domain lists and zone files are put into."""

    kind: Literal["folder"]
    path: Path
    """Below the home folder unless absolute."""
    column: str = ""
    """The column of the tables that holds the host or URL. Empty: it is found by its name or its cells; lists and zone files have none."""


FeedSettings = Annotated[CtFeed | CertstreamFeed | FolderFeed, Field(discriminator="kind")]


class ElasticsearchSettings(_Table):
    """The cluster, where `store.kind` is `elasticsearch`."""

    nodes: tuple[Annotated[str, Field(pattern=r"^https?://[^\s/@]+:\d{1,5}$")], ...] = ()
    """`https://host:port` of one node or several; with several, one may be down."""
    username: str = ""
    """Empty: no password is used."""
    password: SecretStr = SecretStr("")
    """Better in the environment or in `password_file` than in this file."""
    password_file: Path | None = None
    """One line; below the home folder unless absolute."""
    api_key: SecretStr = SecretStr("")
    """Encoded, as Elasticsearch prints it; used in place of a password. Empty: none."""
    api_key_file: Path | None = None
    """One line; below the home folder unless absolute."""
    ca_file: Path | None = None
    """Certificate authority (PEM) of the nodes; empty: the usual ones."""
    prefix: str = Field(default="jianwei", pattern=r"^[a-z][a-z0-9_-]{0,60}$")
    """Beginning of every index's name; two cases on one cluster have two prefixes."""
    shards: int = Field(default=1, ge=1, le=64)
    """Of the leads and observations, for indices made from now on; one holds some ten million."""
    replicas: int = Field(default=1, ge=0, le=5)
    """Copies besides the first; 0 on a cluster of one node, at least 1 where a node may be lost."""
    refresh_ms: int = Field(default=250, ge=10, le=60_000)
    """How soon others see what was written; whoever decides sees it at once."""
    timeout_s: float = Field(default=15.0, gt=0, le=300)
    """For one answer of one node; then another is asked."""
    patience_s: float = Field(default=20.0, ge=0, le=3600)
    """How long a write is tried again while the cluster recovers; reads a quarter of it."""


class StoreSettings(_Table):
    """Where documents live."""

    kind: Literal["sqlite", "elasticsearch"] = "sqlite"
    path: Path = Path("jianwei.sqlite")
    """The SQLite file, below the home folder unless absolute. With Elasticsearch it holds what belongs to this machine alone."""
    busy_timeout_s: float = Field(default=10.0, gt=0, le=120)
    elasticsearch: ElasticsearchSettings = ElasticsearchSettings()


class WorkersSettings(_Table):
    """Several workers on one sweep, and browsers apart from them, over a Redis they share."""

    redis_url: str = Field(default="", pattern=r"^((rediss?://[^\s/@]+(:\d{1,5})?(/\d{1,3})?/?)|unix:///[^\s@]+)?$")
    """`redis://host:6379/0`, `rediss://…` or `unix:///path`; two cases on one Redis have two numbers. Empty: this process works alone."""
    username: str = ""
    """Empty: Redis's default user."""
    password: SecretStr = SecretStr("")
    """Better in the environment or in `password_file` than in this file. Empty: none."""
    password_file: Path | None = None
    """One line; below the home folder unless absolute."""
    ca_file: Path | None = None
    """Certificate authority (PEM) of a `rediss` server; empty: the usual ones."""
    lease_s: float = Field(default=60.0, ge=1, le=3600)
    """A worker that has not been heard of for so long is gone, and others do what it had taken."""
    patience_s: float = Field(default=20.0, ge=0, le=3600)
    """How long Redis may be away before the run stops; should be shorter than `lease_s`."""
    renders_here: bool = True
    """Use this machine's own Chromium where no `jianwei render` is at work."""
    renderer_wait_s: float = Field(default=30.0, ge=0, le=3600)
    """Where it may not: how long a page waits for a renderer to appear."""
    max_rendered_bytes: int = Field(default=16_000_000, ge=100_000, le=400_000_000)
    """A rendered page on its way through Redis, screenshot included; beyond, the screenshot is left out."""


class ReviewUiSettings(_Table):
    """The web page."""

    bind: str = "127.0.0.1"
    port: int = Field(default=8600, ge=0, le=65535)
    practice_sign_in: bool = False
    """One click signs in as each role. Only for practice, only on a loopback address."""
    session_hours: int = Field(default=10, ge=1, le=168)
    is_https: bool = False
    """Served behind HTTPS: cookies are marked secure."""
    hosts: tuple[str, ...] = ()
    """Names under which browsers call the desk; plain addresses and `localhost` always work; empty: no name."""


class OrganisationSettings(_Table):
    """Who we are, as it stands on letters and pages."""

    region: str = "灌云县"
    lead_office: str = "灌云县安全生产资格证书涉假专项治理工作专班"
    document_mark: str = "灌应急"
    """机关代字 of letters."""
    contact: str = ""
    """Contact person and telephone for letters; empty: left blank for a person to fill in."""


class Settings(_Table):
    """Everything that can be set."""

    lang: Literal["zh", "en", ""] = ""
    """Language of messages; empty: Chinese where the locale is Chinese, else English."""
    dns: DnsSettings = DnsSettings()
    egress: EgressSettings = EgressSettings()
    crawl: CrawlSettings = CrawlSettings()
    sweep: SweepSettings = SweepSettings()
    schedule: ScheduleSettings = ScheduleSettings()
    files: FileSettings = FileSettings()
    feeds: tuple[FeedSettings, ...] = ()
    """What `jianwei domains watch` follows; each is a table `[[feeds]]`."""
    facts: FactsSettings = FactsSettings()
    store: StoreSettings = StoreSettings()
    workers: WorkersSettings = WorkersSettings()
    review_ui: ReviewUiSettings = ReviewUiSettings()
    organisation: OrganisationSettings = OrganisationSettings()

    home: Annotated[Path, Field(exclude=True)] = Path("var")
    origins: Annotated[dict[str, str], Field(exclude=True)] = {}
    """Dotted key → where its value came from; a key not in it has its default."""

    @field_validator("feeds")
    @classmethod
    def _feeds_have_names_of_their_own(cls, value: tuple[CtFeed | CertstreamFeed | FolderFeed, ...]) -> object:
        names = [feed.name for feed in value]
        twice = next((name for name in names if names.count(name) > 1), "")
        if twice:
            raise ValueError(f"two feeds are called {twice}")
        return value


def load_settings(environ: Mapping[str, str] | None = None, config: Path | None = None) -> Settings:
    """Read the file and the environment, check every value, and return the settings.

    Raises `SettingInvalid` naming the key, the place and what is wrong.
    """
    environ = os.environ if environ is None else environ
    home = Path(environ.get("JIANWEI_HOME", "var")).absolute()
    named = config or (Path(environ["JIANWEI_CONFIG"]) if "JIANWEI_CONFIG" in environ else None)
    path = named or home / "jianwei.toml"
    values, origins = _read_file(path, is_required=named is not None)
    for name, text in environ.items():
        if name.startswith(ENV_PREFIX) and name not in _NOT_SETTINGS:
            path_in_file = name.removeprefix(ENV_PREFIX).lower().split("__")
            _insert(values, path_in_file, _from_text(text), name)
            origins[".".join(path_in_file)] = name
    for reserved in ("home", "origins"):
        if reserved in values:
            raise SettingInvalid(
                reserved, origins.get(reserved, str(path)), "没有这个配置项", "there is no such setting"
            )
    try:
        return Settings(**values, home=home, origins=origins)
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(str(part) for part in first["loc"] if not isinstance(part, int))
        where = next(
            (
                origin
                for known, origin in origins.items()
                if known == key or known.startswith(f"{key}.") or key.startswith(f"{known}.")
            ),
            str(path),
        )
        unknown = first["type"] == "extra_forbidden"
        raise SettingInvalid(
            key,
            where,
            "没有这个配置项" if unknown else f"值 {first['input']!r} 不能用（{first['msg']}）",
            "there is no such setting" if unknown else f"{first['input']!r} cannot be used ({first['msg']})",
        ) from error


def _read_file(path: Path, *, is_required: bool) -> tuple[dict[str, Any], dict[str, str]]:
    try:
        values = tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        if is_required:
            raise SettingInvalid("-", str(path), "找不到配置文件", "there is no such file") from None
        return {}, {}
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
        raise SettingInvalid(
            "-", str(path), f"配置文件无法读取（{error}）", f"the file cannot be read ({error})"
        ) from error
    return values, {key: str(path) for key in _dotted(values)}


def _dotted(values: Mapping[str, Any], prefix: str = "") -> list[str]:
    keys: list[str] = []
    for key, value in values.items():
        keys += _dotted(value, f"{prefix}{key}.") if isinstance(value, dict) else [f"{prefix}{key}"]
    return keys


def _insert(values: dict[str, Any], key: list[str], value: object, where: str) -> None:
    for part in key[:-1]:
        child = values.setdefault(part, {})
        if not isinstance(child, dict):
            raise SettingInvalid(".".join(key), where, "没有这个配置项", "there is no such setting")
        values = child
    values[key[-1]] = value


def _from_text(text: str) -> object:
    """Lists and tables come as JSON; everything else stays text, which pydantic converts."""
    if text[:1] in "[{":
        try:
            return msgspec.json.decode(text)
        except msgspec.DecodeError:
            return text
    return text
