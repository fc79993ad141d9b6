"""Whose network an address is in: the operator's table and the shipped one."""

import ipaddress
import os
from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.facts.network import ShippedTable, network_table
from crawler.facts.network_ranges import AddressRanges, as_number
from crawler.facts.network_table import load_table
from detectors.model import Unknown
from pipelines.errors import InputUnreadable
from pipelines.settings import FactsSettings

TABLE = """# 2026-10-01
cidr,asn,owner,country,province
203.0.113.0/24,AS64500,某机房,cn,江苏
198.51.100.128/25,64501,,US,
192.0.2.7,,"Hoster, Inc.",,
2001:db8::/32,64502,六号机房,CN,广东
"""


def load(tmp_path, text, encoding="utf-8"):
    path = tmp_path / "networks.csv"
    path.write_bytes(text.encode(encoding))
    return load_table(path)


def test_addresses_of_both_families(tmp_path):
    table = load(tmp_path, TABLE)
    inside = table.facts_of("203.0.113.255")
    assert (inside.asn, inside.owner, inside.country, inside.province) == (64500, "某机房", "CN", "江苏")
    assert inside.table == "networks.csv"
    assert inside.table_on == date(2026, 10, 1)
    assert table.facts_of("2001:db8:ffff::1").province == "广东"
    half = table.facts_of("198.51.100.128")
    assert half.asn == 64501
    assert isinstance(half.owner, Unknown)
    assert table.facts_of("192.0.2.7").owner == "Hoster, Inc."
    for outside in ("203.0.114.0", "198.51.100.127", "192.0.2.8", "2001:db9::", "0.0.0.0", "::"):
        assert table.facts_of(outside).country == Unknown("网络归属表中没有该地址")


def test_starts_and_ends_in_any_order(tmp_path):
    table = load(tmp_path, "\ufeffend,start,province\n192.0.2.9,192.0.2.5,乙\n192.0.2.4,192.0.2.0,甲\n\n")
    assert [table.facts_of(f"192.0.2.{last}").province for last in (0, 4, 5, 9)] == ["甲", "甲", "乙", "乙"]
    assert table.facts_of("192.0.2.0").table_on is not None


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "表头"),
        ("start,owner\n", "表头"),
        ("cidr,ower\n", "ower"),
        ("cidr\n192.0.2.0/24\n192.0.2.1/24\n", "第 3 行"),
        ("# x\ncidr\n192.0.2.0/33\n", "第 3 行"),
        ("cidr\nnonsense\n", "第 2 行"),
        ("cidr\n192.0.2.0/24/24\n", "第 2 行"),
        ("start,end\n192.0.2.9,192.0.2.1\n", "第 2 行"),
        ("start,end\n192.0.2.9,2001:db8::\n", "第 2 行"),
        ("start,end\n192.0.2.9\n", "第 2 行"),
        ("cidr,asn\n192.0.2.0/24,ASX\n", "第 2 行"),
        ("cidr,asn\n192.0.2.0/24,4294967296\n", "第 2 行"),
        ("cidr,country\n192.0.2.0/24,中国\n", "第 2 行"),
        ("cidr\n192.0.2.0/24\n198.51.100.0/24\n192.0.2.128/25\n", "第 4 行与第 2 行"),
        ('cidr,owner\n192.0.2.0/24,"x\n', "行"),
    ],
)
def test_what_makes_no_sense_is_named_with_its_line(tmp_path, text, words):
    with pytest.raises(InputUnreadable) as refused:
        load(tmp_path, text)
    assert words in refused.value.zh
    assert "networks.csv" in refused.value.en


def test_other_encodings_and_missing_files_are_said_so(tmp_path):
    with pytest.raises(InputUnreadable, match="UTF-8"):
        load(tmp_path, TABLE, "gb18030")
    with pytest.raises(InputUnreadable):
        network_table(FactsSettings(network_table=tmp_path / "none.csv"))


RANGES = st.lists(st.integers(0, 2**128 - 1), min_size=2, max_size=20, unique=True).map(sorted)


@given(RANGES, st.integers(0, 2**128 - 1), st.randoms())
def test_bisection_finds_what_a_plain_search_finds(bounds, wanted, random):
    pairs = list(zip(bounds[::2], bounds[1::2], strict=False))
    ranges, order = AddressRanges(), list(range(len(pairs)))
    random.shuffle(order)
    for place in order:
        ranges.add(*pairs[place], place, place)
    ranges.close()
    for number in (wanted, *bounds):
        expected = next((place for place, (start, end) in enumerate(pairs) if start <= number <= end), None)
        assert ranges.note_of(number) == expected


@given(st.ip_addresses())
def test_addresses_are_numbers(address):
    assert as_number(str(address)) == (address.max_prefixlen, int(address))
    assert isinstance(ipaddress.ip_address(str(address)), type(address))


def test_the_shipped_table_knows_country_and_owner_and_its_age():
    environment = dict(os.environ)
    table = network_table(FactsSettings())
    assert isinstance(table, ShippedTable)
    ali, google, nowhere, inner = map(table.facts_of, ("223.5.5.5", "2001:4860:4860::8888", "203.0.113.4", "10.0.0.1"))
    assert ali.country == "CN"
    assert "Alibaba" in ali.owner
    assert google.country == "US"
    assert isinstance(ali.province, Unknown)
    assert isinstance(ali.asn, Unknown)
    assert isinstance(ali.table_on, date)
    assert nowhere.country == Unknown("网络归属表中没有该地址")
    assert "内部" in inner.country.reason
    assert dict(os.environ) == environment


def test_many_who_ask_at_once_share_one_table():
    table = ShippedTable()
    with ThreadPoolExecutor(8) as threads:
        found = list(threads.map(lambda _: (table.facts_of("223.5.5.5").country, id(table._loaded())), range(16)))
    assert len(set(found)) == 1
