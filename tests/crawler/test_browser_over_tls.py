"""What a page over TLS makes the browser send: inside a tunnel the gate sees nothing, so the browser itself must keep to reading."""

import asyncio
import contextlib
import ssl
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
import trustme

from crawler.browser import Browser, RenderFailed
from crawler.browser_path import find_chromium
from crawler.gate.policy import GatePolicy
from crawler.gate.proxy import EgressGate
from detectors.model import Profile
from pipelines.settings import CrawlSettings
from tests.crawler.test_gate_proxy import LOOPBACK
from tests.crawler.tiny_world import HTML, serving

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not find_chromium(), reason="there is no Chromium on this machine"),
]
PAST_THE_GATE = {"server": "http://nowhere.invalid:1", "bypass": "127.0.0.1"}
HOST, OTHER = "good.example.cn", "other.example.cn"
TEXT = "正文" * 30

SENDING = (
    'fetch("{web}/fetch", {{method: "POST", mode: "no-cors", body: "x"}}).catch(() => 0)',
    'fetch("/same", {{method: "PUT", keepalive: true, body: "x"}}).catch(() => 0)',
    'navigator.sendBeacon("{web}/beacon", "x")',
    'addEventListener("pagehide", () => navigator.sendBeacon("{web}/hide", "x"))',
    'window.fetchLater && fetchLater("{web}/later", {{method: "POST", body: "x", activateAfter: 0}})',
    'new WebSocket("wss://{authority}/socket").onopen = one => one.target.send("x")',
    'new Worker(URL.createObjectURL(new Blob(["fetch(\'{web}/worker\', {{method: \'POST\', mode: \'no-cors\', body: \'x\'}})"])))',
    'new SharedWorker(URL.createObjectURL(new Blob(["fetch(\'{web}/shared\', {{method: \'POST\', mode: \'no-cors\', body: \'x\'}})"])))',
    'new Worker(URL.createObjectURL(new Blob(["new WebSocket(\'wss://{authority}/socket-of-worker\')"])))',
    'new SharedWorker(URL.createObjectURL(new Blob(["new WebSocket(\'wss://{authority}/socket-of-shared\')"])))',
    'const one = open("about:blank"); one && one.fetch("{web}/popup", {{method: "POST", mode: "no-cors", body: "x"}}).catch(() => 0)',
    'document.body.insertAdjacentHTML("beforeend", "<a id=a href=#x ping={web}/ping>x</a>"); a.click()',
    'document.body.insertAdjacentHTML("beforeend", `<iframe name=q></iframe><form id=g target=q action={web}/frame method=post></form>`); g.submit()',
)  # fmt: skip
PAGES = {
    "/report": (200, {**HTML, "Content-Security-Policy": "img-src 'none'; report-uri https://{authority}/report"}, f"<p>{TEXT}<img src=/a.png>"),
    "/form": (200, HTML, f"<p>{TEXT}<form id=f action=/form method=post><input name=id value=1></form><script>f.submit()</script>"),
    "/blob": (200, HTML, """<p>稍候<script>location.href = URL.createObjectURL(
        new Blob(["<h1>由脚本拼成的页面</h1>"], {type: "text/html;charset=utf-8"}))</script>"""),
    "/words": (200, {**HTML, "X-Jianwei-Refused": "address_forbidden"}, f"<p>{TEXT}"),
}  # fmt: skip


def sending_pages(scheme):
    """Return one page for each way of sending."""
    filled = [one.format(web=scheme + "://{authority}", authority="{authority}") for one in SENDING]
    return {f"/{number}": (200, HTML, f"<body><p>{TEXT}<script>{one}</script>") for number, one in enumerate(filled)}


@contextlib.contextmanager
def site(pages, scheme="https", other=OTHER):
    """Yield (port, list of (method, path, whether it wanted to talk on)) of a site that knows the `pages`."""
    came = []

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def answer(self):
            came.append((self.command, self.path, bool(self.headers.get("Upgrade"))))
            status, headers, body = pages.get(self.path, (404, {}, ""))
            content = body.replace("{authority}", f"{other}:{self.server.server_port}").encode()
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value.replace("{authority}", f"{other}:{self.server.server_port}"))
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST = do_PUT = do_OPTIONS = answer  # noqa: N815 - names of the base class

        def log_message(self, *args):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    if scheme == "https":
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        trustme.CA().issue_cert(HOST, OTHER).configure_cert(context)
        server.socket = context.wrap_socket(server.socket, server_side=True)
    with serving(server) as port:
        yield port, came


def render(pages, paths):
    """Return what the browser made of each path, and what the site was asked."""

    async def resolve(_):
        return ("127.0.0.1",)

    async def run(port):
        policy = GatePolicy(allowed_ports=(port,), allowed_networks=LOOPBACK)
        async with EgressGate(policy, resolve) as gate:
            browser = Browser(CrawlSettings(timeout_s=10.0), gate.url)
            seen = {}
            for path in paths:
                try:
                    seen[path] = await browser.render(f"https://{HOST}:{port}{path}", Profile.RENDERED)
                except RenderFailed as failed:
                    seen[path] = failed
            await asyncio.sleep(0.5)
            await browser.close()
            return seen

    with site(pages) as (port, came):
        return asyncio.run(run(port)), came


def test_a_page_over_tls_makes_the_browser_send_nothing():
    sending = sending_pages("https")
    paths = (*sending, "/report", "/form")
    seen, came = render({**sending, **PAGES}, paths)
    assert {path for method, path, _ in came if method == "GET"} >= set(paths)
    assert [one for one in came if one[0] not in {"GET", "OPTIONS"} or one[2]] == []
    assert [path for path, one in seen.items() if TEXT not in one.answer.body.decode()] == []


def test_no_page_over_tls_hides_from_the_browser():
    seen, _ = render(PAGES, ("/blob", "/words"))
    assert "由脚本拼成的页面" in seen["/blob"].answer.body.decode()
    assert seen["/blob"].answer.final_url.endswith("/blob")
    assert TEXT in seen["/words"].answer.body.decode()


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_the_browser_refuses_by_itself_what_is_not_reading(scheme):
    """Without anybody who looks at its requests."""
    sending = sending_pages(scheme)

    async def run(port):
        browser = Browser(CrawlSettings(timeout_s=10.0), "http://127.0.0.1:1")
        chromium = await browser._running_chromium()
        # Past the gate: it would refuse to carry what it can read.
        context = await chromium.new_context(ignore_https_errors=True, proxy=PAST_THE_GATE)
        page = await context.new_page()
        for path in sending:
            await page.goto(f"{scheme}://127.0.0.1:{port}{path}")
            await asyncio.sleep(0.3)
        await browser.close()

    with site(sending, scheme, "127.0.0.1") as (port, came):
        asyncio.run(run(port))
    assert [one for one in came if one[0] not in {"GET", "OPTIONS"} or one[2]] == []
    assert {path for method, path, _ in came if method == "GET"} >= set(sending)
