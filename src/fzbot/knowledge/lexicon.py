"""The lexicon: words, synonyms, dialect, homophones, stop words, filler, urgent cues, from `knowledge/lexicon/`."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from fzbot.errors import KnowledgeError
from fzbot.knowledge.entry import Danger

DEFAULT_FREQUENCY = 2000
EMERGENCIES = "emergencies.txt"


class Emergency(NamedTuple):
    """What somebody in danger might write, and the entry that the reply to it is built on."""

    text: str
    danger: Danger
    entry: str


@dataclass(frozen=True)
class Lexicon:
    """The word lists as data; `answering` builds its tools from them."""

    words: dict[str, int]
    """Domain words with their frequency for segmentation."""
    synonyms: tuple[tuple[str, ...], ...]
    """Groups of words that mean the same; the first stands for all."""
    dialect: dict[str, str]
    homophones: dict[str, str]
    stop_words: frozenset[str]
    filler: tuple[str, ...]
    urgent: str
    """The urgent cues, as YAML text."""
    emergencies: tuple[Emergency, ...]
    """Examples of what people in danger write."""
    calm: tuple[str, ...]
    """Examples of what only sounds like it."""


def load(folder: Path) -> Lexicon:
    """Read the lexicon; `KnowledgeError` naming the file and line that is malformed."""
    return Lexicon(
        words=dict(_words(folder / "dictionary.txt")),
        synonyms=tuple(_groups(folder / "synonyms.txt")),
        dialect=dict(_pairs(folder / "dialect.txt")),
        homophones=dict(_pairs(folder / "homophones.txt")),
        stop_words=frozenset(line for _, line in _lines(folder / "stopwords.txt")),
        filler=tuple(line for _, line in _lines(folder / "filler.txt")),
        urgent=_text(folder / "urgent.yaml"),
        emergencies=tuple(emergencies(folder / EMERGENCIES)),
        calm=tuple(line for _, line in _optional(folder / "calm.txt")),
    )


def _words(path: Path) -> Iterator[tuple[str, int]]:
    for number, line in _lines(path):
        word, *frequency = line.split()
        if frequency and not frequency[0].isdigit():
            raise KnowledgeError(f"{path} 第 {number} 行：“{line}”，词后面只能跟词频数字")
        yield word, int(frequency[0]) if frequency else DEFAULT_FREQUENCY


def _groups(path: Path) -> Iterator[tuple[str, ...]]:
    for number, line in _lines(path):
        group = tuple(line.split())
        if len(group) < 2:
            raise KnowledgeError(f"{path} 第 {number} 行：“{line}”，一组同义词至少两个，用空格隔开")
        yield group


def _pairs(path: Path) -> Iterator[tuple[str, str]]:
    for number, line in _lines(path):
        parts = line.split("\t")
        if len(parts) != 2 or not all(part.strip() for part in parts):
            raise KnowledgeError(f"{path} 第 {number} 行：“{line}”，应是两个词，中间一个制表符")
        yield parts[0].strip(), parts[1].strip()


def emergencies(path: Path) -> Iterator[Emergency]:
    """The examples of a file, none where there is no file; `KnowledgeError` naming the line that is malformed."""
    for number, line in _optional(path):
        parts = [part.strip() for part in line.split("\t")]
        if len(parts) != 3 or not all(parts) or parts[1] not in set(Danger):
            dangers = "、".join(Danger)
            raise KnowledgeError(f"{path} 第 {number} 行：“{line}”，应是原话、危险（{dangers}）、条目，中间用制表符")
        yield Emergency(parts[0], Danger(parts[1]), parts[2])


def _optional(path: Path) -> Iterable[tuple[int, str]]:
    """The lines of a file that a folder of an earlier release does not have."""
    return _lines(path) if path.exists() else ()


def _lines(path: Path) -> Iterable[tuple[int, str]]:
    lines = enumerate(_text(path).splitlines(), start=1)
    return [(number, line.strip()) for number, line in lines if line.strip() and not line.startswith("#")]


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise KnowledgeError(f"{path} 读不出来：{error}") from error
