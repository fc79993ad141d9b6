"""How long a server wants to be left alone."""

from datetime import UTC, datetime

import pytest

from crawler.retry_after import retry_after_s

NOW = datetime(2026, 11, 22, 8, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("120", 120.0), (" 7 ", 7.0), ("0", 0.0), ("9" * 400, 999_999_999.0), ("Sun, 22 Nov 2026 08:31:00 GMT", 60.0),
        ("Sun, 22 Nov 2026 08:31:00 -0000", 60.0), ("Sun, 22 Nov 2026 08:00:00 GMT", 0.0), ("", None), ("soon", None), ("-5", None),
        ("１２", None), ("Sun, 22 Nov 99999999999999999999 08:31:00 GMT", None),
    ],
)  # fmt: skip
def test_seconds_dates_and_nonsense(text, seconds):
    assert retry_after_s(text, NOW) == seconds
