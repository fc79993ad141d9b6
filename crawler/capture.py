"""From an answer of the web to a `Capture` and the attachments that prove it."""

import hashlib
from dataclasses import dataclass
from datetime import datetime

import msgspec
from scrapy.http import Response

from crawler.settings import TOOL
from crawler.unpacking import unpacked
from detectors.model import Attachment, Capture, EvidenceKind, Hop, PageContent, Profile, TlsFacts, Unknown
from detectors.pages.read import decode_html, read_page

__all__ = ["REDIRECTS", "Answer", "answer_of", "capture_of", "record_of"]

REDIRECTS = frozenset({301, 302, 303, 307, 308})
"""Statuses under which `Location` says where to go on."""
_CUT_FLAGS = frozenset({"download_stopped", "dataloss", "partial"})
_HTML_TYPES = ("text/html", "application/xhtml", "text/plain", "application/xml", "text/xml")


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What came back for one look, redirects already followed."""

    requested_url: str
    final_url: str
    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes
    """Content coding undone, at most our limit."""
    is_truncated: bool = False
    transferred_sha256: str = ""
    """Of the bytes as they came over the wire; empty: the browser did not tell."""
    redirects: tuple[Hop, ...] = ()
    peer: str = ""
    """Address that answered; empty: not known."""
    user_agent: str = ""
    robots: str = "not consulted"
    """Whether robots.txt was asked: suspects are looked at as a visitor would."""
    stopped: str = ""
    """Why redirects were not followed to their end (one Chinese sentence); empty: they were."""
    tls: TlsFacts | Unknown | None = None
    """None: no TLS, or the browser looked."""
    tls_faults: tuple[str, ...] = ()
    """What a careful visitor would object to in the certificate (`TlsFault`); its chain is not judged here. Empty: nothing, or no TLS."""

    @property
    def content_type(self) -> str:
        """Return the media type with its parameters; empty: none was named."""
        return self.header("content-type")

    def header(self, name: str) -> str:
        """Return the first value of a header, its name in lower case; empty: it was not sent."""
        return next((value for sent, value in self.headers if sent.lower() == name), "")


def answer_of(response: Response, limit: int, *, peer: str = "") -> Answer:
    """Read Scrapy's response, a body cut to `limit` bytes."""
    headers = tuple(
        (name.decode("latin-1"), value.decode("latin-1"))
        for name, values in response.headers.items()
        for value in values
    )
    encoding = b",".join(response.headers.getlist(b"Content-Encoding")).decode("latin-1")
    body, is_cut = unpacked(response.body, encoding, limit)
    agent = response.request.headers.get(b"User-Agent") if response.request else None
    return Answer(
        requested_url=response.url,
        final_url=response.url,
        status=response.status,
        headers=headers,
        body=body,
        is_truncated=is_cut or bool(_CUT_FLAGS & set(response.flags)),
        transferred_sha256=_sha256(response.body),
        peer=peer,
        user_agent=(agent or b"").decode("latin-1"),
    )


def capture_of(
    answer: Answer, profile: Profile, captured_at: datetime, screenshot: bytes = b"", *, label: str = ""
) -> tuple[Capture, tuple[Attachment, ...]]:
    """Return what was seen and its proof: the body, a record of how it was had, and a PNG where the page was drawn.

    `label` is what stands beside the proof; empty: the profile.
    """
    label = label or profile.value
    media_type = answer.content_type.partition(";")[0].strip().lower()
    is_page = not media_type or media_type.startswith(_HTML_TYPES)
    html = decode_html(answer.body, answer.content_type) if answer.body and is_page else ""
    capture = Capture(
        profile=profile,
        requested_url=answer.requested_url,
        final_url=answer.final_url,
        status=answer.status,
        captured_at=captured_at,
        redirects=answer.redirects,
        headers=answer.headers,
        content_type=answer.content_type,
        body_sha256=_sha256(answer.body) if answer.body else "",
        body_bytes=len(answer.body),
        is_truncated=answer.is_truncated,
        html=html,
        page=read_page(html, answer.final_url) if html else PageContent(),
        screenshot_sha256=_sha256(screenshot) if screenshot else "",
    )
    attachments = [
        Attachment(
            kind=EvidenceKind.RESPONSE,
            media_type="application/json",
            content=record_of(answer, capture),
            label=label,
        )
    ]
    if answer.body:
        kind = media_type or "application/octet-stream"
        attachments.append(Attachment(kind=EvidenceKind.BODY, media_type=kind, content=answer.body, label=label))
    if screenshot:
        attachments.append(
            Attachment(kind=EvidenceKind.SCREENSHOT, media_type="image/png", content=screenshot, label=label)
        )
    return capture, tuple(attachments)


def record_of(answer: Answer, capture: Capture, *, blocked_by: str = "") -> bytes:
    """Return how an answer was had, as JSON; `blocked_by` names the page that stood in the way."""
    return msgspec.json.format(
        msgspec.json.encode(
            {
                "requested_url": answer.requested_url,
                "final_url": answer.final_url,
                "status": answer.status,
                "headers": answer.headers,
                "redirects": answer.redirects,
                "stopped_because": answer.stopped,
                "peer": answer.peer,
                "profile": capture.profile.value,
                "user_agent": answer.user_agent,
                "robots_txt": answer.robots,
                "captured_at": capture.captured_at,
                "body_sha256": capture.body_sha256,
                "body_bytes": capture.body_bytes,
                "is_truncated": capture.is_truncated,
                "transferred_sha256": answer.transferred_sha256,
                "blocked_by": blocked_by,
                "tls_faults": answer.tls_faults,
                "tool": TOOL,
            }
        ),
        indent=1,
    )


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
