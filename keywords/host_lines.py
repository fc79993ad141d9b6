"""Host names out of lines people and feeds write: bare hosts, URLs, ports, wildcards, defanged text, hosts files, zone files."""

import ipaddress
import re
from urllib.parse import urlsplit

from keywords.hosts import canonical_host

__all__ = ["HostLines", "host_of_text"]

_PLAIN = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)+")
_MAX_HOST = 253
_COMMENT = ("#", ";", "//")
_RECORD = frozenset({"in", "ns", "a", "aaaa", "cname", "soa", "mx", "txt", "ds", "rrsig", "srv", "ptr", "dnskey", "nsec", "nsec3", "caa"})  # fmt: skip
_HOSTS_FILE = 2
_CONTINUED = re.compile(r"[()]|\d+[smhdw]?\s*(?:[;)].*)?$", re.IGNORECASE)
"""What a start of authority is written on over several lines: `(`, numbers, `)`."""


def host_of_text(text: str) -> tuple[str, str]:
    """Return (host as written in lower case, its A-label form) of a host, URL, `host:port` or `*.host`.

    Raises ValueError if it is none.
    """
    host = text.strip().lower()
    if _PLAIN.fullmatch(host) and len(host) <= _MAX_HOST:
        return host, host
    host = host.strip("\"'<>").replace("[.]", ".").replace("(.)", ".")
    if host.startswith("hxxp"):
        host = "http" + host[4:]
    if "://" in host or host.startswith("//"):
        host = urlsplit(host).hostname or ""
    else:
        host = re.split(r"[/?#]", host, maxsplit=1)[0].rpartition("@")[2]
        host = re.sub(r":\d{0,5}$", "", host) if host.count(":") == 1 else host
    host = host.removeprefix("*.").rstrip(".。．")
    if "." not in host and not host.startswith("[") and not re.search("[。．｡]", host):
        raise ValueError("没有点，不是完整域名")
    return host, canonical_host(host)


class HostLines:
    """Reads lines one after another; a zone file's `$ORIGIN` is remembered."""

    def __init__(self) -> None:
        self._origin = ""

    def host_of(self, line: str) -> tuple[str, str] | None:
        """Return (host as written, A-label form); None for a blank line, a comment or a record of the owner before.

        Raises ValueError for a line that holds no host.
        """
        text = line.strip()
        if _PLAIN.fullmatch(text) and len(text) <= _MAX_HOST:
            return text, text
        if not text or text.startswith(_COMMENT):
            return None
        if text[0] == "$":
            self._directive(text)
            return None
        if line[0].isspace() and _CONTINUED.match(text):
            return None
        fields = text.split()
        if len(fields) > 1:
            text = self._owner(line, fields)
            if not text:
                return None
        return host_of_text(text)

    def _directive(self, text: str) -> None:
        name, _, value = text.partition(" ")
        if name.upper() == "$ORIGIN":
            self._origin = value.split(";")[0].strip().strip(".")

    def _owner(self, line: str, fields: list[str]) -> str:
        """Return the name a line of several fields is about; empty: the owner of the line before."""
        if fields[1].startswith(_COMMENT):
            return fields[0]
        if any(field.lower() in _RECORD for field in fields[1:4]) or (
            line[0].isspace() and fields[0].lower() in _RECORD
        ):
            if line[0].isspace():
                return ""
            owner = fields[0]
            if owner == "@":  # the zone itself; of a top-level domain it is no host
                return self._origin if "." in self._origin else ""
            return owner if owner.endswith(".") or not self._origin else f"{owner}.{self._origin}"
        if _is_address(fields[0]) and len(fields) >= _HOSTS_FILE:
            return fields[1]
        raise ValueError("一行有多个字段，不是域名")


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True
