"""The console over each kind of database."""

from pathlib import Path

import pytest
from sqlalchemy import Engine

from fzbot.answering.snapshot import Snapshot
from fzbot.people.sealing import Sealer
from tests.console.office import Office


@pytest.fixture
def office(engine: Engine, sealer: Sealer, snapshot: Snapshot, tmp_path: Path) -> Office:
    """An office on SQLite and on PostgreSQL."""
    return Office(engine, sealer, snapshot, tmp_path / "uploads")


@pytest.fixture
def small_office(sqlite_engine: Engine, sealer: Sealer, snapshot: Snapshot, tmp_path: Path) -> Office:
    """An office on SQLite only, for what does not touch the database much."""
    return Office(sqlite_engine, sealer, snapshot, tmp_path / "uploads")
