"""Hosts that only have pages: files as their `host.toml` says."""

from pathlib import PurePosixPath

from deploy.range.exchange import Answer, Request, as_html, as_redirect

__all__ = ["from_pages"]

_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".ico": "image/x-icon",
    ".jpg": "image/jpeg",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json; charset=utf-8",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
    ".webp": "image/webp",
    ".xml": "application/xml; charset=utf-8",
}
_NOT_FOUND = "<!DOCTYPE html><html lang=zh-CN><meta charset=utf-8><title>404</title><p>您访问的页面不存在。</p></html>"


def from_pages(request: Request, phase: str) -> Answer:
    """Answer from the host's pages; 404 if none fits."""
    page = request.host.page_for(request.path, request.agent, phase)
    if page is None:
        return as_html(_NOT_FOUND, 404)
    if page.redirect:
        return as_redirect(page.redirect)
    content_type = page.content_type or _TYPES.get(PurePosixPath(page.file).suffix, "application/octet-stream")
    headers = (("content-type", content_type), *page.headers.items())
    return Answer(status=page.status, headers=headers, body=(request.host.folder / page.file).read_bytes())
