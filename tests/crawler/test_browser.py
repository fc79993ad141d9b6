"""Chromium through the gate: what it may fetch, what it may not, and that no page holds it."""

import asyncio
import io
import struct

import pytest
from PIL import Image

from crawler.browser import Browser, RenderFailed
from crawler.browser_path import find_chromium
from crawler.gate.policy import GatePolicy
from crawler.gate.proxy import EgressGate
from detectors.model import Profile
from pipelines.errors import BrowserMissing
from pipelines.settings import CrawlSettings
from tests.crawler.test_gate_proxy import DOCUMENTATION, resolve
from tests.crawler.tiny_world import HTML, page, tiny_world, trap

HOST = "good.example.cn"
needs_chromium = pytest.mark.skipif(not find_chromium(), reason="there is no Chromium on this machine")
pytestmark = [pytest.mark.browser]


def render(pages, *paths, ports=(), profile=Profile.RENDERED, **limits):
    """Return what the browser made of each path (a Rendered or a RenderFailed), and the world."""

    async def run(world):
        policy = GatePolicy(allowed_ports=(80, 443, *ports), allowed_networks=DOCUMENTATION)
        async with EgressGate(policy, resolve, world.proxy) as gate:
            browser = Browser(CrawlSettings(**{"timeout_s": 10.0, **limits}), gate.url)
            seen = []
            for path in paths:
                try:
                    seen.append(await browser.render(f"http://{HOST}{path}", profile))
                except RenderFailed as failed:
                    seen.append(failed)
            await browser.close()
            return seen

    with tiny_world({(HOST, path): answer for path, answer in pages.items()}) as world:
        return asyncio.run(run(world)), world


def size_of(png):
    assert png.startswith(b"\x89PNG")
    return struct.unpack(">II", io.BytesIO(png).getbuffer()[16:24])


@needs_chromium
def test_no_page_leads_the_browser_inside():
    with trap() as (port, came):
        inside = f"http://127.0.0.1:{port}"
        sneaky = f"""<html><body>正文<img src="{inside}/img"><iframe src="{inside}/frame"></iframe>
            <link rel=stylesheet href="{inside}/css"><link rel=prefetch href="{inside}/pre"><script src="http://localhost:{port}/js"></script>
            <img src="http://inside.example.cn:{port}/name"><img src="http://[::1]:{port}/six"><img src="/redirect">
            <script>fetch("{inside}/fetch").catch(() => 0); new WebSocket("ws://127.0.0.1:{port}/ws");
            navigator.sendBeacon("{inside}/beacon", "x"); new EventSource("{inside}/events");
            new RTCPeerConnection({{iceServers: [{{urls: "stun:127.0.0.1:{port}"}}]}}).createDataChannel("x");
            fetch("/form", {{method: "POST", body: "id=1"}}).catch(() => 0); open("{inside}/popup");</script></body></html>"""
        pages = {
            "/": (200, HTML, sneaky.encode()),
            "/redirect": (302, {"Location": f"{inside}/redirected"}, b""),
            "/away": (302, {"Location": f"{inside}/top"}, b""),
            "/script": (200, HTML, f"<p>x</p><script>location.href = '{inside}/moved'</script>".encode()),
        }
        seen, world = render(pages, "/", "/away", "/script", ports=(port,))
        assert came == []
    assert "正文" in seen[0].answer.body.decode()
    assert isinstance(seen[1], RenderFailed) or seen[1].answer.status == 403
    assert {path for _, path, _ in world.seen} <= {"/", "/redirect", "/away", "/script", "/favicon.ico"}, (
        "nothing was submitted"
    )


@needs_chromium
def test_scripts_run_and_the_page_is_drawn_within_its_limit():
    script = "<script>document.body.innerHTML = '<h1>由脚本生成</h1><p style=height:90000px>长</p>'; document.title='新'</script>"
    seen, _ = render({"/": (200, HTML, f"<html><body>{script}".encode())}, "/", max_screenshot_pixels=2_000_000)
    assert "由脚本生成" in seen[0].answer.body.decode()
    width, height = size_of(seen[0].screenshot)
    assert width == 1366
    assert width * height <= 2_000_000


@needs_chromium
def test_what_moves_is_drawn_as_it_ends_without_a_caret():
    style = """<style>html, body { margin: 0; background: white }
        div { height: 100px; background: red; animation: fade 60s } @keyframes fade { from { opacity: 0 } to { opacity: 1 } }
        p { margin: 0; height: 100px; background: blue; animation: go 1s infinite } @keyframes go { from, to { background: lime } }
        input { display: block; border: 0; outline: 0; width: 100px; height: 100px; caret-color: black }</style>"""
    body = f"{style}<div></div><p></p><input autofocus><span>{'字' * 50}</span>"
    seen, _ = render({"/": (200, HTML, body.encode())}, "/")
    drawn = Image.open(io.BytesIO(seen[0].screenshot)).convert("RGB")
    assert drawn.getpixel((50, 50)) == (255, 0, 0), "what fades in is there"
    assert drawn.getpixel((50, 150)) == (0, 0, 255), "what never ends stands as without moving"
    assert {drawn.getpixel((x, 250)) for x in range(100)} == {(255, 255, 255)}


@needs_chromium
def test_a_phones_page_is_drawn_as_the_phone_lays_it_out():
    body = "<body style=margin:0><div style='width:50%;height:100px;background:red'></div>一个没有适配手机的页面"
    seen, _ = render({"/": (200, HTML, body.encode())}, "/", profile=Profile.RENDERED_PHONE)
    drawn = Image.open(io.BytesIO(seen[0].screenshot)).convert("RGB")
    assert drawn.width == 390
    assert drawn.getpixel((300, 50)) == (255, 0, 0), "half of a phone's 980 pixels, not of its 390"


@needs_chromium
def test_a_phone_sees_a_phones_page():
    body = "<p id=a></p><script>a.textContent = [innerWidth, navigator.language, Intl.DateTimeFormat().resolvedOptions().timeZone, /iPhone/.test(navigator.userAgent)]</script>"
    head = '<meta name="viewport" content="width=device-width">'
    seen, _ = render({"/": page(body, head=head)}, "/", profile=Profile.RENDERED_PHONE)
    assert "390,zh-CN,Asia/Shanghai,true" in seen[0].answer.body.decode()


@needs_chromium
def test_pages_that_hold_on_cost_their_limit_and_no_more():
    pages = {
        "/dialogs": (200, HTML, "<p>对话框</p><script>alert(1); confirm(2); prompt(3); onbeforeunload = () => 'stay'</script>".encode()),
        "/stuck": (200, HTML, b"<p>x</p><script>while (true) {}</script>"),
        "/download": (200, {"Content-Type": "application/octet-stream", "Content-Disposition": "attachment; filename=a.exe"}, b"MZ"),
        "/after": page("之后的页面照常打开"),
    }  # fmt: skip
    seen, _ = render(pages, "/dialogs", "/stuck", "/download", "/after", timeout_s=10.0)
    assert "对话框" in seen[0].answer.body.decode()
    assert isinstance(seen[2], RenderFailed)
    assert "之后的页面" in seen[3].answer.body.decode()


@needs_chromium
def test_a_context_costs_no_page_but_its_own():
    """A page of the browser's own surfaces costs more than the suspect's; the switches that keep them away may be renamed."""

    async def run():
        browser = Browser(CrawlSettings(timeout_s=10.0), "http://127.0.0.1:1")
        async with browser._context(Profile.RENDERED) as context:
            await context.new_page()
            session = await browser._chromium.new_browser_cdp_session()
            await asyncio.sleep(1.5)
            targets = await session.send("Target.getTargets", {"filter": [{}]})
        await browser.close()
        return [(one["type"], one["url"]) for one in targets["targetInfos"]]

    assert sorted(asyncio.run(run())) == [("page", "about:blank"), ("tab", "about:blank")]


@needs_chromium
def test_a_browser_that_died_is_started_again():
    async def run(world):
        async with EgressGate(GatePolicy(allowed_networks=DOCUMENTATION), resolve, world.proxy) as gate:
            browser = Browser(CrawlSettings(timeout_s=10.0), gate.url)
            await browser.render(f"http://{HOST}/", Profile.RENDERED)
            await browser._chromium.close()
            again = await browser.render(f"http://{HOST}/", Profile.RENDERED)
            await browser.close()
            return again

    with tiny_world({(HOST, "/"): page("你好")}) as world:
        assert "你好" in asyncio.run(run(world)).answer.body.decode()


def test_a_missing_browser_is_said_once_and_remembered(tmp_path):
    async def run():
        browser = Browser(CrawlSettings(), "http://127.0.0.1:1", executable=str(tmp_path / "no-chromium"))
        with pytest.raises(BrowserMissing):
            await browser.render("http://a.cn/", Profile.RENDERED)
        await browser.close()
        return browser

    assert asyncio.run(run()).is_missing
