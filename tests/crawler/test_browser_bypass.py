"""What hostile pages try to make the browser talk past the gate, one row each; the kernel's tables say whom it talked to."""

import asyncio
import subprocess
import sys

import pytest

from crawler.browser import Browser, RenderFailed
from crawler.browser_path import find_chromium
from crawler.gate.policy import GatePolicy
from crawler.gate.proxy import EgressGate
from detectors.model import Profile
from pipelines.settings import CrawlSettings
from tests.crawler.socket_watch import udp_trap, watched
from tests.crawler.test_gate_proxy import DOCUMENTATION
from tests.crawler.tiny_world import HTML, tiny_world, trap

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not find_chromium(), reason="there is no Chromium on this machine"),
]
HOST = "good.example.cn"
INSIDE = {
    "inside.example.cn": ("127.0.0.1",),
    "in-worker.example.cn": ("127.0.0.1",),
    "in-shared.example.cn": ("127.0.0.1",),
    "six.example.cn": ("::1",),
    "mapped.example.cn": ("::ffff:127.0.0.1",),
}

ELEMENTS = (
    '<img src="{web}/img">', '<img srcset="{web}/srcset 2x" src="/x.png">', '<picture><source srcset="{web}/source"><img></picture>',
    '<iframe src="{web}/frame"></iframe>', '<iframe srcdoc="<img src=\'{web}/srcdoc\'>"></iframe>',
    '<iframe src="data:text/html,<img src={web}/data>"></iframe>', '<iframe src="file:///etc/passwd"></iframe>',
    '<iframe src="chrome://version"></iframe>', '<iframe src="view-source:{web}/"></iframe>', '<object data="{web}/object"></object>',
    '<embed src="{web}/embed">', '<link rel=stylesheet href="{web}/css">', '<link rel=icon href="{web}/icon">',
    '<link rel=prefetch href="{web}/prefetch">', '<link rel=preload as=script href="{web}/preload">',
    '<link rel=modulepreload href="{web}/module">', '<link rel=preconnect href="{web}">', '<link rel=dns-prefetch href="//inside.example.cn">',
    '<link rel=manifest href="{web}/manifest">', '<link rel=prerender href="{web}/prerender">',
    '<script type=speculationrules>{{"prerender":[{{"source":"list","urls":["{web}/rules"]}}]}}</script>',
    '<script src="{web}/script"></script>', '<script type=module>import "{web}/import"</script>', '<video src="{web}/video" autoplay></video>',
    '<audio src="{web}/audio" autoplay></audio>', '<video poster="{web}/poster"></video>', '<track src="{web}/track">',
    '<style>@import "{web}/at-import"; @font-face {{font-family: x; src: url({web}/font)}} p {{font-family: x; background: url({web}/background)}}</style>',
    '<svg><image href="{web}/svg"/><use href="{web}/use#a"/></svg>', '<body background="{web}/body">', '<input type=image src="{web}/input">',
    '<img src="http://inside.example.cn:{port}/name">', '<img src="http://six.example.cn:{port}/six">',
    '<img src="http://mapped.example.cn:{port}/mapped">', '<img src="http://localhost:{port}/local">', '<img src="http://2130706433:{port}/number">',
    '<img src="http://0x7f.1:{port}/hex">', '<img src="http://[::ffff:127.0.0.1]:{port}/ffff">', '<img src="http://127.0.0.1.:{port}/dot">',
    '<img src="/redirect"><img src="/chain">', '<img src="https://127.0.0.1:{port}/tls">', '<img src="ftp://127.0.0.1:{port}/ftp">',
    '<iframe src="weixin://dl/chat"></iframe><iframe src="mailto:a@b.cn"></iframe>',
)  # fmt: skip
"""Each becomes a page of its own part: `{web}` is the trap's address, `{port}` its port."""

SCRIPTS = (
    'fetch("{web}/fetch").catch(() => 0)', 'fetch("{web}/no-cors", {{mode: "no-cors", method: "POST", body: "x"}}).catch(() => 0)',
    'fetch("{web}/keepalive", {{keepalive: true}}).catch(() => 0)', 'new WebSocket("ws://127.0.0.1:{port}/ws")',
    'new WebSocket("ws://inside.example.cn:{port}/ws-name")', 'new WebSocket("wss://127.0.0.1:{port}/wss")', 'new EventSource("{web}/events")',
    'navigator.sendBeacon("{web}/beacon", "x")', 'const x = new XMLHttpRequest(); x.open("GET", "{web}/xhr"); x.send()',
    'new Image().src = "{web}/image"', 'open("{web}/popup")', 'new Worker(URL.createObjectURL(new Blob(["fetch(\'{web}/worker\')"])))',
    'new SharedWorker(URL.createObjectURL(new Blob(["fetch(\'{web}/shared\')"])))', 'navigator.serviceWorker.register("/worker.js")',
    'open(URL.createObjectURL(new Blob(["<img src={web}/blob>"], {{type: "text/html"}})))', 'new WebTransport("https://127.0.0.1:{udp}/")',
    'rtc({{urls: "stun:127.0.0.1:{udp}"}})', 'rtc({{urls: "turn:127.0.0.1:{udp}", username: "a", credential: "b"}})',
    'rtc({{urls: "turn:127.0.0.1:{port}?transport=tcp", username: "a", credential: "b"}})',
    'rtc({{urls: "turns:127.0.0.1:{port}", username: "a", credential: "b"}})', 'rtc({{urls: "stun:inside.example.cn:{udp}"}})',
    'new Worker(URL.createObjectURL(new Blob(["new WebSocket(\'ws://127.0.0.1:{port}/ws-worker\')"])))',
    'new Worker(URL.createObjectURL(new Blob(["new WebSocket(\'ws://in-worker.example.cn:{port}/\')"])))',
    'new SharedWorker(URL.createObjectURL(new Blob(["new WebSocket(\'wss://in-shared.example.cn:{port}/\')"])))',
    'new Worker(URL.createObjectURL(new Blob(["new WebTransport(\'https://127.0.0.1:{udp}/\')"])))',
    'import("{web}/dynamic").catch(() => 0)', 'document.write("<iframe src={web}/written></iframe>")',
)  # fmt: skip
MOVES = (
    ("/302", (302, {"Location": "{web}/302"}, b"")), ("/307", (307, {"Location": "http://inside.example.cn:{port}/307"}, b"")),
    ("/refresh", (200, {**HTML, "Refresh": "0; url={web}/refresh"}, b"<p>x")),
    ("/meta", (200, HTML, b'<meta http-equiv=refresh content="0; url={web}/meta"><p>x')),
    ("/href", (200, HTML, b'<p>x<script>location.href = "{web}/href"</script>')),
    ("/replace", (200, HTML, b'<p>x<script>location.replace("file:///etc/passwd")</script>')),
    ("/top", (200, HTML, b'<p>x<script>setTimeout(() => top.location = "{web}/top", 50)</script>')),
    ("/form", (200, HTML, b'<p>x<form id=f action="{web}/form" method=post><input name=id></form><script>f.submit()</script>')),
    ("/download", (200, HTML, b'<p>x<a id=d href="{web}/download" download>x</a><script>d.click()</script>')),
    ("/link", (200, {**HTML, "Link": "<{web}/link>; rel=preload; as=script"}, b"<p>x")),
)  # fmt: skip
RTC = """<script>function rtc(server) {
    const peer = new RTCPeerConnection({iceServers: [server]});
    peer.createDataChannel("x"); peer.createOffer().then(offer => peer.setLocalDescription(offer));
}</script>"""


async def resolve(host):
    return INSIDE.get(host, ("203.0.113.5",))


def filled(text, web, port, udp):
    return text.replace("{web}", web).replace("{port}", str(port)).replace("{udp}", str(udp))


def pages_of(port, udp):
    web = f"http://127.0.0.1:{port}"
    elements = "\n".join(one.format(web=web, port=port) for one in ELEMENTS)
    scripts = "\n".join(f"<script>{one.format(web=web, port=port, udp=udp)}</script>" for one in SCRIPTS)
    pages = {
        "/elements": (200, HTML, f"<p>正文{elements}".encode()),
        "/scripts": (200, HTML, f"<p>正文{RTC}{scripts}".encode()),
        "/redirect": (302, {"Location": f"{web}/redirected"}, b""),
        "/chain": (302, {"Location": "/redirect"}, b""),
        "/worker.js": (200, {"Content-Type": "text/javascript"}, f"fetch('{web}/service')".encode()),
    }
    for path, (status, headers, body) in MOVES:
        named = {name: filled(value, web, port, udp) for name, value in headers.items()}
        pages[path] = (status, named, filled(body.decode(), web, port, udp).encode())
    return pages


def test_no_page_makes_the_browser_talk_past_the_gate():
    paths = ("/elements", "/scripts", *(path for path, _ in MOVES))

    async def run(world, port):
        # The traps' ports are admitted, so that only the address keeps the browser away from them.
        policy = GatePolicy(allowed_ports=(80, 443, port), allowed_networks=DOCUMENTATION)
        async with EgressGate(policy, resolve, world.proxy) as gate:
            browser = Browser(CrawlSettings(timeout_s=20.0), gate.url)
            seen = {}
            for path in paths:
                try:
                    seen[path] = await browser.render(f"http://{HOST}{path}", Profile.RENDERED)
                except RenderFailed as failed:
                    seen[path] = failed
            await asyncio.sleep(1.0)
            await browser.close()
            return seen, gate.port, set(gate._passages)

    with trap() as (port, came), udp_trap() as (udp, packets), watched("chromium") as talked:
        pages = {(HOST, path): answer for path, answer in pages_of(port, udp).items()}
        with tiny_world(pages) as world:
            seen, gate_port, asked = asyncio.run(run(world, port))
        assert came == []
        assert packets == []
    assert len(ELEMENTS) + len(SCRIPTS) + len(MOVES) >= 60
    assert "正文" in seen["/elements"].answer.body.decode()
    assert "正文" in seen["/scripts"].answer.body.decode()
    assert not [
        path for path, one in seen.items() if "root:" in getattr(getattr(one, "answer", None), "body", b"").decode()
    ]
    # Chromium asks the kernel which of its own addresses would reach the world: a UDP socket that never sends.
    probes = {("udp", "8.8.8.8", 53), ("udp", "2001:4860:4860::8888", 53), ("udp", "2001:4860:4860::8888", 443)}
    assert talked - probes == {("tcp", "127.0.0.1", gate_port)}
    own = {HOST, *INSIDE, "127.0.0.1", "localhost", "::1", "::ffff:127.0.0.1", "[::ffff:7f00:1]", "::ffff:7f00:1"}
    hosts = {host for host, _ in asked}
    assert hosts <= own, "the browser asked for something of its own"
    # Playwright closes WebSockets of pages; those of workers it does not see, the browser's own rules do.
    assert not {"in-worker.example.cn", "in-shared.example.cn"} & hosts
    assert {agent for _, _, agent in world.seen if "Windows" not in agent} == set()


def test_a_watcher_sees_what_a_child_talks_to():
    """Or the test above could not fail."""
    code = "import socket, sys, time; s = socket.create_connection(('127.0.0.1', int(sys.argv[1]))); time.sleep(30)"
    with trap() as (port, _), watched("python") as talked:
        child = subprocess.Popen([sys.executable, "-c", code, str(port)])
        try:
            for _ in range(200):
                if talked:
                    break
                asyncio.run(asyncio.sleep(0.05))
        finally:
            child.kill()
            child.wait()
    assert ("tcp", "127.0.0.1", port) in talked
