"""`fzbot answer`: ask without a database."""

import json
from typing import TextIO

from fzbot.answering.explain import explain as explanation
from fzbot.answering.snapshot import Snapshot
from fzbot.conversation.preview import preview_reply
from fzbot.errors import FzbotError
from fzbot.settings import Settings
from fzbot.statutes.repository import StatuteRepository

MAX_ENTRIES = 5


def answer(settings: Settings, text: str) -> str:
    """The reply to one question, as a villager reads it."""
    return preview_reply(_snapshot(settings), StatuteRepository(), settings.public_url, text)


def explain(settings: Settings, text: str) -> str:
    """Why a question is decided as it is."""
    return explanation(_snapshot(settings), text).text


def answer_lines(settings: Settings, lines: TextIO, out: TextIO) -> None:
    """Answer `{"id","text"}` lines in order; `FzbotError` naming the line that is not one."""
    snapshot = _snapshot(settings)
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            item = json.loads(line)
            id_, text = item["id"], str(item["text"])
        except (ValueError, KeyError, TypeError) as error:
            raise FzbotError(f'第 {number} 行不是 {{"id": …, "text": …}} 的样子') from error
        print(json.dumps({"id": id_} | _line(snapshot, settings.public_url, text), ensure_ascii=False), file=out)


def _line(snapshot: Snapshot, public_url: str, text: str) -> dict[str, object]:
    decision = snapshot.decide(text)
    candidates = decision.candidates[:MAX_ENTRIES]
    entries = [{"id": candidate.entry.id, "score": round(candidate.score, 4)} for candidate in candidates]
    return {
        "decision": decision.kind.value,
        "entries": entries,
        "reply": preview_reply(snapshot, StatuteRepository(), public_url, text),
    }


def _snapshot(settings: Settings) -> Snapshot:
    return Snapshot.of_folder(settings.knowledge, settings.data_dir / "cache")
