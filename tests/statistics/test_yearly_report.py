"""The figures of a year: each is its rows added up, what nobody wrote down stays blank, and years do not mix."""

import itertools
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine

from fzbot.activities import kinds, ledger, listing
from fzbot.activities.kinds import DEFAULTS, ActivityKindSetting, Measure
from fzbot.activities.listing import ActivityFilter
from fzbot.db import reading, writing
from fzbot.errors import ReportError
from fzbot.handovers import handover
from fzbot.handovers.handover import Handover
from fzbot.interactions.store import store
from fzbot.statistics.yearly_report import gathering
from fzbot.statistics.yearly_report.model import YearReport
from tests.activities.ledger_keeper import LI, NOW, Town
from tests.interactions.new_interactions import make_row

TODAY = date(2026, 11, 23)
NUMBERS = itertools.count()


def gather(town: Town, of: int = 2026, today: date = TODAY) -> YearReport:
    with reading(town.engine) as session:
        return gathering.gather(session, town.account_id, "红旗镇", of, today, {"marriage": "婚姻家庭"})


def values(report: YearReport) -> dict[str, int]:
    return {line.key: line.value for line in report.lines if line.value is not None}


def ask(town: Town, key: str, **more: object) -> None:
    with town.engine.begin() as connection:
        store(connection, [make_row(town.account_id, key, **more)])  # type: ignore[arg-type]


def test_nothing_recorded_is_blank_and_not_nought(engine: Engine) -> None:
    report = gather(Town(engine))
    assert values(report) == {}
    assert all(line.before is None and line.rows == 0 for line in report.lines)
    assert (report.kinds, report.themes) == ((), ())


def test_a_year_as_a_township_reports_it(engine: Engine) -> None:
    town = Town(engine)
    red, bay = town.villages["红庄村"], town.villages["马家湾村"]
    town.held(date(2026, 3, 8), villages=(red, bay), sessions=1, people=300, materials=500)
    town.held(date(2026, 5, 28), "法治讲座", villages=(red,), sessions=2, people=150)
    town.held(date(2026, 6, 1), "法律明白人培训", sessions=1, people=40)
    town.held(date(2026, 6, 2), "公众号推文", sessions=60)
    town.held(date(2026, 6, 3), "顾问推送", sessions=12_000)
    town.held(date(2026, 6, 4), "纠纷排查", disputes_found=283)
    town.held(date(2026, 6, 5), "纠纷化解", disputes_settled=283)
    town.held(date(2026, 6, 6), "学法", sessions=0)
    town.served(people=2)
    town.served("马家湾村")
    ask(town, "1", openid_hash="a", village_id=red)
    ask(town, "2", openid_hash="a", decision="unknown", entry=None)
    ask(town, "3", openid_hash="b", kind="subscribe", decision=None, entry=None, question=None)
    for key, at in (("1", NOW), ("2", NOW - timedelta(days=365))):
        with writing(engine) as session:
            passed_on = handover.values(town.account_id, key, "a", "彩礼怎么退", at)
            session.add(Handover(**passed_on))
    report = gather(town)
    assert values(report) == {
        "activities": 3,
        "reached": 450,
        "materials": 500,
        "trainings": 1,
        "trained": 40,
        "studies": 0,
        "articles": 60,
        "adviser-pushes": 12_000,
        "services": 2,
        "served": 2,
        "disputes-found": 283,
        "disputes-settled": 283,
        "settled-rate": 283,
        "interactions": 3,
        "questions": 2,
        "visits": 2,
        "people": 2,
        "answered": 1,
        "direct-rate": 1,
        "likely": 0,
        "unknown": 1,
        "urgent": 0,
        "handed-over": 1,
        "followed": 1,
        "unfollowed": 0,
    }
    assert report.line("settled-rate").whole == 283
    assert report.line("direct-rate").whole == 2
    assert (report.line("reached").rows, report.line("materials").rows, report.line("served").rows) == (2, 1, 1)
    assert report.line("activities").by_hand
    assert not report.line("questions").by_hand
    assert [(kind.name, kind.sessions, kind.people) for kind in report.kinds[:2]] == [
        ("普法宣传", 1, 300),
        ("法治讲座", 2, 150),
    ]
    red_line, bay_line = sorted(report.villages, key=lambda line: line.name)
    assert (red_line.sessions, red_line.people, red_line.services, red_line.questions) == (3, 450, 1, 1)
    assert (bay_line.sessions, bay_line.people, bay_line.services, bay_line.questions) == (1, 300, 1, None)
    assert report.themes == (("婚姻家庭", 1),)


def test_years_and_accounts_do_not_mix_and_the_same_days_are_compared(engine: Engine) -> None:
    town, other = Town(engine), Town(engine, slug="east")
    for day, people in ((date(2025, 1, 1), 1), (date(2025, 11, 23), 10), (date(2025, 11, 24), 100), (TODAY, 1000)):
        town.held(day, people=people)
    other.held(people=5)
    reached = gather(town).line("reached")
    assert (reached.value, reached.before) == (1000, 11)
    whole = gather(town, 2025).line("reached")
    assert (whole.value, whole.before) == (111, None)
    after = gather(town, 2026, date(2027, 3, 1)).line("reached")
    assert (after.value, after.before) == (1000, 111)


@pytest.mark.parametrize(
    ("last", "before"),
    [
        (date(2026, 11, 23), date(2025, 11, 23)),
        (date(2024, 2, 29), date(2023, 2, 28)),
        (date(2025, 2, 28), date(2024, 2, 29)),
        (date(2025, 12, 31), date(2024, 12, 31)),
    ],
)
def test_the_same_days_a_year_before(sqlite_engine: Engine, last: date, before: date) -> None:
    town = Town(sqlite_engine)
    town.held(before, people=1)
    if before.month != 12:
        town.held(date.fromordinal(before.toordinal() + 1), people=10)
    assert gather(town, last.year, last).line("reached").before == 1


def test_a_kind_counts_as_the_account_says(engine: Engine) -> None:
    town = Town(engine)
    town.held(date(2026, 6, 6), "学法", sessions=3)
    own = (*(kind for kind in DEFAULTS if kind.name != "学法"), ActivityKindSetting("学法", Measure.OUTREACH))
    with writing(engine) as session:
        kinds.save(session, town.account_id, own, ["学法"])
    report = gather(town)
    assert values(report) == {"activities": 3}


def test_settled_without_found_has_no_rate(sqlite_engine: Engine) -> None:
    town = Town(sqlite_engine)
    town.held(kind="纠纷化解", disputes_settled=5, disputes_found=0)
    rate = gather(town).line("settled-rate")
    assert (rate.value, rate.whole) == (5, 0)


def test_a_service_in_the_last_night_of_a_year_counts_in_china(sqlite_engine: Engine) -> None:
    town = Town(sqlite_engine)
    town.served(at=datetime(2025, 12, 31, 16, 30, tzinfo=UTC))
    assert gather(town).line("services").value == 1
    assert gather(town, 2025).line("services").value is None


@pytest.mark.parametrize("of", [2027, 1999])
def test_a_year_that_cannot_be_is_refused(sqlite_engine: Engine, of: int) -> None:
    with pytest.raises(ReportError, match="只能做 2000 年到 2026 年"):
        gather(Town(sqlite_engine), of)


ROWS = st.lists(
    st.tuples(
        st.sampled_from([kind.name for kind in DEFAULTS]),
        st.dates(date(2025, 1, 1), TODAY),
        st.none() | st.integers(0, 50),
        st.none() | st.integers(0, 5000),
        st.sampled_from(["keep", "correct", "remove"]),
    ),
    max_size=12,
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(ROWS)
def test_the_report_is_its_rows_counted_again(
    sqlite_engine: Engine, rows: list[tuple[str, date, int, int, str]]
) -> None:
    town = Town(sqlite_engine, slug=f"town{next(NUMBERS)}")
    for kind, day, sessions, people, fate in rows:
        activity = town.held(day, kind, sessions=sessions, people=people)
        with writing(sqlite_engine) as session:
            row = session.get_one(type(activity), activity.id)
            if fate == "correct":
                ledger.change(session, row, ledger.ActivityFacts(kind, day, people=7), LI, NOW)
            if fate == "remove":
                ledger.remove(session, row, LI, NOW)
    with reading(sqlite_engine) as session:
        kept = listing.activities(session, ActivityFilter((town.account_id,)))
    outreach = {kind.name for kind in DEFAULTS if kind.measure is Measure.OUTREACH}
    report = gather(town)
    for key, column, names in (
        ("activities", "sessions", outreach),
        ("reached", "people", outreach),
        ("studied", "people", {"学法"}),
    ):
        counted = [getattr(row, column) for row in kept if row.kind in names and row.day.year == 2026]
        counted = [number for number in counted if number is not None]
        line = report.line(key)
        assert (line.value, line.rows) == (sum(counted) if counted else None, len(counted))
