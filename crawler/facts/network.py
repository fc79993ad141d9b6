"""Whose network an address belongs to, by a local table: the operator's, else the one geoip2fast brings along. Asks nobody."""

import os
import re
import threading
from datetime import date
from importlib.resources import as_file, files
from typing import Any, Protocol

from crawler.facts.network_table import load_table
from detectors.model import Unknown
from detectors.name_facts import NetworkFacts
from pipelines.settings import FactsSettings

__all__ = ["NetworkTable", "ShippedTable", "network_table"]

_SHIPPED = "geoip2fast-asn-ipv6.dat.gz"
_NO_ASN = Unknown("自带的网络归属表没有自治系统号")
_NO_PROVINCE = Unknown("自带的网络归属表没有省份，可用 facts.network_table 指定含省份的表")
_NOT_IN_TABLE = Unknown("网络归属表中没有该地址")
_INNER = Unknown("内部或保留地址，不属于任何运营者")
_DATE = re.compile(r"(20\d{2})(\d{2})(\d{2})$")


class NetworkTable(Protocol):
    """Knows networks."""

    def facts_of(self, address: str) -> NetworkFacts:
        """Return what is known of an IPv4 or IPv6 address; what is not is `Unknown`."""


def network_table(settings: FactsSettings) -> NetworkTable:
    """Return the operator's table if one is set, else the shipped one. Raises `InputUnreadable`."""
    return load_table(settings.network_table) if settings.network_table else ShippedTable()


class ShippedTable:
    """The table of geoip2fast (GeoLite2, country and network owner). Loaded at first use: a quarter of a second, 110 MB."""

    def __init__(self) -> None:
        self._table: Any = None
        self._loading = threading.Lock()

    def facts_of(self, address: str) -> NetworkFacts:
        """Return country and owner of the address."""
        table = self._loaded()
        found = table.lookup(address)
        code = str(found.country_code)
        unknown = None if code.isalpha() else _INNER if found.is_private else _NOT_IN_TABLE
        return NetworkFacts(
            address=address,
            asn=unknown or _NO_ASN,
            owner=unknown or str(found.asn_name) or _NOT_IN_TABLE,
            country=unknown or code,
            province=unknown or _NO_PROVINCE,
            table="geoip2fast",
            table_on=_date_of(str(table.source_info)),
        )

    def _loaded(self) -> Any:
        # Names are surveyed side by side; the table must not be loaded once for each.
        with self._loading:
            if self._table is None:
                self._table = _load()
        return self._table


def _load() -> Any:
    before = dict(os.environ)
    from geoip2fast import GeoIP2Fast  # type: ignore[import-untyped]

    # It silences the warnings of every later child process at import.
    os.environ.clear()
    os.environ.update(before)
    with as_file(files("geoip2fast") / _SHIPPED) as path:
        return GeoIP2Fast(geoip2fast_data_file=str(path))


def _date_of(source: str) -> date | Unknown:
    found = _DATE.search(source)
    try:
        return date(*map(int, found.groups())) if found else Unknown("网络归属表没有写明日期")
    except ValueError:
        return Unknown("网络归属表的日期无法识别")
