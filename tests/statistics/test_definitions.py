"""The document on statistics says what the code says."""

from pathlib import Path

from fzbot.knowledge import files
from fzbot.settings import shipped_knowledge
from fzbot.statistics.definitions import ALL, TOPICS

DOCUMENT = Path(__file__).parents[2] / "docs" / "statistics.zh-CN.md"


def test_every_definition_stands_in_the_document() -> None:
    text = DOCUMENT.read_text(encoding="utf-8")
    for definition in ALL:
        assert f"| {definition.name} | {definition.meaning} |" in text


def test_every_topic_has_a_name() -> None:
    entries = files.load(shipped_knowledge()).entries
    assert {entry.id.split(".")[0] for entry in entries} <= set(TOPICS)
