"""What is kept of people is kept so long and no longer, wherever it is; what was counted stays."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import Engine, select

from fzbot import retention
from fzbot.audit import COMMAND_LINE, Change, record
from fzbot.conversation import session as sessions
from fzbot.conversation.session import ConversationSession, ConversationState
from fzbot.db import reading, writing
from fzbot.handovers import handover
from fzbot.handovers.handover import Handover
from fzbot.interactions.new_interaction import Upsert
from fzbot.interactions.store import store
from fzbot.people.lock_out import SignInFailure
from fzbot.retention import RetentionPolicy
from fzbot.statistics import rollup
from tests.interactions.new_interactions import make_account, make_row

NOW = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
KEEPING = RetentionPolicy(text_days=180, audit_days=365)
YEARS = timedelta(days=500)


def visit(engine: Engine, account: int, person: str, at: datetime) -> None:
    """A question that is passed on and leaves a state behind, a failed sign-in, and an event of the audit log."""
    passed = handover.values(account, person, person, "我家地让人占了", at)
    upserts = (
        sessions.save(ConversationState(last_entry="land.contract-dispute"), account, person, at),
        Upsert(Handover.__tablename__, ("account_id", "key"), "asked_at", passed),
    )
    with engine.begin() as connection:
        store(connection, [make_row(account, person, upserts=upserts, openid_hash=person, at=at, day=at.date())])
    with writing(engine) as session:
        record(session, COMMAND_LINE, Change("village.add", "village:1"), at)
        session.add(SignInFailure(key=f"login:{person}", failures=1, failed_at=at))


def test_everything_old_goes_everything_new_stays_and_a_second_run_finds_nothing(engine: Engine) -> None:
    account = make_account(engine)
    visit(engine, account, "old", NOW - YEARS)
    visit(engine, account, "new", NOW)
    rollup.catch_up(engine)
    each_once = {"interactions": 1, "handovers": 1, "sign_ins": 1, "audit": 1, "sessions": 1}
    assert retention.purge(engine, KEEPING, NOW) == each_once
    with reading(engine) as session:
        assert list(session.scalars(select(Handover.question).order_by(Handover.id))) == ["", "我家地让人占了"]
        assert list(session.scalars(select(ConversationSession.openid_hash))) == ["new"]
        assert list(session.scalars(select(SignInFailure.key))) == ["login:new"]
    assert retention.purge(engine, KEEPING, NOW) == dict.fromkeys(each_once, 0)


def test_states_are_forgotten_beyond_one_batch(sqlite_engine: Engine) -> None:
    account = make_account(sqlite_engine)
    number = sessions.AT_ONCE + 5
    rows = [
        {"account_id": account, "openid_hash": str(one), "offered": [], "near": [], "updated_at": NOW - YEARS}
        for one in range(number)
    ]
    with writing(sqlite_engine) as session:
        session.execute(ConversationSession.__table__.insert(), rows)  # type: ignore[attr-defined]
    assert retention.purge(sqlite_engine, KEEPING, NOW)["sessions"] == number
