"""Reading `knowledge/` from disk, with every fault named: file, entry, field, and how to mend it."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from fzbot.errors import KnowledgeError
from fzbot.knowledge.directory import Directory
from fzbot.knowledge.entry import Area, Entry
from fzbot.knowledge.terms import load_terms
from fzbot.knowledge.themes import FILE as THEMES
from fzbot.knowledge.themes import Themes

M = TypeVar("M", bound=BaseModel)

EDITED = "entries"
"""Where entries that staff added stand, as far as messages go."""

MENDS = {
    "extra_forbidden": ("不认识这个字段", "删掉它，或改成正确的字段名"),
    "missing": ("缺少这个字段", "补上"),
    "date_from_datetime_parsing": ("日期写法不对", "写成 2026-11-23 这样"),
    "date_parsing": ("日期写法不对", "写成 2026-11-23 这样"),
    "date_type": ("日期写法不对", "写成 2026-11-23 这样"),
    "string_too_short": ("是空的", "填上内容"),
    "string_type": ("应当是文字", "数字或特殊开头的文字要加引号"),
    "tuple_type": ("应当是列表", "每项一行，以“- ”开头"),
    "too_short": ("一项都没有", "至少写一项"),
    "enum": ("不在允许的几个词里", "照知识库说明里的词写，或删掉"),
}


class Severity(StrEnum):
    """An error keeps the knowledge base from being published; a warning does not."""

    ERROR = "错误"
    WARNING = "提醒"


@dataclass(frozen=True)
class Fault:
    """Something wrong in the knowledge files and how to mend it."""

    file: Path
    entry: str
    field: str
    problem: str
    mend: str
    severity: Severity = Severity.ERROR

    def __str__(self) -> str:
        where = " ".join(part for part in (self.entry, self.field) if part)
        return f"{self.severity} {self.file}：{where}：{self.problem}。改法：{self.mend}"


class Law(BaseModel, extra="forbid", frozen=True):
    """A law that entries may cite.

    Of a `changed` one only the whole is cited, until its new text is at hand. `in_force` is the day from which its present text
    holds; `replaced_by` names the law that took its place. `watch` says what is coming: a draft, a day to look again.
    """

    title: str
    in_force: date | None = None
    next_text: date | None = None
    """The day from which a new text holds that is known already."""
    text_read: bool = False
    replaces: tuple[str, ...] = ()
    replaced_by: str | None = None
    changed: bool = False
    watch: str | None = None


@dataclass(frozen=True)
class KnowledgeBase:
    """All that `knowledge/` holds about answers, as read from disk."""

    root: Path
    entries: tuple[Entry, ...]
    files: dict[str, Path]
    directory: Directory
    laws: dict[str, Law]
    themes: dict[str, str]
    """What themes are called, by the first part of their entries' ids."""
    needs: frozenset[str]
    terms: dict[str, str] = field(default_factory=dict)
    faults: tuple[Fault, ...] = field(default=())


def load(root: Path) -> KnowledgeBase:
    """Read `root`; faulty entries are left out and named in `faults`.

    Raises `KnowledgeError` when the folder, the directory or the list of laws cannot be read at all.
    """
    if not (root / "entries").is_dir():
        raise KnowledgeError(f"{root} 里没有 entries 文件夹，请检查 FZBOT_KNOWLEDGE_DIR")
    entries: list[Entry] = []
    files: dict[str, Path] = {}
    faults: list[Fault] = []
    for path in sorted((root / "entries").rglob("*.yaml")):
        for found in _entries(path, root):
            if isinstance(found, Fault):
                faults.append(found)
            elif found.id in files:
                first = files[found.id]
                faults.append(Fault(path, found.id, "id", f"编号重复，{first} 里已有", "改编号，或把两条并成一条"))
            else:
                entries.append(found)
                files[found.id] = path
    themes = load_themes(root)
    faults += _unlisted(themes, entries, files)
    return KnowledgeBase(
        root=root,
        entries=tuple(entries),
        files=files,
        directory=read_model(root / "directory.yaml", Directory),
        laws=read_model(root / "laws.yaml", _Laws).laws,
        themes=themes,
        needs=_needs(root / "needs.txt"),
        terms=load_terms(root / "lexicon"),
        faults=tuple(faults),
    )


def load_sound(root: Path) -> KnowledgeBase:
    """Like `load`, for serving: raises `KnowledgeError` that lists the faults when there are any."""
    base = load(root)
    if base.faults:
        shown = "\n".join(str(fault) for fault in base.faults[:10])
        raise KnowledgeError(f"知识库有 {len(base.faults)} 处错误，运行 fzbot knowledge check 查看全部：\n{shown}")
    return base


def overlaid(base: KnowledgeBase, entries: Iterable[Entry]) -> KnowledgeBase:
    """The base with some entries in place of those of the same id, or added to it."""
    over = {entry.id: entry for entry in entries}
    kept = tuple(over.pop(entry.id, entry) for entry in base.entries)
    added = tuple(over[id_] for id_ in sorted(over))
    places = {entry.id: base.root / EDITED for entry in added}
    faults = base.faults + tuple(_unlisted(base.themes, added, places))
    return replace(base, entries=kept + added, files=base.files | places, faults=faults)


def load_themes(root: Path) -> dict[str, str]:
    """The names of the themes of a knowledge folder; `KnowledgeError` when they cannot be read."""
    return dict(read_model(root / THEMES, Themes).themes)


def _unlisted(themes: Mapping[str, str], entries: Iterable[Entry], files: Mapping[str, Path]) -> Iterator[Fault]:
    for entry in entries:
        if entry.theme not in themes:
            problem = f"{THEMES} 里没有 {entry.theme} 这个主题"
            yield Fault(
                files[entry.id], entry.id, "id", problem, f"改编号，或在 {THEMES} 里加一行 {entry.theme}: 它的名字"
            )


class _Laws(BaseModel, extra="forbid"):
    laws: dict[str, Law]


def read_yaml(path: Path) -> Any:
    """A YAML file's content; `KnowledgeError` naming file and line when it is not YAML."""
    try:
        return yaml.load(path.read_text(encoding="utf-8"), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506 - the C twin of SafeLoader
    except OSError as error:
        raise KnowledgeError(f"{path} 读不出来：{error.strerror}") from error
    except (UnicodeDecodeError, yaml.YAMLError) as error:
        raise KnowledgeError(f"{path} 不是正确的 YAML：{error}") from error


def read_model(path: Path, model: type[M]) -> M:
    """A YAML file as a model; `KnowledgeError` when it does not fit."""
    try:
        return model.model_validate(read_yaml(path))
    except ValidationError as error:
        first = error.errors()[0]
        spot = ".".join(str(part) for part in first["loc"])
        raise KnowledgeError(f"{path}：{spot}：{first['msg']}") from error


def _entries(path: Path, root: Path) -> Iterator[Entry | Fault]:
    area = path.relative_to(root / "entries").parts[0]
    if area not in list(Area):
        yield Fault(path, "", "", f"{area} 不是知识领域", f"放到这些文件夹之一：{'、'.join(Area)}")
        return
    try:
        raw = read_yaml(path)
    except KnowledgeError as error:
        yield Fault(path, "", "", str(error), "按提示的行号改正缩进、引号或冒号")
        return
    if not isinstance(raw, dict) or set(raw) != {"entries"} or not isinstance(raw["entries"], list):
        yield Fault(path, "", "entries", "文件开头应是 entries: 和一个列表", "照别的条目文件的样子写")
        return
    for item in raw["entries"]:
        yield from _entry(path, item)


def _entry(path: Path, item: object) -> Iterator[Entry | Fault]:
    name = str(item.get("id", "（没有编号）")) if isinstance(item, dict) else "（不是条目）"
    try:
        yield Entry.model_validate(item)
    except ValidationError as error:
        for detail in error.errors():
            spot = ".".join(str(part) for part in detail["loc"])
            problem, mend = MENDS.get(detail["type"], (detail["msg"].removeprefix("Value error, "), "照提示改"))
            yield Fault(path, name, spot, problem, mend)


def _needs(path: Path) -> frozenset[str]:
    if not path.exists():
        return frozenset()
    lines = path.read_text(encoding="utf-8").splitlines()
    return frozenset(line.strip() for line in lines if line.strip() and not line.startswith("#"))
