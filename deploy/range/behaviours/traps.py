"""Hosts that harm whoever visits them without limits."""

import asyncio
import struct
import zlib
from collections.abc import AsyncIterator

from deploy.range.exchange import Answer, Request, as_html, as_redirect, as_text
from deploy.range.stage import Stage

__all__ = [
    "broken_html", "download", "endless_body", "gzip_bomb", "hostile_headers", "long_line", "many_links", "redirect_inside",
    "redirect_loop", "redirect_metadata", "script_dialogs", "slow_drip", "wrong_charset",
]  # fmt: skip

_HTML = ("content-type", "text/html; charset=utf-8")
_HEAD = "<!DOCTYPE html><html lang=zh-CN><head><meta charset=utf-8><title>{}</title></head><body>"
_BLOCK_BYTES = 16 << 20
_BOMB_BLOCKS = 70
_LONG_LINE_BYTES = 5_000_000
_LINKS = 20_000


def redirect_loop(request: Request, stage: Stage) -> Answer:  # noqa: ARG001 - every behaviour has these arguments
    """Send from `/a` to `/b` and back, for ever."""
    return as_redirect("/b" if request.path == "/a" else "/a")


def redirect_inside(request: Request, stage: Stage) -> Answer:  # noqa: ARG001
    """Send to the range's own control port on 127.0.0.1, which records whoever comes."""
    return as_redirect(f"{stage.control_url}/lured")


def redirect_metadata(request: Request, stage: Stage) -> Answer:  # noqa: ARG001
    """Send to the address where clouds keep their secrets."""
    return as_redirect("http://169.254.169.254/latest/meta-data/")


def endless_body(request: Request, stage: Stage) -> Answer:  # noqa: ARG001
    """A page that does not end."""

    async def stream() -> AsyncIterator[bytes]:
        yield _HEAD.format("无尽的页面").encode()
        paragraph = "<p>安全生产，人人有责。</p>\n".encode() * 1000
        while True:
            yield paragraph
            await asyncio.sleep(0)

    return Answer(headers=(_HTML,), body=stream())


def gzip_bomb(request: Request, stage: Stage) -> Answer:  # noqa: ARG001
    """About 1 MB on the wire, 1.1 GB unpacked."""

    async def stream() -> AsyncIterator[bytes]:
        block = b" " * _BLOCK_BYTES
        # After a full flush a block does not refer to what was before it: the same packed block can be repeated.
        packer = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
        packed = packer.compress(block) + packer.flush(zlib.Z_FULL_FLUSH)
        start = _HEAD.format("压缩的页面").encode()
        packer = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
        yield b"\x1f\x8b\x08\0\0\0\0\0\0\x03" + packer.compress(start) + packer.flush(zlib.Z_FULL_FLUSH)
        checksum = zlib.crc32(start)
        for _ in range(_BOMB_BLOCKS):
            yield packed
            checksum = zlib.crc32(block, checksum)
        yield packer.flush() + struct.pack("<II", checksum, len(start) + _BLOCK_BYTES * _BOMB_BLOCKS & 0xFFFFFFFF)

    return Answer(headers=(_HTML, ("content-encoding", "gzip")), body=stream())


def slow_drip(request: Request, stage: Stage) -> Answer:  # noqa: ARG001
    """One byte a second."""

    async def stream() -> AsyncIterator[bytes]:
        for octet in (_HEAD.format("慢速页面") + "<p>请耐心等待。</p>" * 100).encode():
            yield bytes([octet])
            await asyncio.sleep(1)

    return Answer(headers=(_HTML,), body=stream())


def wrong_charset(request: Request, stage: Stage) -> Answer:  # noqa: ARG001
    """Header and page say UTF-8; the octets are GB 18030."""
    text = (
        _HEAD.format("焊工考试复习资料")
        + "<h1>焊工考试复习资料</h1><p>本页用于练习：声明的编码与实际不符。</p></body></html>"
    )
    return Answer(headers=(_HTML,), body=text.encode("gb18030"))


def broken_html(request: Request, stage: Stage) -> Answer:  # noqa: ARG001
    """Unclosed, nested and overlapping tags, stray octets, deep nesting."""
    text = (
        "<html><head><title>叉车司机复习题</title><body><body><table><tr><form action=><div><p>复习题<b><i></b></i>&#xD800;&#9999999;"
        + "<div>" * 3000
        + "<a href='http://[::1'>坏链接</a><a href='ht!tp://%%%'>坏链接</a><img src=><script>if (1 < 2) {</scrip><!-- 没有结束"
    )
    return Answer(headers=(_HTML,), body=text.encode("utf-8", "replace") + b"\x00\xff\xfe\x80")


def script_dialogs(request: Request, stage: Stage) -> Answer:  # noqa: ARG001
    """Dialogs on load, again and again, and on leaving."""
    script = (
        "onbeforeunload = event => { event.preventDefault(); event.returnValue = '确定离开？'; };"
        "alert('欢迎'); confirm('继续？'); prompt('请输入姓名');"
        "setInterval(() => alert('还在吗'), 50); try { open('/popup'); } catch (error) {}"
        "try { print(); } catch (error) {}"
    )
    return as_html(f"{_HEAD.format('对话框')}<p>这个页面不断弹出对话框。</p><script>{script}</script></body></html>")


def long_line(request: Request, stage: Stage) -> Answer:  # noqa: ARG001
    """One line of 5 MB."""
    return as_html(_HEAD.format("一行五兆") + "操作证" * (_LONG_LINE_BYTES // 9) + "</body></html>")


def many_links(request: Request, stage: Stage) -> Answer:  # noqa: ARG001
    """Twenty thousand links to pages that all have as many again."""
    base = request.path.rstrip("/")
    links = "".join(f'<a href="{base}/{number}">第{number}页</a>\n' for number in range(_LINKS))
    return as_html(_HEAD.format("两万个链接") + links + "</body></html>")


def download(request: Request, stage: Stage) -> Answer:  # noqa: ARG001
    """A file instead of a page."""
    headers = (
        ("content-type", "application/octet-stream"),
        (
            "content-disposition",
            "attachment; filename=\"../../电工题库.exe\"; filename*=UTF-8''%2E%2E%2F%E9%A2%98%E5%BA%93.exe",
        ),
    )
    return Answer(headers=headers, body=b"MZ" + bytes(range(256)) * 2000)


def hostile_headers(request: Request, stage: Stage) -> Answer:
    """Header values that attack whoever shows, stores or follows them."""
    if request.path == "/next":
        return as_text("ok")
    headers: tuple[tuple[str, str | bytes], ...] = (
        _HTML,
        ("server", "<script>alert(1)</script>"),
        ("x-powered-by", "=HYPERLINK(\"http://127.0.0.1/\")"),
        ("x-octets", b"\xff\xfe\xc0\x80"),
        ("x-long", "a" * 12_000),
        ("set-cookie", "a=" + "b" * 3_000),
        ("set-cookie", "c=d; domain=.gov.cn; path=/"),
        ("refresh", f"1; url={stage.control_url}/lured"),
        ("link", "<http://169.254.169.254/>; rel=preload; as=script"),
        ("content-language", "zh'--"),
        ("last-modified", "yesterday"),
    )  # fmt: skip
    body = _HEAD.format("响应头") + "<p>请看响应头。</p></body></html>"
    return Answer(headers=headers, body=body.encode())
