import contextlib
import http.client
import socket
import ssl
import urllib.request

import pytest

from deploy.range.client import Range


def over_address(visitor, authority: str, name: str, path: str = "/") -> tuple[int, str]:
    """Connect to an address and ask for a name, as the product's gate does."""
    status, link = visitor.tunnel(authority)
    assert status == 200
    if authority.endswith(":443"):
        link = visitor.trust.wrap_socket(link, server_hostname=name)
    with link:
        link.sendall(f"GET {path} HTTP/1.1\r\nHost: {name}\r\nConnection: close\r\n\r\n".encode())
        with http.client.HTTPResponse(link) as answer:
            answer.begin()
            return answer.status, answer.read().decode("utf-8", "replace")


def test_absolute_form_and_tunnel_lead_to_the_same_page(visitor) -> None:
    plain = visitor.read("http://www.baidu.com/")
    assert plain[0] == 200
    assert visitor.read("https://www.baidu.com/") == plain
    assert over_address(visitor, "www.baidu.com:80", "www.baidu.com") == plain


@pytest.mark.parametrize("authority", ["192.0.2.101:443", "192.0.2.102:443", "192.0.2.101:80"])
def test_an_address_of_the_host_works_as_well(visitor, authority: str) -> None:
    status, text = over_address(visitor, authority, "www.baidu.com")
    assert status == 200
    assert "百度一下" in text


def test_an_ipv6_address_works(visitor) -> None:
    assert over_address(visitor, "[2001:db8::151]:80", "www.tuoguan-hezi.com")[0] == 200


def test_an_address_does_not_serve_a_host_that_lives_elsewhere(visitor) -> None:
    assert over_address(visitor, "192.0.2.111:80", "www.baidu.com")[0] == 502


def test_absolute_form_by_address_with_host_header(visitor) -> None:
    connection = http.client.HTTPConnection(*visitor.proxy, timeout=5)
    connection.request("GET", "http://192.0.2.101/", headers={"Host": "www.baidu.com"})
    assert connection.getresponse().status == 200
    connection.close()


@pytest.mark.parametrize(
    "authority",
    [
        "www.google.com:443", "nonsense.example:80", "192.0.2.250:443", "127.0.0.1:80", "169.254.169.254:80", "10.0.0.1:443",
        "neiwang.tiaozhuan-neiwang.com:80", "www.jiexi-shibai.com:443", "www.jiexi-wusheng.com:443", "www.baidu.com:22", "x", "[::1]:80",
    ],
)  # fmt: skip
def test_nothing_else_can_be_reached_and_the_attempt_is_recorded(practice: Range, visitor, authority: str) -> None:
    status, link = visitor.tunnel(authority)
    with link:
        assert status == 502
        assert link.recv(100).startswith(b"no host of the practice range")
    assert practice.requests()[-1].authority == authority
    assert practice.requests()[-1].host == ""


def test_one_connection_serves_many_requests(visitor) -> None:
    connection = http.client.HTTPSConnection(*visitor.proxy, context=visitor.trust, timeout=5)
    connection.set_tunnel("www.so.com", 443)
    for path in ("/", "/favicon.ico", "/robots.txt", "/s?q=x", "/"):
        connection.request("GET", path)
        answer = connection.getresponse()
        answer.read()
        assert answer.status == (404 if "." in path else 200)
    connection.close()
    plain = http.client.HTTPConnection(*visitor.proxy, timeout=5)
    for host in ("www.so.com", "www.baidu.com", "unknown.example"):
        plain.request("GET", f"http://{host}/")
        answer = plain.getresponse()
        answer.read()
        assert answer.status == (502 if "unknown" in host else 200)
    plain.close()


def test_head_has_no_body(visitor) -> None:
    with visitor.ask("https://www.baidu.com/", "HEAD") as answer:
        assert answer.status == 200
        assert int(answer.headers["content-length"]) > 0
        assert answer.read() == b""


def test_nothing_can_be_sent_and_the_attempt_is_recorded(practice: Range, visitor) -> None:
    with visitor.ask("https://cx.mem.gov.cn/", "POST", "form-filler", b"name=x" * 50_000) as answer:
        assert answer.status == 405
    record = practice.requests()[-1]
    assert (record.method, record.host, record.user_agent, record.body_bytes) == (
        "POST",
        "cx.mem.gov.cn",
        "form-filler",
        300_000,
    )


def test_requests_are_kept_in_memory_and_on_disk(practice: Range, visitor) -> None:
    visitor.read("https://www.baidu.com/nowhere?a=1", agent="log-reader")
    record = practice.requests()[-1]
    assert (record.host, record.path, record.user_agent, record.status) == (
        "www.baidu.com",
        "/nowhere?a=1",
        "log-reader",
        404,
    )
    assert "log-reader" in (practice.folder / "requests.jsonl").read_text("utf-8")


@pytest.mark.parametrize(
    "noise",
    [b"\r\n\r\n", b"GET / HTTP/1.1\r\n\r\n", b"GET / HTTP/1.1\r\nHost: x\r\n\r\n", b"\x16\x03\x01", b"\xff" * 300_000],
)
def test_noise_gets_an_error_and_does_not_stop_it(visitor, noise: bytes) -> None:
    link = socket.create_connection(visitor.proxy, timeout=5)
    with link, contextlib.suppress(OSError):  # it may have hung up before all of the noise was sent
        link.sendall(noise)
        link.shutdown(socket.SHUT_WR)
        assert link.recv(12) in {b"", b"HTTP/1.1 400"}
    assert visitor.read("http://www.baidu.com/")[0] == 200


@pytest.mark.parametrize(
    ("host", "problem"),
    [
        ("www.guoqi-zhengshu.com", "expired"),
        ("www.ziqian-zhengshu.com", "self-signed"),
        ("www.cuoming-zhengshu.com", "not valid for"),
    ],
)
def test_some_certificates_are_wrong(visitor, host: str, problem: str) -> None:
    with pytest.raises(ssl.SSLCertVerificationError, match=problem):
        visitor.read(f"https://{host}/")
    assert visitor.read(f"http://{host}/")[0] == 200


def test_pages_depend_on_the_agent_and_the_phase(tmp_path) -> None:
    from deploy.range.exchange import Request
    from deploy.range.model import Host, HostKind, Page
    from deploy.range.pages import from_pages

    (tmp_path / "phone.html").write_text("phone")
    (tmp_path / "all.html").write_text("all")
    (tmp_path / "later.html").write_text("later")
    pages = (
        Page(path="/", file="later.html", phase="moved"),
        Page(path="/", file="phone.html", agents=("iPhone", "MicroMessenger"), headers={"X-A": "b"}),
        Page(path="/*", file="all.html", status=203, content_type="text/plain"),
        Page(path="/away", redirect="https://x.cn/"),
    )
    host = Host(name="a.cn", folder=tmp_path, note="", kind=HostKind.ORDINARY, pages=pages)

    def answer(agent: str, phase: str = "", path: str = "/"):
        asked = Request(
            host=host, name="a.cn", method="GET", scheme="http", path=path, query="", headers={"user-agent": agent}
        )
        return from_pages(asked, phase)

    assert answer("Mozilla iPhone").body == b"phone"
    assert ("X-A", "b") in answer("MicroMessenger").headers
    assert answer("desktop").body == b"all"
    assert (answer("desktop").status, answer("desktop").headers) == (203, (("content-type", "text/plain"),))
    assert answer("desktop", "moved").body == b"later"
    assert answer("desktop", path="/away").body == b"all"


def test_phases_take_things_away(practice: Range, visitor) -> None:
    gone = "https://shop.anpeiyun.com/item/60018237.html"
    assert visitor.read(gone)[0] == 200
    truths = {truth.key for truth in practice.truth()}
    assert gone in truths
    practice.phase("delisted")
    try:
        status, text = visitor.read(gone)
        assert (status, "已下架" in text) == (404, True)
        assert gone not in {truth.key for truth in practice.truth()}
    finally:
        practice.phase("")
    assert visitor.read(gone)[0] == 200


def test_the_control_port_refuses_what_it_does_not_know(practice: Range) -> None:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with pytest.raises(urllib.error.HTTPError, match="404") as caught:
        opener.open(practice.control + "/lured", timeout=5)
    caught.value.close()
    assert practice.requests()[-1].path == "/lured"
    for body in (b"", b"[]", b'{"phase": "x"}'):
        with pytest.raises(urllib.error.HTTPError, match="400") as caught:
            opener.open(practice.control + "/phase", body, timeout=5)
        caught.value.close()
