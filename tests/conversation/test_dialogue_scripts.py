"""Dialogues as villagers hold them, turn by turn: `dialogues/*.yaml`. With `-s` they are printed as chats."""

from pathlib import Path
from typing import Any

import pytest
import yaml
from sqlalchemy import Engine

from fzbot.answering.current_snapshot import CurrentSnapshot
from fzbot.answering.snapshot import Snapshot
from fzbot.conversation.turn import Conversation
from fzbot.interactions.record import Recorder
from fzbot.interactions.spool import Spool
from fzbot.people.erasure_log import ErasureLog
from fzbot.people.sealing import Sealer
from fzbot.statutes.repository import StatuteRepository
from tests.conversation.villager import Clock, Villager
from tests.interactions.new_interactions import make_account

BETWEEN_SECONDS = 20
FOUND = {"answer", "likely"}
"""What `decision: found` stands for: the right entry was told, surely or in short."""

SCRIPTS = [
    pytest.param(script, id=f"{path.stem}: {script['name']}")
    for path in sorted((Path(__file__).parent / "dialogues").glob("*.yaml"))
    for script in yaml.safe_load(path.read_text(encoding="utf-8"))
]


@pytest.mark.parametrize("script", SCRIPTS)
def test_a_dialogue_goes_as_written(
    script: dict[str, Any],
    sqlite_engine: Engine,
    spool: Spool,
    sealer: Sealer,
    snapshot: Snapshot,
    clock: Clock,
    tmp_path: Path,
) -> None:
    recorder = Recorder(sqlite_engine, spool, replay_seconds=0.05)
    statutes, erasures = StatuteRepository(sqlite_engine), ErasureLog(tmp_path / "erasures.jsonl")
    conversation = Conversation(
        sqlite_engine, recorder, sealer, CurrentSnapshot(snapshot), statutes, "https://town.example", erasures, clock
    )
    villager = Villager(conversation, sqlite_engine, make_account(sqlite_engine))
    try:
        for turn in script["turns"]:
            clock.pass_by(seconds=BETWEEN_SECONDS)
            _take(villager, turn)
    finally:
        recorder.close()


def _take(villager: Villager, turn: dict[str, Any]) -> None:
    villager.asks(turn["say"])
    row = villager.last_row()
    print(f"\n　　{turn['say']} ◀\n▶ {villager.reply}\n  ({row.decision}, {row.entry})")  # noqa: T201 - the chat, for -s
    villager.gets(*turn.get("has", ()), entry=turn.get("entry"))
    wanted = turn.get("decision")
    assert row.decision in FOUND if wanted == "found" else row.decision == wanted, (turn["say"], row.decision)
