"""Entries as the YAML that people edit: one field a line, lists of names in brackets, wordings last."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import yaml

from fzbot.knowledge.entry import Entry, Point

LINE = 10_000
"""No line is folded: one sentence a line is easier to compare."""


def entries_yaml(entries: Iterable[Entry]) -> str:
    """A whole file of entries."""
    return "entries:\n" + "\n\n".join(_entry(entry) for entry in entries) + "\n"


def write_entries(path: Path, entries: Iterable[Entry]) -> None:
    """Write a file of entries, whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(".part")
    draft.write_text(entries_yaml(entries), encoding="utf-8")
    draft.replace(path)


def _entry(entry: Entry) -> str:
    lines = [f"  - id: {entry.id}", f"    title: {_scalar(entry.title)}", f"    gist: {_scalar(entry.gist)}"]
    if entry.points:
        lines += ["    points:", *(line for point in entry.points for line in _point(point))]
    if entry.steps:
        lines += ["    steps:", *(f"      - {_scalar(step)}" for step in entry.steps)]
    lists = {"channels": entry.channels, "related": entry.related, "see": entry.see}
    lines += [f"    {name}: {_names(values)}" for name, values in lists.items() if values]
    if entry.urgent:
        lines.append(f"    urgent: {entry.urgent.value}")
    lines += [f"    reviewed: {entry.reviewed}", f"    review_by: {entry.review_by}"]
    if entry.readers:
        lines.append(f"    readers: {entry.readers}")
    return "\n".join([*lines, "    questions:", *(f"      - {_scalar(text)}" for text in entry.questions)])


def _point(point: Point) -> list[str]:
    lines = [f"      - text: {_scalar(point.text)}"]
    if point.basis:
        cited = [f"{citation.law}{citation.article or ''}" for citation in point.basis]
        lines.append(f"        basis: {_names(cited)}")
    if point.practice:
        lines.append(f"        practice: {_scalar(point.practice)}")
    if point.about:
        lines.append(f"        about: {_names(subject.value for subject in point.about)}")
    return lines


def _names(values: Iterable[str]) -> str:
    return str(yaml.safe_dump(list(values), allow_unicode=True, width=LINE, default_flow_style=True)).strip()


def _scalar(text: Any) -> str:
    written: str = yaml.safe_dump(text, allow_unicode=True, width=LINE, default_flow_style=True)
    return written.removesuffix("...\n").strip()
