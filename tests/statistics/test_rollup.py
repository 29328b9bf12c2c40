"""The rollups equal a recount of the rows, whatever the order in which rows arrive, people are erased and batches run."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, delete, select

from fzbot import clock, db
from fzbot.db import Base, reading, writing
from fzbot.interactions.interaction import Interaction
from fzbot.interactions.new_interaction import NewInteraction
from fzbot.interactions.store import store
from fzbot.people import erasure, village
from fzbot.people.village import NO_VILLAGE
from fzbot.statistics import interaction_counts as counts
from fzbot.statistics import rebuild, rollup
from fzbot.statistics.scope import Scope, Span
from tests.interactions.new_interactions import make_account, make_row

FIRST = date(2026, 11, 20)
DAYS = 6
SPANS = [(first, last) for first in range(DAYS) for last in range(first, DAYS)]


@dataclass(frozen=True)
class Arrival:
    """An interaction comes in."""

    person: str
    day: int
    hour: int
    village: int
    kind: str
    decision: str | None
    entry: str | None


@dataclass(frozen=True)
class Erasure:
    """A person asks to be forgotten."""

    person: str


@dataclass(frozen=True)
class Count:
    """A batch runs."""

    size: int


people = st.sampled_from("abcd")
arrivals = st.builds(
    Arrival,
    person=people,
    day=st.integers(0, DAYS - 1),
    hour=st.integers(0, 23),
    village=st.integers(0, 2),
    kind=st.sampled_from(["text", "voice", "subscribe", "unsubscribe"]),
    decision=st.sampled_from(["answer", "unknown", None]),
    entry=st.sampled_from(["loan.unpaid", "marriage.bride-price", None]),
)
histories = st.lists(
    st.one_of(arrivals, arrivals, st.builds(Erasure, people), st.builds(Count, st.integers(1, 3))), max_size=40
)


@pytest.fixture(scope="module")
def place(migrated_sqlite: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Engine, int, list[int]]:
    path = tmp_path_factory.mktemp("rollup") / "fzbot.db"
    path.write_bytes(migrated_sqlite.read_bytes())
    return furnish(db.make_engine(f"sqlite:///{path}"))


def furnish(engine: Engine) -> tuple[Engine, int, list[int]]:
    account = make_account(engine)
    with writing(engine) as session:
        return engine, account, [village.add(session, account, name).id for name in ("红庄村", "马家湾村")]


def live_through(engine: Engine, account: int, villages: list[int], history: Sequence[object]) -> None:
    for number, event in enumerate(history):
        if isinstance(event, Arrival):
            with engine.begin() as connection:
                store(connection, [row_of(event, account, villages, number)])
        elif isinstance(event, Erasure):
            with writing(engine) as session:
                erasure.erase(session, account, event.person)
        elif isinstance(event, Count):
            with writing(engine) as session:
                rollup.count_batch(session, event.size)


def row_of(event: Arrival, account: int, villages: list[int], number: int) -> NewInteraction:
    start, _ = clock.day_bounds(FIRST + timedelta(days=event.day), FIRST)
    return make_row(
        account,
        f"post {number}",
        openid_hash=event.person,
        at=start + timedelta(hours=event.hour),
        day=FIRST + timedelta(days=event.day),
        village_id=([None, *villages])[event.village],
        kind=event.kind,
        decision=event.decision,
        entry=event.entry,
    )


def check_against_recount(
    engine: Engine, account: int, villages: list[int], spans: Sequence[tuple[int, int]] = SPANS
) -> None:
    with reading(engine) as session:
        rows = session.scalars(select(Interaction)).all()
        for first, last in spans:
            span = Span(FIRST + timedelta(days=first), FIRST + timedelta(days=last))
            for wanted in (None, {villages[0]}, set(villages), {NO_VILLAGE}, {NO_VILLAGE, villages[1]}):
                scope = Scope((account,), frozenset(wanted) if wanted else None)
                inside = [
                    row
                    for row in rows
                    if span.first <= row.day <= span.last
                    and (wanted is None or (row.village_id or NO_VILLAGE) in wanted)
                ]
                found = counts.interaction_counts(session, scope, span)
                assert found.kinds == Counter(row.kind for row in inside)
                assert found.decisions == Counter(row.decision for row in inside if row.decision)
                served = {(row.openid_hash, row.day) for row in inside if row.kind != "unsubscribe"}
                assert found.people == len({person for person, _ in served})
                assert found.visits == len(served)
                entries = counts.breakdown(session, scope, span, "entry")
                assert entries == Counter(row.entry for row in inside if row.entry)
                hours = counts.breakdown(session, scope, span, "hour")
                assert hours == Counter(f"{row.at.astimezone(clock.CHINA).hour:02d}" for row in inside)
                asked = Counter(row.village_id or NO_VILLAGE for row in inside if row.kind in {"text", "voice"})
                assert counts.questions_by_village(session, scope, span) == asked


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(history=histories, is_caught_up=st.booleans(), spans=st.lists(st.sampled_from(SPANS), min_size=1, max_size=3))
def test_figures_equal_a_recount_after_any_history(
    place: tuple[Engine, int, list[int]], history: list[object], is_caught_up: bool, spans: list[tuple[int, int]]
) -> None:
    engine, account, villages = place
    with writing(engine) as session:
        for name in ("interaction", "daily_count", "person_day", "person_village", "people_gap"):
            session.execute(delete(Base.metadata.tables[name]))
    live_through(engine, account, villages, history)
    if is_caught_up:  # otherwise what is not counted yet is read beside the rollups
        rollup.catch_up(engine)
    check_against_recount(engine, account, villages, spans)


def test_rollups_equal_a_recount_on_either_database(engine: Engine) -> None:
    _, account, villages = furnish(engine)
    text = ("text", "answer", "loan.unpaid")
    history = [
        Arrival("a", 3, 9, 1, *text),
        Arrival("a", 5, 23, 1, *text),
        Count(1),
        Arrival("a", 1, 0, 2, *text),  # a late replay
        Arrival("b", 1, 0, 0, "unsubscribe", None, None),
        Count(2),
        Erasure("a"),
        Arrival("a", 4, 12, 1, "voice", "unknown", None),
    ]
    live_through(engine, account, villages, history)
    check_against_recount(engine, account, villages)
    rollup.catch_up(engine)
    check_against_recount(engine, account, villages)


def test_figures_are_right_before_anything_is_counted(engine: Engine) -> None:
    _, account, villages = furnish(engine)
    text = ("text", "answer", "loan.unpaid")
    moved = [Arrival("a", 3, 9, 1, *text), Arrival("a", 3, 10, 2, *text), Arrival("a", 4, 10, 0, *text)]
    live_through(engine, account, villages, moved)
    assert contents(engine)["daily_count"] == set()
    check_against_recount(engine, account, villages)


def test_figures_are_right_when_somebody_comes_back_in_another_village(engine: Engine) -> None:
    _, account, villages = furnish(engine)
    text = ("text", "answer", "loan.unpaid")
    live_through(
        engine,
        account,
        villages,
        [Arrival("a", 3, 9, 1, *text), Arrival("b", 3, 9, 1, *text), Count(2), Arrival("a", 3, 10, 2, *text)],
    )
    check_against_recount(engine, account, villages)


def test_a_rebuild_counts_the_same(engine: Engine) -> None:
    _, account, villages = furnish(engine)
    text = ("text", "answer", "loan.unpaid")
    days = [Arrival(person, day, 3 * day, day % 3, *text) for person in "abc" for day in range(DAYS) if day % 4]
    live_through(engine, account, villages, [*days, Arrival("d", 2, 20, 1, "unsubscribe", None, None)])
    rollup.catch_up(engine)
    before = contents(engine)
    with writing(engine) as session:
        rebuild.rebuild(session)
    assert contents(engine) == before
    check_against_recount(engine, account, villages)


def contents(engine: Engine) -> dict[str, set[tuple[object, ...]]]:
    with engine.connect() as connection:
        return {
            name: {tuple(row) for row in connection.execute(select(Base.metadata.tables[name])) if row[-1] != 0}
            for name in ("daily_count", "person_day", "person_village", "people_gap")
        }


def test_counting_twice_changes_nothing(engine: Engine) -> None:
    _, account, villages = furnish(engine)
    live_through(engine, account, villages, [Arrival("a", 0, 9, 1, "text", "answer", "loan.unpaid")])
    assert [rollup.catch_up(engine), rollup.catch_up(engine)] == [1, 0]
    check_against_recount(engine, account, villages)


def test_erasing_forgets_the_words_and_keeps_the_counts(engine: Engine) -> None:
    _, account, villages = furnish(engine)
    live_through(engine, account, villages, [Arrival("a", 0, 9, 1, "text", "answer", "loan.unpaid"), Erasure("a")])
    with reading(engine) as session:
        row = session.scalars(select(Interaction)).one()
    assert (row.question, row.reply, row.entry) == (None, "", "loan.unpaid")
    assert row.openid_hash != "a"
    check_against_recount(engine, account, villages)


def test_every_table_that_knows_people_can_forget_them() -> None:
    names = {table.name for table in erasure.holding_people()}
    assert names >= {"interaction", "follower", "session", "person_day"}


def test_hours_are_those_in_china() -> None:
    row = Interaction(
        kind="text", decision=None, entry=None, channel="wechat", at=datetime(2026, 11, 22, 16, tzinfo=UTC)
    )
    assert rollup.facet_keys(row) == {"kind": "text", "hour": "00", "channel": "wechat"}
