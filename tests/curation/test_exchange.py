"""The knowledge base as files: what staff changed leaves one installation and comes into another, unchanged."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine

from fzbot.audit import Actor
from fzbot.curation import exchange
from fzbot.curation.release_trial import entries_of
from fzbot.db import writing
from fzbot.errors import CurationError
from fzbot.knowledge import files
from fzbot.knowledge.entry import Entry
from fzbot.knowledge.files import KnowledgeBase

NOW = datetime(2026, 12, 1, 4, 0, tzinfo=UTC)
LI = Actor("李四")


@pytest.fixture
def base(small: Path) -> KnowledgeBase:
    return files.load_sound(small)


@pytest.fixture
def changed(base: KnowledgeBase) -> Entry:
    first = next(entry for entry in base.entries if entry.id == "loan.unpaid")
    return first.model_copy(update={"gist": "能要：先催，催不动就去法院。", "reviewed": date(2026, 11, 30)})


@pytest.fixture
def added(base: KnowledgeBase) -> Entry:
    first = next(entry for entry in base.entries if entry.id == "loan.unpaid")
    questions = tuple(f"钱借出去第{number}种问法: “怎么” - #要" for number in range(20))
    return first.model_copy(update={"id": "loan.unpaid.cash", "title": "现金借的，没有转账", "questions": questions})


def test_an_exported_folder_holds_shipped_changed_and_added_entries(
    base: KnowledgeBase, changed: Entry, added: Entry, tmp_path: Path
) -> None:
    target = tmp_path / "out"
    assert exchange.export(base, [changed, added], target) == 2
    there = {entry.id: entry for entry in files.load_sound(target).entries}
    assert there == {entry.id: entry for entry in base.entries} | {changed.id: changed, added.id: added}


def test_nothing_is_written_over_and_a_torn_export_is_begun_anew(base: KnowledgeBase, tmp_path: Path) -> None:
    (tmp_path / "out.part").mkdir()
    exchange.export(base, [], tmp_path / "out")
    with pytest.raises(CurationError, match="已经有了"):
        exchange.export(base, [], tmp_path / "out")
    assert not (tmp_path / "out.part").exists()


def test_what_was_exported_comes_into_another_installation_once(
    engine: Engine, base: KnowledgeBase, changed: Entry, added: Entry, tmp_path: Path
) -> None:
    exchange.export(base, [changed, added], tmp_path / "out")
    entries = files.load_sound(tmp_path / "out").entries
    live = {entry.id: entry for entry in base.entries}
    with writing(engine) as session:
        release = exchange.import_entries(session, entries, live, LI, NOW)
        assert release is not None
        assert entries_of(release.overlay) == (changed, added)
        assert (
            exchange.import_entries(session, entries, live | {one.id: one for one in (changed, added)}, LI, NOW) is None
        )
