"""Host names and URLs in one written form, so that the same thing is recognised the next time.

Registrable domains come from the Public Suffix List bundled with tldextract; nothing is fetched.
"""

import re
from functools import lru_cache
from urllib.parse import quote, urlsplit, urlunsplit

import idna
import tldextract

__all__ = [
    "canonical_host",
    "canonical_url",
    "defang",
    "host_of",
    "is_below_private_suffix",
    "owned_domain",
    "registrable_domain",
    "to_unicode",
]

_MAX_HOST = 253
_MAX_LABEL = 63
_DOTS = re.compile("[.。．｡]")
"""What UTS #46 reads as a dot."""
_KEPT_LABELS = 65536
_extract = tldextract.TLDExtract(suffix_list_urls=(), cache_dir=None, include_psl_private_domains=True)


def canonical_host(text: str) -> str:
    """Return the lower-case A-label form of a host name or address; raise ValueError if it is none.

    Trailing dots, upper case, Unicode labels and full-width dots are understood; ports and wildcards are not part of a name.
    """
    host = text.strip().rstrip(".。．").lower()
    if host.startswith("[") and host.endswith("]"):
        return host
    if not host.isascii():
        host = ".".join(_encode_label(label) for label in _DOTS.split(host))
    if not host or len(host) > _MAX_HOST:
        raise ValueError(f"not a host name: {text!r}")
    for label in host.split("."):
        body = label.replace("_", "-")
        if (
            not body
            or len(body) > _MAX_LABEL
            or not body.replace("-", "").isalnum()
            or body[0] == "-"
            or body[-1] == "-"
        ):
            raise ValueError(f"not a host name: {text!r}")
    return host


def to_unicode(host: str) -> str:
    """Return the host as people read it: each valid `xn--` label decoded, broken ones left as they are."""
    return ".".join(_decode_label(label) if label.startswith("xn--") else label for label in host.split("."))


def _encode_label(label: str) -> str:
    """Return one label in ASCII; what is too long to be one is not kept: it may be as large as a hostile page likes."""
    return _encoded(label) if len(label) <= _MAX_LABEL else _encoded.__wrapped__(label)


@lru_cache(maxsize=_KEPT_LABELS)
def _encoded(label: str) -> str:
    return idna.encode(label, uts46=True, transitional=False).decode("ascii")


def _decode_label(label: str) -> str:
    return _decoded(label) if len(label) <= _MAX_LABEL else _decoded.__wrapped__(label)


@lru_cache(maxsize=_KEPT_LABELS)
def _decoded(label: str) -> str:
    try:
        return idna.decode(label)
    except (idna.IDNAError, UnicodeError):
        # Registries accepted names that IDNA 2008 forbids; fakes use them, so staff must still be able to read them.
        try:
            decoded = label[4:].encode("ascii").decode("punycode")
            decoded.encode()  # half a surrogate pair is no character
        except UnicodeError:
            return label
        return decoded


def host_of(url: str) -> str:
    """Return the host of a canonical URL."""
    authority = url.partition("://")[2].partition("/")[0]
    return authority if authority.startswith("[") else authority.partition(":")[0]


def owned_domain(host: str) -> str:
    """Return what somebody registered, or the host itself where nobody did: an address, a bare suffix."""
    return registrable_domain(host) or host


@lru_cache(maxsize=65536)
def registrable_domain(host: str) -> str:
    """Return what somebody registered (`a.b.github.io` → `b.github.io`); empty for an address or a bare suffix."""
    return _extract(host).top_domain_under_public_suffix


def is_below_private_suffix(host: str) -> bool:
    """Say whether the host's registrable domain was given out by a company (`b.github.io`): private part of the Public Suffix List."""
    found = _extract(host)
    return found.is_private and bool(found.top_domain_under_public_suffix)


def canonical_url(url: str) -> str:
    """Return the URL without fragment, default port and needless difference; raise ValueError if it is no http(s) URL with a host."""
    text = url.strip()
    if "\\" in text or any(ord(char) < 33 for char in text):  # noqa: PLR2004 - controls and blanks hide the real host
        raise ValueError(f"not a usable URL: {url!r}")
    parts = urlsplit(text if "://" in text else f"http://{text}")
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ValueError(f"not an http or https URL: {url!r}")
    host = parts.hostname if ":" in parts.hostname else canonical_host(parts.hostname)
    netloc = f"[{host}]" if ":" in host else host
    if parts.port is not None and parts.port != {"http": 80, "https": 443}[parts.scheme]:
        netloc += f":{parts.port}"
    path = quote(parts.path or "/", safe="/%:@!$&'()*+,;=~-._")
    query = quote(parts.query, safe="/%:@!$&'()*+,;=~-._?")
    return urlunsplit((parts.scheme, netloc, path, query, ""))


def defang(url: str) -> str:
    """Return the address so that nothing makes a link of it: `hxxp://a[.]b/`."""
    scheme, separator, rest = url.partition("://")
    if not separator:
        return url.replace(".", "[.]")
    host, slash, path = rest.partition("/")
    return f"{scheme.replace('http', 'hxxp')}://{host.replace('.', '[.]')}{slash}{path}"
