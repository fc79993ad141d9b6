"""Pictures on their way into an observation."""

from concurrent.futures import Future
from dataclasses import replace

from detectors.model import SCREENSHOT, Attachment, EvidenceKind
from pipelines.pictures.observe import begin_attached, begin_file, with_pictures
from pipelines.pictures.reading import ReadCode, Reading
from pipelines.trim import trim
from tests.builders import a_listing


class FakeReader:
    """Reads every picture as its own bytes and remembers what was asked."""

    def __init__(self):
        self.asked = []

    def submit(self, content, *, wants_text=True, is_drawn=False):
        self.asked.append((content, wants_text, is_drawn))
        future = Future()
        future.set_result(Reading(codes=(ReadCode(text="http://a.cn/", kind="QR Code"),), text=content.decode()))
        return future


def attached(kind, content, label=""):
    return Attachment(kind=kind, media_type="image/png", content=content, label=label)


def test_screenshots_and_listing_pictures_are_read_and_nothing_else():
    observation = replace(
        a_listing("电工证", "x" * 400),
        attachments=(
            attached(EvidenceKind.SCREENSHOT, b"shot"),
            attached(EvidenceKind.IMAGE, b"image", "http://a.cn/1.jpg"),
            attached(EvidenceKind.IMAGE, b"image", "http://a.cn/2.jpg"),
            attached(EvidenceKind.LISTING, b"{}"),
        ),
    )
    reader = FakeReader()
    seen = with_pictures(observation, begin_attached(observation, reader))
    assert [(one.where, one.text) for one in seen.pictures] == [("http://a.cn/2.jpg", "image"), (SCREENSHOT, "shot")]
    assert (b"shot", False, True) in reader.asked
    assert trim(seen).pictures == seen.pictures


def test_print_of_a_screenshot_is_wanted_where_the_page_says_little():
    observation = replace(a_listing("电工证", ""), attachments=(attached(EvidenceKind.SCREENSHOT, b"shot"),))
    reader = FakeReader()
    begin_attached(observation, reader)
    assert reader.asked == [(b"shot", True, True)]


def test_a_screenshot_changes_no_identity_and_a_listing_picture_does():
    plain = a_listing("电工证", "")
    drawn = replace(plain, attachments=(attached(EvidenceKind.SCREENSHOT, b"shot"),))
    shown = replace(plain, attachments=(attached(EvidenceKind.IMAGE, b"image", "http://a.cn/1.jpg"),))
    reader = FakeReader()
    assert with_pictures(drawn, begin_attached(drawn, reader)).identity == plain.identity
    assert with_pictures(shown, begin_attached(shown, reader)).identity != plain.identity


def test_a_file_that_cannot_be_opened_is_a_picture_with_a_failure(tmp_path):
    reader = FakeReader()
    assert "找不到" in begin_file(tmp_path / "none.jpg", reader).result().failure
    assert "不是文件" in begin_file(tmp_path, reader).result().failure
    assert reader.asked == []
