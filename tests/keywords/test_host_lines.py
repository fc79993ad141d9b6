import pytest
from hypothesis import given
from hypothesis import strategies as st

from keywords.host_lines import HostLines, host_of_text


@pytest.mark.parametrize(
    ("text", "host"),
    [
        ("cx-mem.cn", "cx-mem.cn"),
        ("  CX-Mem.CN.  ", "cx-mem.cn"),
        ("https://user:pw@cx-mem.cn:8443/a?b#c", "cx-mem.cn"),
        ("http://CX-MEM.cn", "cx-mem.cn"),
        ("//cx-mem.cn/a", "cx-mem.cn"),
        ("cx-mem.cn:443", "cx-mem.cn"),
        ("cx-mem.cn/query?x=1", "cx-mem.cn"),
        ("*.cx-mem.cn", "cx-mem.cn"),
        ('"cx-mem.cn"', "cx-mem.cn"),
        ("hxxps://cx-mem[.]cn/", "cx-mem.cn"),
        ("cx-mem。cn", "cx-mem.cn"),
        ("ｃｘ-mem.cn", "cx-mem.cn"),
        ("应急管理部.com", "xn--extu8ah31brfhgw1a.com"),
        ("xn--mhurd-jye.com", "xn--mhurd-jye.com"),
        ("cx_mem.example.cn", "cx_mem.example.cn"),
        ("192.0.2.7", "192.0.2.7"),
    ],
)
def test_ways_of_writing_one_host(text: str, host: str) -> None:
    assert host_of_text(text)[1] == host


def test_a_host_is_given_back_as_it_was_written() -> None:
    assert host_of_text("https://应急管理部.COM/a")[0] == "应急管理部.com"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "localhost",
        "-x-.cn",
        "a..cn",
        "a b.cn",
        "http://",
        "http://[::1",
        "x" * 64 + ".cn",
        "cn.",
        "é" * 300 + ".cn",
    ],
)
def test_what_is_no_host_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        host_of_text(text)


@pytest.mark.parametrize("line", ["", "   \n", "# comment", "; zone comment", "// x", "$TTL 3600"])
def test_lines_without_a_host_are_passed_over(line: str) -> None:
    assert HostLines().host_of(line) is None


def test_a_zone_file_is_read_by_its_owners() -> None:
    lines = [
        "$ORIGIN cn.",
        "cx-mem IN NS ns1.a.net.",
        "\tIN NS ns2.a.net.",
        "mem-gov.com. 86400 in a 192.0.2.1",
        "@ IN SOA a. b. 1 2 3 4 5",
    ]
    reader = HostLines()
    found = []
    for line in lines[:4]:
        host = reader.host_of(line)
        found.append(host[1] if host else None)
    assert found == [None, "cx-mem.cn", None, "mem-gov.com"]
    assert reader.host_of(lines[4]) is None  # a top-level domain is no host


@pytest.mark.parametrize("line", ["  2026112701 ; serial", "\t1800", " 1h", "  86400 )", ")", "   ( 1 2 3"])
def test_a_record_over_several_lines_holds_one_name(line: str) -> None:
    assert HostLines().host_of(f" {line}") is None


def test_a_hosts_file_is_read_by_its_names() -> None:
    assert HostLines().host_of("0.0.0.0 cx-mem.cn # blocked") == ("cx-mem.cn", "cx-mem.cn")
    assert HostLines().host_of("cx-mem.cn # seen today") == ("cx-mem.cn", "cx-mem.cn")


def test_prose_is_no_host() -> None:
    with pytest.raises(ValueError, match="多个字段"):
        HostLines().host_of("visit cx-mem.cn today")


@given(st.text(max_size=80))
def test_any_line_is_read_or_refused(text: str) -> None:
    try:
        found = HostLines().host_of(text)
    except ValueError:
        return
    assert found is None or ("." in found[1] and found[1] == found[1].lower()) or found[1].startswith("[")
