"""The one place that asks what time it is. Stored in UTC, shown and counted in Asia/Shanghai."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

CHINA = ZoneInfo("Asia/Shanghai")


def now() -> datetime:
    """The present moment, aware, in UTC."""
    return datetime.now(UTC)


def china_day(moment: datetime) -> date:
    """The calendar day in China that an aware moment falls on."""
    return moment.astimezone(CHINA).date()


def today() -> date:
    """The calendar day in China now."""
    return china_day(now())


def day_bounds(first: date, last: date) -> tuple[datetime, datetime]:
    """The half-open span in UTC that covers the Chinese days `first` to `last`, both included."""
    start = datetime.combine(first, time.min, CHINA)
    end = datetime.combine(last + timedelta(days=1), time.min, CHINA)
    return start.astimezone(UTC), end.astimezone(UTC)
