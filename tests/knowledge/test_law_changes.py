"""A changed law leads to the points that rest on it, and to those reviewed before it came into force."""

from datetime import date

import pytest

from fzbot.errors import KnowledgeError
from fzbot.knowledge.entry import Citation, Entry, Point
from fzbot.knowledge.files import Law
from fzbot.knowledge.law_changes import affected, outdated, watched

OLD, NEW = date(2026, 1, 1), date(2026, 12, 1)


def entry(id_: str, reviewed: date, *cited: str) -> Entry:
    points = tuple(Point(text=f"依据{text}的一点", basis=(Citation.parse(text),)) for text in cited)
    return Entry(
        id=id_, title="题", questions=("问",), gist="能要回来。", points=points, reviewed=reviewed, review_by=NEW
    )


def test_every_point_that_rests_on_a_law_is_named_with_its_number() -> None:
    laws = {"民法典": Law(title="民法典"), "商标法": Law(title="商标法")}
    found = affected([entry("a.b", OLD, "民法典188", "商标法57"), entry("c.d", OLD, "民法典1")], laws, "商标法")
    assert [(one.entry.id, one.number, one.reason) for one in found] == [("a.b", 2, "引用《商标法》第57条")]


def test_a_law_that_is_not_known_is_an_error_that_shows_known_ones() -> None:
    with pytest.raises(KnowledgeError, match="民法典"):
        affected([], {"民法典": Law(title="民法典")}, "婚姻法")


def test_points_reviewed_before_the_present_text_came_into_force_are_to_be_looked_at() -> None:
    laws = {"商标法": Law(title="商标法", in_force=date(2026, 6, 1))}
    known = [entry("a.b", OLD, "商标法57"), entry("c.d", NEW, "商标法57")]
    assert [one.entry.id for one in outdated(known, laws, NEW)["商标法"]] == ["a.b"]
    assert outdated(known, laws, date(2026, 5, 31)) == {}


def test_points_are_to_be_looked_at_from_the_day_on_which_a_new_text_holds_that_was_known_before() -> None:
    laws = {"商标法": Law(title="商标法", next_text=date(2027, 1, 1))}
    known = [entry("a.b", NEW, "商标法57")]
    assert outdated(known, laws, date(2026, 12, 31)) == {}
    assert [one.number for one in outdated(known, laws, date(2027, 1, 1))["商标法"]] == [1]


def test_points_on_a_law_that_was_replaced_are_to_be_looked_at_from_that_day() -> None:
    laws = {
        "噪声污染防治法": Law(title="噪声", replaced_by="生态环境法典"),
        "生态环境法典": Law(title="法典", in_force=date(2026, 8, 15)),
    }
    known = [entry("a.b", NEW, "噪声污染防治法63")]
    assert outdated(known, laws, date(2026, 8, 14)) == {}
    assert [one.reason for one in outdated(known, laws, NEW)["噪声污染防治法"]] == [
        "《噪声污染防治法》已被《生态环境法典》代替"
    ]


def test_laws_to_watch_are_told() -> None:
    laws = {"民法典": Law(title="民法典"), "商标法": Law(title="商标法", watch="2027-01-01 起用新文本")}
    assert list(watched(laws)) == [("商标法", "2027-01-01 起用新文本")]
