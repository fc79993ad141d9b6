"""Pictures of listings on their way in."""

import asyncio
from dataclasses import replace

from crawler.capture import Answer
from crawler.context import Notes
from crawler.fetch import FetchFailed
from crawler.listing_images import fetch_images, wants_images
from detectors.model import EvidenceKind
from tests.builders import a_listing


class FakeFetcher:
    """Answers from a table; what is not in it fails."""

    def __init__(self, answers):
        self.answers = answers
        self.asked = []

    async def ask(self, url, cookie_jar, headers=None):
        self.asked.append(url)
        if url not in self.answers:
            raise FetchFailed("没有应答")
        status, kind, body = self.answers[url]
        return Answer(requested_url=url, final_url=url, status=status, headers=(("Content-Type", kind),), body=body)


def shown(*urls, text=""):
    observation = a_listing("详情见图", text)
    return replace(observation, listing=replace(observation.listing, image_urls=urls))


def test_only_listings_that_say_little_want_their_pictures():
    assert wants_images(shown("http://a.cn/1.jpg"))
    assert not wants_images(shown())
    assert not wants_images(shown("http://a.cn/1.jpg", text="字" * 200))


def test_pictures_become_evidence_with_their_address_and_failures_are_counted():
    fetcher = FakeFetcher(
        {
            "http://a.cn/1.jpg": (200, "image/jpeg; x=1", b"one"),
            "http://a.cn/2.jpg": (200, "text/html", b"<html>"),
            "http://a.cn/3.jpg": (404, "image/jpeg", b"gone"),
        }
    )
    notes = Notes()
    observation = shown(*(f"http://a.cn/{n}.jpg" for n in range(1, 9)))
    images = asyncio.run(fetch_images(fetcher, observation, "某平台", notes))
    assert [(one.label, one.media_type, one.content) for one in images] == [
        ("http://a.cn/1.jpg", "image/jpeg", b"one"),
        ("http://a.cn/2.jpg", "application/octet-stream", b"<html>"),
    ]
    assert {one.kind for one in images} == {EvidenceKind.IMAGE}
    assert len(fetcher.asked) == 4
    assert notes.outcomes["images_failed"] == 2
