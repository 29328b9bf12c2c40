"""What the outreach calendar proposes: the days that are on or near, with the templates written for them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from fzbot.knowledge.notices import Calendar, NoticeTemplate, OutreachDay

AHEAD = 14
"""Days before an outreach day from which on it is proposed."""


@dataclass(frozen=True)
class Proposal:
    """An outreach day, in how many days it begins (0 while it is on), and its templates."""

    day: OutreachDay
    starts_in: int
    templates: tuple[NoticeTemplate, ...]


def due(calendar: Calendar, templates: Mapping[str, NoticeTemplate], today: date) -> list[Proposal]:
    """The proposals of a day, nearest first."""
    proposals = []
    for day in calendar.days:
        starts_in = _starts_in(day, today)
        if starts_in is not None:
            written = tuple(templates[key] for key in day.notices if key in templates)
            proposals.append(Proposal(day, starts_in, written))
    return sorted(proposals, key=lambda proposal: proposal.starts_in)


def _starts_in(day: OutreachDay, today: date) -> int | None:
    return next((ahead for ahead in range(AHEAD + 1) if day.is_on(today + timedelta(ahead))), None)
