from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine

from fzbot.answering.current_snapshot import CurrentSnapshot
from fzbot.answering.snapshot import Snapshot
from fzbot.conversation.turn import Conversation
from fzbot.interactions.record import Recorder
from fzbot.people.erasure_log import ErasureLog
from fzbot.people.sealing import Sealer
from fzbot.statutes.repository import StatuteRepository
from tests.conversation.villager import Clock, Villager
from tests.interactions.new_interactions import make_account


@pytest.fixture
def clock() -> Clock:
    return Clock(datetime(2026, 11, 23, 1, 0, tzinfo=UTC))


@pytest.fixture
def conversation(
    engine: Engine, recorder: Recorder, sealer: Sealer, snapshot: Snapshot, clock: Clock, tmp_path: Path
) -> Conversation:
    erasures = ErasureLog(tmp_path / "erasures.jsonl")
    current_snapshot = CurrentSnapshot(snapshot)
    return Conversation(
        engine, recorder, sealer, current_snapshot, StatuteRepository(engine), "https://town.example", erasures, clock
    )


@pytest.fixture
def villager(conversation: Conversation, engine: Engine) -> Villager:
    return Villager(conversation, engine, make_account(engine))
