"""Health: a loop that stands shows; without the recorder nobody is answered, so that the process is not ready."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import Engine

from fzbot.answering.current_snapshot import CurrentSnapshot
from fzbot.answering.snapshot import Snapshot
from fzbot.bootstrap import CACHE
from fzbot.commands.doctor_loops import examine_loops
from fzbot.commands.findings import Level
from fzbot.health import Health, add_health
from fzbot.interactions.record import Recorder
from fzbot.interactions.spool import Spool
from fzbot.runtime.heartbeats import FOLDER, RUNNING, Heartbeat, Heartbeats
from fzbot.settings import Settings


@pytest.fixture
def browser(sqlite_engine: Engine, small: Path, tmp_path: Path, spool: Spool) -> Iterator[TestClient]:
    recorder = Recorder(sqlite_engine, spool)
    snapshot = CurrentSnapshot(Snapshot.of_folder(small, tmp_path / CACHE))
    app = FastAPI()
    add_health(app, Health(sqlite_engine, snapshot, recorder, lambda: 0, tmp_path, tmp_path))
    with TestClient(app) as client:
        yield client
    recorder.close()


@pytest.fixture
def standing(request: pytest.FixtureRequest) -> Iterator[str]:
    """A loop of the name that the test asks for, which turned long ago."""
    moments = iter([0.0, 0.0])
    heartbeat = Heartbeat(request.param, 30, lambda: next(moments, 400.0))
    RUNNING.start(heartbeat)
    yield request.param
    RUNNING.end(heartbeat)


@pytest.mark.parametrize(("standing", "status"), [("notices", 200), ("recorder", 503)], indirect=["standing"])
def test_a_loop_that_stands_shows(browser: TestClient, standing: str, status: int) -> None:
    answer = browser.get("/readyz")
    assert (answer.status_code, answer.json()["standing"]) == (status, {standing: 400})
    assert answer.json()["database"] == "ok"
    assert f'fzbot_loop_stands{{loop="{standing}"}} 1.0' in browser.get("/metrics").text


def test_loops_that_turn_are_listed(browser: TestClient) -> None:
    answer = browser.get("/readyz")
    assert (answer.status_code, answer.json()["standing"]) == (200, {})
    assert answer.json()["loops"]["recorder"] < 30


def test_doctor_names_the_loop(tmp_path: Path) -> None:
    settings, beats = Settings(data_dir=tmp_path), Heartbeats()
    assert examine_loops(settings) == []
    beats.keep_in(tmp_path / FOLDER)
    beats.start(Heartbeat("recorder", 30))
    assert [finding.level for finding in examine_loops(settings)] == [Level.GOOD]
    beats.start(Heartbeat("notices", 0.0))
    found = examine_loops(settings)
    assert [finding.level for finding in found] == [Level.BAD]
    assert "发通知" in str(found[0])
