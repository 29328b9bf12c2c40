"""Periodic jobs: one process leads, a failing job is tried again, old words are erased and counts stay."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import OperationalError

from fzbot.db import reading
from fzbot.interactions import retention
from fzbot.interactions.store import store
from fzbot.runtime.jobs import Job, Jobs
from fzbot.runtime.leader_election import LeaderElection
from fzbot.statistics import interaction_counts as counts
from fzbot.statistics import rollup
from fzbot.statistics.scope import Scope, Span
from tests.interactions.new_interactions import make_account, make_row, stored

NOW = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)


def test_one_process_leads_until_it_gives_up(engine: Engine, tmp_path: Path) -> None:
    first, second = LeaderElection(engine, tmp_path), LeaderElection(engine, tmp_path)
    assert (first.holds(), second.holds(), first.holds()) == (True, False, True)
    first.give_up()
    assert (second.holds(), first.holds()) == (True, False)
    second.give_up()


def test_a_leader_whose_connection_broke_leads_no_longer(postgres_engine: Engine, tmp_path: Path) -> None:
    first, second = LeaderElection(postgres_engine, tmp_path), LeaderElection(postgres_engine, tmp_path)
    assert first.holds()
    with postgres_engine.begin() as admin:
        others = "pid <> pg_backend_pid() AND datname = current_database()"
        admin.execute(text(f"SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE {others}"))
    assert second.holds()
    assert not first.holds()
    second.give_up()


def test_only_the_leaders_jobs_run(engine: Engine, tmp_path: Path) -> None:
    ran: list[str] = []
    one, other = (
        Jobs(LeaderElection(engine, tmp_path), (Job("often", 0, lambda name=name: ran.append(name)),))  # type: ignore[misc]
        for name in ("one", "other")
    )
    one.tick(), other.tick(), one.tick()
    one.close()
    other.tick()
    other.close()
    assert ran == ["one", "one", "other"]


def test_jobs_run_when_due_and_again_after_a_failure(sqlite_engine: Engine, tmp_path: Path) -> None:
    moment = 0.0
    ran: list[str] = []

    def fail() -> None:
        ran.append("fails")
        raise OperationalError("", {}, Exception())

    jobs = Jobs(
        LeaderElection(sqlite_engine, tmp_path),
        (Job("often", 10, lambda: ran.append("often")), Job("fails", 60, fail)),
        clock=lambda: moment,
    )
    assert jobs.tick() == ["often", "fails"]
    assert jobs.tick() == []
    moment = 10
    assert jobs.tick() == ["often"]
    moment = 60
    assert jobs.tick() == ["often", "fails"]
    jobs.close()
    assert ran == ["often", "fails", "often", "often", "fails"]


def test_old_words_are_erased_once_counted_and_figures_stay(engine: Engine) -> None:
    account = make_account(engine)
    old, new = date(2026, 5, 1), date(2026, 11, 1)
    with engine.begin() as connection:
        store(connection, [make_row(account, "1", day=old), make_row(account, "2", day=new)])
    assert retention.erase_old_text(engine, NOW, 180) == 0
    rollup.catch_up(engine)
    assert retention.erase_old_text(engine, NOW, 180) == 1
    first, second = stored(engine)
    assert (first.question, first.reply) == (None, "")
    assert (second.question, second.reply) == ("彩礼怎么退", "答")
    with reading(engine) as session:
        found = counts.interaction_counts(session, Scope((account,)), Span(old, new))
    assert (found.questions, found.people) == (2, 1)
    assert retention.erase_old_text(engine, NOW, 180) == 0


@pytest.mark.parametrize("error", [KeyError("access_token"), TypeError(), ValueError("nonsense"), MemoryError()])
def test_no_error_of_a_job_keeps_another_from_running(sqlite_engine: Engine, tmp_path: Path, error: Exception) -> None:
    ran: list[str] = []

    def fail() -> None:
        raise error

    failing, working = Job("fails", 0, fail), Job("works", 0, lambda: ran.append("works"))
    jobs = Jobs(LeaderElection(sqlite_engine, tmp_path), (failing, working))
    beats = failing.heartbeat.age.seconds
    assert jobs.tick() == ["fails", "works"]
    jobs.close()
    assert ran == ["works"]
    assert failing.heartbeat.age.seconds > beats  # it did not beat
    assert working.heartbeat.age.seconds < failing.heartbeat.age.seconds


def test_who_does_not_lead_answers_for_no_job(sqlite_engine: Engine, tmp_path: Path) -> None:
    leading = LeaderElection(sqlite_engine, tmp_path)
    assert leading.holds()
    job = Job("count", 0, lambda: None)
    before = job.heartbeat.age.seconds
    jobs = Jobs(LeaderElection(sqlite_engine, tmp_path), (job,))
    assert before >= 0
    assert jobs.tick() == []
    assert not job.heartbeat.age.stands
    leading.give_up()
