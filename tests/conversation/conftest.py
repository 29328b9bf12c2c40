from datetime import UTC, datetime

import pytest
from sqlalchemy import Engine

from fzbot.answering.library import Library
from fzbot.answering.snapshot import Snapshot
from fzbot.conversation.turn import Conversation
from fzbot.interactions.record import Recorder
from fzbot.people.sealing import Sealer
from fzbot.statutes.lookup import Shelf
from tests.conversation.villager import Clock, Villager
from tests.interactions.rows import make_account


@pytest.fixture
def clock() -> Clock:
    return Clock(datetime(2026, 11, 23, 1, 0, tzinfo=UTC))


@pytest.fixture
def conversation(engine: Engine, recorder: Recorder, sealer: Sealer, snapshot: Snapshot, clock: Clock) -> Conversation:
    return Conversation(engine, recorder, sealer, Library(snapshot), Shelf(engine), "https://town.example", clock)


@pytest.fixture
def villager(conversation: Conversation, engine: Engine) -> Villager:
    return Villager(conversation, engine, make_account(engine))
