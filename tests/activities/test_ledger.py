"""Activities and services: written down, corrected, taken out, looked up, added up; everything in the audit log."""

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import Engine, func, select

from fzbot.activities import kinds, ledger, listing, service_log
from fzbot.activities.kinds import DEFAULTS, ActivityKindSetting, Measure
from fzbot.activities.ledger import Activity, ActivityFacts, ActivityPhoto, activity_village
from fzbot.activities.listing import ActivityFilter, ActivitySums
from fzbot.activities.service_log import Service
from fzbot.audit import AuditEvent, first_broken
from fzbot.db import reading, writing
from fzbot.errors import LedgerError
from tests.activities.ledger_keeper import LI, NOW, Town

ONE_PHOTO = {"digest": "0" * 64, "typed_by": "李四", "created_at": NOW}


def test_an_activity_is_written_down_corrected_and_taken_out_again(engine: Engine) -> None:
    town = Town(engine)
    both = tuple(sorted(town.villages.values()))
    activity = town.held(villages=both, people=200)
    with writing(engine) as session:
        found = session.get_one(Activity, activity.id)
        found.photos.append(ActivityPhoto(**ONE_PHOTO))
        facts = ActivityFacts("法治讲座", date(2026, 11, 19), both[:1], people=210, theme="反诈")
        ledger.change(session, found, facts, LI, NOW)
        assert ledger.facts_of(found) == facts
    with writing(engine) as session:
        ledger.remove(session, session.get_one(Activity, activity.id), LI, NOW)
    with reading(engine) as session:
        for table in (Activity, ActivityPhoto, activity_village):
            assert session.scalar(select(func.count()).select_from(table)) == 0
        events = session.scalars(select(AuditEvent).order_by(AuditEvent.id)).all()
        assert [event.action for event in events] == ["activity.add", "activity.change", "activity.remove"]
        assert events[1].before is not None
        assert events[1].after is not None
        assert (events[1].before["people"], events[1].after["people"]) == (200, 210)
        assert events[2].before == events[1].after
        assert first_broken(session) is None


def test_a_service_is_written_down_corrected_and_taken_out_again(engine: Engine) -> None:
    town = Town(engine)
    service = town.served(people=2)
    with writing(engine) as session:
        found = session.get_one(Service, service.id)
        before = service_log.facts_of(found)
        assert (before.people, before.at) == (2, NOW)
        changed = service_log.ServiceFacts(NOW, before.village_id, "问土地", "电话", "王律师")
        service_log.change(session, found, changed, LI, NOW)
    with writing(engine) as session:
        found = session.get_one(Service, service.id)
        assert service_log.facts_of(found) == changed
        service_log.remove(session, found, LI, NOW)
    with reading(engine) as session:
        assert session.scalar(select(func.count()).select_from(Service)) == 0
        actions = session.scalars(select(AuditEvent.action).order_by(AuditEvent.id)).all()
    assert actions == ["service.add", "service.change", "service.remove"]


def test_sums_keep_nothing_written_apart_from_nought(engine: Engine) -> None:
    town = Town(engine)
    town.held(people=200, sessions=1)
    town.held(people=None, sessions=1, materials=0)
    with reading(engine) as session:
        assert listing.sums(session, ActivityFilter((town.account_id,))) == ActivitySums(
            2, sessions=2, people=200, materials=0
        )
        nothing = ActivityFilter((town.account_id,), kinds=frozenset())
        assert listing.sums(session, nothing) == ActivitySums(0)


def test_rows_are_looked_up_by_day_kind_village_and_account(engine: Engine) -> None:
    town, other = Town(engine), Town(engine, slug="east")
    red, bay = town.villages["红庄村"], town.villages["马家湾村"]
    both = town.held(date(2026, 1, 1), villages=(red, bay))
    whole_town = town.held(date(2026, 12, 31), kind="学法")
    older = town.held(date(2025, 12, 31), villages=(bay,))
    other.held()

    def found(**more: object) -> list[int]:
        with reading(engine) as session:
            return [row.id for row in listing.activities(session, ActivityFilter((town.account_id,), **more))]  # type: ignore[arg-type]

    assert found() == [whole_town.id, both.id, older.id]
    assert found(first=date(2026, 1, 1), last=date(2026, 12, 31)) == [whole_town.id, both.id]
    assert found(villages=frozenset({red})) == [both.id]
    assert found(villages=frozenset({red, bay})) == [both.id, older.id]
    assert found(villages=frozenset()) == []
    assert found(kinds=frozenset({"学法"})) == [whole_town.id]


def test_a_year_of_services_begins_and_ends_in_china(engine: Engine) -> None:
    town = Town(engine)
    new_year = town.served(at=datetime(2025, 12, 31, 16, 0, tzinfo=UTC), people=3)
    town.served(at=datetime(2025, 12, 31, 15, 59, tzinfo=UTC), people=5)
    wanted = ActivityFilter((town.account_id,), date(2026, 1, 1), date(2026, 12, 31))
    with reading(engine) as session:
        assert [row.id for row in listing.services(session, wanted)] == [new_year.id]
        assert listing.service_sums(session, wanted) == ActivitySums(1, people=3)
        assert listing.years(session, (town.account_id,), date(2026, 11, 23)) == [2026, 2025]


def test_an_account_has_the_usual_kinds_until_it_makes_its_own(engine: Engine) -> None:
    town, other = Town(engine), Town(engine, slug="east")
    own = (ActivityKindSetting("送法进寺", Measure.OUTREACH), ActivityKindSetting("普法宣传", Measure.OUTREACH))
    with writing(engine) as session:
        assert kinds.kinds_of(session, town.account_id) == DEFAULTS
        kinds.save(session, town.account_id, own, ["普法宣传"])
    with reading(engine) as session:
        assert kinds.kinds_of(session, town.account_id) == own
        assert kinds.kinds_of(session, other.account_id) == DEFAULTS
        assert kinds.counting_as(session, town.account_id, Measure.OUTREACH) == {"送法进寺", "普法宣传"}
        assert kinds.counting_as(session, town.account_id, Measure.TRAINING) == frozenset()


@pytest.mark.parametrize(
    ("names", "words"),
    [((), "至少"), (("学法", "学法"), "两遍"), (("一" * 21,), "最多 20 个字"), (("学法",), "还有“普法宣传”")],
)
def test_a_bad_list_of_kinds_is_refused(sqlite_engine: Engine, names: tuple[str, ...], words: str) -> None:
    town = Town(sqlite_engine)
    town.held()
    listed = tuple(ActivityKindSetting(name, Measure.STUDY) for name in names)
    with writing(sqlite_engine) as session:
        in_use = listing.kinds_in_use(session, town.account_id)
        with pytest.raises(LedgerError, match=words):
            kinds.save(session, town.account_id, listed, in_use)
