"""Counts are recounted from the rows; people are distinct over the whole span."""

from datetime import UTC, date, datetime

from sqlalchemy import Engine

from fzbot import clock, db
from fzbot.interactions.record import Recorder
from fzbot.statistics import counts
from tests.interactions.new_interactions import make_account, make_row


def test_days_decisions_topics_and_distinct_people(engine: Engine, recorder: Recorder) -> None:
    account_id = make_account(engine)
    other = make_account(engine, "other")
    days = (date(2026, 11, 22), date(2026, 11, 23))
    rows = [
        make_row(account_id, "1", openid_hash="a", day=days[0]),
        make_row(account_id, "2", openid_hash="a", day=days[1], entry="loan.unpaid"),
        make_row(account_id, "3", openid_hash="b", day=days[1], decision="unknown", entry=None),
        make_row(account_id, "4", openid_hash="b", day=days[1], kind="subscribe", decision=None, entry=None),
        make_row(account_id, "5", openid_hash="b", day=date(2026, 12, 1)),
        make_row(other, "6", openid_hash="c", day=days[0]),
    ]
    for row in rows:
        recorder.record(row)
    with db.reading(engine) as session:
        report = counts.count(session, days[0], days[1], [account_id])
        everywhere = counts.count(session, days[0], days[1])
    assert (report.total.interactions, report.total.questions, report.total.people) == (4, 3, 2)
    assert report.total.decisions == {"answer": 2, "unknown": 1}
    assert report.total.direct_rate == 2 / 3
    assert {day: day_counts.interactions for day, day_counts in report.days.items()} == {days[0]: 1, days[1]: 3}
    assert report.topics == {"loan": 1, "marriage": 1}
    assert everywhere.total.interactions == 5


def test_an_empty_span_has_no_rate(engine: Engine) -> None:
    with db.reading(engine) as session:
        report = counts.count(session, date(2026, 1, 1), date(2026, 1, 31))
    assert report.total.interactions == 0
    assert report.total.direct_rate is None


def test_a_day_is_a_day_in_china() -> None:
    assert clock.china_day(datetime(2026, 11, 22, 16, 0, tzinfo=UTC)) == date(2026, 11, 23)
    start, end = clock.day_bounds(date(2026, 11, 23), date(2026, 11, 23))
    assert (start, end) == (datetime(2026, 11, 22, 16, tzinfo=UTC), datetime(2026, 11, 23, 16, tzinfo=UTC))
