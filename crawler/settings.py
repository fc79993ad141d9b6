"""Scrapy's settings out of ours: every default that is wrong for hostile pages, changed in one place.

Redirects, retries, pace, compression and size limits are ours: each hop is recorded and waits for its turn, a body that never ends is
cut and kept instead of lost.
"""

from copy import deepcopy
from importlib.metadata import version
from typing import Any

from detectors.model import Profile
from pipelines.settings import Settings

__all__ = ["TOOL", "honest_agent", "scrapy_settings", "user_agent"]

TOOL = f"jianwei {version('jianwei')}"
"""As it stands in evidence."""

_DESKTOP = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36"
)
_PHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
    "Version/18.5 Mobile/15E148 Safari/604.1"
)
_WECHAT = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
    "Mobile/15E148 MicroMessenger/8.0.61(0x18003d2c) NetType/WIFI Language/zh_CN"
)
_AGENTS = {
    Profile.PHONE: _PHONE,
    Profile.RENDERED_PHONE: _PHONE,
    Profile.WECHAT: _WECHAT,
}


def user_agent(profile: Profile) -> str:
    """Return the agent a suspect site sees: an ordinary visitor, because cloaked pages hide from anybody else."""
    return _AGENTS.get(profile, _DESKTOP)


def honest_agent(contact_url: str) -> str:
    """Return the agent search engines and platforms see: who we are and where to complain."""
    contact = f"; +{contact_url}" if contact_url else ""
    return f"Mozilla/5.0 (compatible; {TOOL.replace(' ', '/')}{contact})"


_FIXED: dict[str, Any] = {
    "TWISTED_REACTOR": "twisted.internet.asyncioreactor.AsyncioSelectorReactor",
    "TELNETCONSOLE_ENABLED": False,
    "REMOTE_CONTROL_ENABLED": False,
    "LOG_ENABLED": False,
    "STATS_DUMP": False,
    "MEMUSAGE_ENABLED": False,
    "DOWNLOAD_HANDLERS": dict.fromkeys(("data", "file", "ftp", "s3")),
    "DOWNLOADER_MIDDLEWARES": {
        # The proxy is not a matter of environment variables here: every request goes to the gate.
        "scrapy.downloadermiddlewares.httpproxy.HttpProxyMiddleware": None,
        "crawler.middleware.GateOnly": 750,
        # Every request passes each of them, and none has anything to say here.
        "scrapy.downloadermiddlewares.offsite.OffsiteMiddleware": None,
        "scrapy.downloadermiddlewares.httpauth.HttpAuthMiddleware": None,
        "scrapy.downloadermiddlewares.stats.DownloaderStats": None,
    },
    "EXTENSIONS": {"crawler.middleware.BodyCut": 10},
    "ITEM_PIPELINES": {"crawler.stage.IntakeStage": 100},
    "HTTPPROXY_ENABLED": False,
    "COMPRESSION_ENABLED": False,
    "REDIRECT_ENABLED": False,
    "METAREFRESH_ENABLED": False,
    "REFERER_ENABLED": False,
    "RETRY_ENABLED": False,
    "COOKIES_ENABLED": True,
    "ROBOTSTXT_OBEY": True,
    "ROBOTSTXT_USER_AGENT": "jianwei",
    "HTTPERROR_ALLOW_ALL": True,
    "DEFAULT_REQUEST_HEADERS": {
        "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
        "Accept-Language": "zh-CN,zh;q=0.9",
        "Accept-Encoding": "gzip, deflate",
    },
    "DOWNLOAD_DELAY": 0,
    # `BodyCut` stops a body at our limit and keeps what came; Scrapy's own limit would throw it away.
    "DOWNLOAD_MAXSIZE": 0,
    "DOWNLOAD_WARNSIZE": 0,
    "DOWNLOAD_FAIL_ON_DATALOSS": False,
    "DNSCACHE_ENABLED": False,
    "DUPEFILTER_CLASS": "scrapy.dupefilters.BaseDupeFilter",
}
"""What no county may set."""


def scrapy_settings(settings: Settings) -> dict[str, Any]:
    """Return Scrapy's settings. How often a site is asked is not Scrapy's matter but that of `crawler.politeness`."""
    crawl = settings.crawl
    return {
        **deepcopy(_FIXED),
        "USER_AGENT": honest_agent(settings.egress.contact_url),
        "CONCURRENT_REQUESTS": crawl.concurrency,
        "CONCURRENT_REQUESTS_PER_DOMAIN": crawl.concurrency,
        "DOWNLOAD_TIMEOUT": crawl.timeout_s,
    }
