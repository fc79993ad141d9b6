"""What the last step does with the pictures of one item."""

from concurrent.futures import Future

from crawler.stage import ReadOnce
from pipelines.pictures.reading import Reading


class Reader:
    def __init__(self) -> None:
        self.asked = []

    def submit(self, content: bytes, *, wants_text: bool = True, is_drawn: bool = False) -> "Future[Reading]":
        self.asked.append((content, wants_text, is_drawn))
        answer: Future[Reading] = Future()
        answer.set_result(Reading(text=content.decode()))
        return answer


def test_a_picture_that_several_ways_led_to_is_read_once_and_otherwise_asked_it_is_read_again() -> None:
    reader = Reader()
    once = ReadOnce(reader)
    first = once.submit(b"a", is_drawn=True)
    assert once.submit(b"a", is_drawn=True) is first
    assert once.submit(b"a", wants_text=False, is_drawn=True) is not first
    assert once.submit(b"b").result().text == "b"
    assert reader.asked == [(b"a", True, True), (b"a", False, True), (b"b", True, False)]
