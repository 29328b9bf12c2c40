"""Spans of days as people name them: today, this week, this month, this year, or from one day to another."""

from datetime import date, timedelta

from fzbot.errors import FzbotError
from fzbot.statistics.scope import Span

NAMES = {"today": "今天", "week": "本周", "month": "本月", "year": "今年", "other": "其他"}
LONGEST = 3660


def named(name: str, today: date) -> Span:
    """The span of that name up to today; a week starts on Monday."""
    first = {
        "today": today,
        "week": today - timedelta(days=today.weekday()),
        "month": today.replace(day=1),
        "year": today.replace(month=1, day=1),
    }.get(name, today.replace(day=1))
    return Span(first, today)


def between(first: str, last: str) -> Span:
    """The span of two dates as a form sends them; `FzbotError` when they are no dates, run backwards or are too far apart."""
    try:
        span = Span(date.fromisoformat(first), date.fromisoformat(last))
    except ValueError as error:
        raise FzbotError("日期要写成 2026-11-01 这样，起始和截止都要填") from error
    if span.first > span.last:
        raise FzbotError(f"起始日 {span.first} 在截止日 {span.last} 之后，请对调")
    if span.days > LONGEST:
        raise FzbotError("一次最多看 10 年")
    return span
