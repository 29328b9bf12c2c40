"""Taking the knowledge base out of an installation as files, and entries from files into one."""

import shutil
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path

from sqlalchemy.orm import Session

from fzbot.audit import Actor
from fzbot.curation import publishing
from fzbot.curation.release import Release
from fzbot.errors import CurationError
from fzbot.knowledge import files
from fzbot.knowledge.entry import Entry
from fzbot.knowledge.files import KnowledgeBase
from fzbot.knowledge.yaml_text import write_entries

ADDED = Path("entries") / "outreach" / "added.yaml"
"""Where entries go that no shipped file has."""


def export(base: KnowledgeBase, overlay: Sequence[Entry], target: Path) -> int:
    """Copy the knowledge folder to `target` with what staff changed in its files; returns how many entries that are.

    Raises `CurationError` when `target` is there already: nothing is ever written over.
    """
    if target.exists():
        raise CurationError(f"{target} 已经有了，请换一个新的文件夹名")
    draft = target.with_name(f"{target.name}.part")
    shutil.rmtree(draft, ignore_errors=True)
    shutil.copytree(base.root, draft)
    whole = files.overlaid(base, overlay)
    by_file: dict[Path, list[Entry]] = defaultdict(list)
    for entry in whole.entries:
        by_file[_place(base, entry)].append(entry)
    changed = {_place(base, entry) for entry in overlay}
    for path in changed:
        write_entries(draft / path, by_file[path])
    draft.replace(target)
    return len(overlay)


def _place(base: KnowledgeBase, entry: Entry) -> Path:
    path = base.files.get(entry.id)
    return path.relative_to(base.root) if path else ADDED


def differing(entries: Sequence[Entry], live: Mapping[str, Entry]) -> list[Entry]:
    """The entries that are not answered with as they are."""
    return [entry for entry in entries if live.get(entry.id) != entry]


def import_entries(
    session: Session, entries: Sequence[Entry], live: Mapping[str, Entry], actor: Actor, at: datetime
) -> Release | None:
    """Publish entries from files as one release; None where all of them are live already."""
    release = None
    for entry in differing(entries, live):
        release = publishing.publish_imported(session, entry, live.get(entry.id), actor, at)
    return release
