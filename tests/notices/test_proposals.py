"""The outreach calendar proposes what is on or near, also across the year's end."""

from datetime import date

import pytest

from fzbot.knowledge.notices import Calendar, OutreachDay, load_calendar, load_templates
from fzbot.notices.authoring import proposals
from fzbot.settings import shipped_knowledge


def day(key: str, first: str, last: str) -> OutreachDay:
    values = {
        "key": key,
        "name": key,
        "from": first,
        "to": last,
        "theme": "",
        "sure": "B",
        "notices": ["known", "gone"],
    }
    return OutreachDay.model_validate(values)


@pytest.mark.parametrize(
    ("today", "expected"),
    [
        (date(2026, 12, 17), []),
        (date(2026, 12, 18), [("new-year", 14)]),
        (date(2026, 12, 31), [("new-year", 1), ("january", 14)]),
        (date(2027, 1, 1), [("new-year", 0), ("january", 13)]),
        (date(2027, 1, 20), [("january", 0)]),
        (date(2027, 1, 21), []),
    ],
)
def test_days_are_proposed_a_fortnight_ahead_and_while_they_are_on(
    today: date, expected: list[tuple[str, int]]
) -> None:
    calendar = Calendar(days=(day("january", "01-14", "01-20"), day("new-year", "01-01", "01-01")))
    found = proposals.due(calendar, {}, today)
    assert [(proposal.day.key, proposal.starts_in) for proposal in found] == expected
    assert all(proposal.templates == () for proposal in found)


def test_the_shipped_calendar_leads_to_templates() -> None:
    root = shipped_knowledge()
    (proposal,) = proposals.due(load_calendar(root), load_templates(root), date(2026, 12, 4))
    assert (proposal.day.key, proposal.starts_in) == ("constitution-week", 0)
    assert [template.key for template in proposal.templates] == ["constitution-week"]
