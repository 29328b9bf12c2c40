"""`fzbot stats`: the figures of the registry, by day and in all, whatever the job has counted so far."""

from datetime import date
from pathlib import Path

import pytest

from fzbot import bootstrap
from fzbot.commands import stats
from fzbot.db import writing
from fzbot.interactions.store import store
from fzbot.people import account as accounts
from fzbot.settings import Settings
from fzbot.site.simulator import SLUG as SIMULATOR
from fzbot.statistics.figures.figure import Surface
from fzbot.statistics.figures.registry import shown_on
from tests.interactions.new_interactions import make_account, make_row


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data_dir=tmp_path, secret_key="a secret that is only for tests", simulator=True)


FIRST, LAST = date(2026, 11, 22), date(2026, 11, 23)


def furnish(settings: Settings) -> None:
    bootstrap.prepare_database(settings)
    engine = bootstrap.open_engine(settings)
    account = make_account(engine, "town")
    with writing(engine) as session:
        simulator = accounts.find(session, SIMULATOR)
        assert simulator is not None
        rows = [
            make_row(account, "1", openid_hash="a", day=FIRST),
            make_row(account, "2", openid_hash="a", day=LAST, entry="loan.unpaid"),
            make_row(account, "3", openid_hash="b", day=LAST, decision="unknown", entry=None),
            make_row(account, "4", openid_hash="b", day=LAST, kind="subscribe", decision=None, entry=None),
            make_row(account, "5", openid_hash="b", day=date(2026, 12, 1)),
            make_row(simulator.id, "6", openid_hash="c", day=FIRST),
        ]
        store(session.connection(), rows)
    engine.dispose()


def test_days_and_the_whole_span_are_counted_without_the_simulator(settings: Settings) -> None:
    furnish(settings)
    report = stats.report(settings, FIRST, LAST)
    total = report.total
    assert [total[key] for key in ("interactions", "questions", "visits", "people")] == [4, 3, 3, 2]
    assert [total[key] for key in ("answered", "unknown", "direct-rate", "followed")] == [2, 1, 2 / 3, 1]
    assert {day: row["interactions"] for day, row in report.days.items()} == {FIRST: 1, LAST: 3}
    assert (report.themes, report.theme_names["loan"]) == ({"loan": 1, "marriage": 1}, "借贷欠款")


def test_the_table_has_the_figures_of_the_registry(settings: Settings) -> None:
    furnish(settings)
    head, *lines = stats.table(stats.report(settings, FIRST, LAST)).splitlines()
    assert head.split("\t") == ["日期", *(figure.name for figure in shown_on(Surface.CLI))]
    assert lines[0].startswith("2026-11-22\t1\t1\t1\t1\t1\t100.0%")
    assert lines[-1] == "主题：借贷欠款 1，婚姻家庭 1"
