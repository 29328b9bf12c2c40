"""The page of laws that changed: which points are to be looked at, and what is coming."""

from datetime import UTC, datetime

from fzbot.people.staff import Role
from tests.console.office import Office

CITED = "property.intellectual"
"""An entry with a point that rests on the trademark law, whose new text holds from 2027-01-01."""


def test_nothing_is_to_be_looked_at_while_laws_stand_and_what_is_coming_is_told(small_office: Office) -> None:
    small_office.now = datetime(2026, 12, 30, tzinfo=UTC)
    browser = small_office.sign_in("viewer", Role.VIEWER)
    page = browser.look("/laws").text
    assert "没有。答案里引用的法律，现行文本都在核对之前。" in page
    assert "中华人民共和国商标法" in page
    assert "法律变了" not in browser.look("/").text


def test_from_the_day_of_a_new_text_its_points_are_listed_and_the_first_page_says_how_many(
    small_office: Office,
) -> None:
    small_office.now = datetime(2026, 12, 31, 16, 0, tzinfo=UTC)  # midnight in China
    browser = small_office.sign_in("viewer", Role.VIEWER)
    page = browser.look("/laws").text
    title = small_office.snapshot.entries[CITED].title
    assert f'<a href="/console/knowledge/{CITED}">{title}</a>' in page
    assert "《商标法》2027-01-01 起用新文本" in page
    assert "个要点要看" in browser.look("/").text
