"""The real clock, and the hour of China. Tests hand in clocks of their own."""

from datetime import UTC, date, datetime, timedelta, timezone

__all__ = ["CHINA", "SystemClock", "day_of"]

CHINA = timezone(timedelta(hours=8), "UTC+8")
"""The hour of staff, of the sites and of the registries; without summer time."""


class SystemClock:
    """The machine's clock, in UTC."""

    def now(self) -> datetime:
        """Return the present instant, aware, UTC."""
        return datetime.now(UTC)


def day_of(at: datetime) -> date:
    """Return the day in China: budgets begin anew at midnight where staff work and engines count."""
    return at.astimezone(CHINA).date()
