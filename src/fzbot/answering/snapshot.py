"""A snapshot: an immutable, indexed set of entries that answers questions."""

import hashlib
import os
import pickle
import tempfile
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

from threadpoolctl import threadpool_limits

from fzbot.answering import cutting, spelling
from fzbot.answering.cutting import Cutter
from fzbot.answering.decide import Candidate, Decision, DecisionKind
from fzbot.answering.meaning import Encoder
from fzbot.answering.normalise import Normaliser, Question
from fzbot.answering.score import Blend, Readers, Scorer, Scoring
from fzbot.answering.spelling import Speller
from fzbot.answering.tokenise import Tokeniser
from fzbot.answering.urgent import Alarm, Urgency
from fzbot.errors import KnowledgeError
from fzbot.knowledge import files, lexicon
from fzbot.knowledge.directory import Directory
from fzbot.knowledge.entry import Entry
from fzbot.knowledge.files import KnowledgeBase, Law
from fzbot.knowledge.folding import fold
from fzbot.knowledge.lexicon import Lexicon
from fzbot.knowledge.reference import References
from fzbot.knowledge.topics import Topic, Topics

SHOWN = 5
SUGGESTED = 3
REMEMBERED = 4096
KEPT = 3
"""Snapshots kept in the cache: the live one, one being tried, and one to go back to."""
CHAT_FROM = 0.35
"""Small talk that is none does no harm, so it needs less certainty than law."""


@dataclass(frozen=True)
class Content:
    """What a snapshot is built from."""

    base: KnowledgeBase
    lexicon: Lexicon
    topics: Topics


@dataclass(frozen=True)
class Learned:
    """What takes long to make from a content, and is therefore kept."""

    cutter: Cutter
    encoder: Encoder
    urgency: Urgency
    speller: Speller
    scorer: Scorer


class Snapshot:
    """Answers questions from one state of the knowledge base. Same question, same decision."""

    def __init__(self, content: Content, learned: Learned | None = None) -> None:
        """Build; with what was `learned` from the same content before, nothing is trained."""
        base = content.base
        self.entries: dict[str, Entry] = {entry.id: entry for entry in base.entries}
        self.directory: Directory = base.directory
        self.laws: dict[str, Law] = base.laws
        self.references = References(self.laws, ((law.title, short) for short, law in self.laws.items()))
        self.topics: dict[str, Topic] = {topic.key: topic for topic in content.topics.topics}
        self.welcome: str = content.topics.welcome
        self.blend = Blend.shipped()
        # A question is small: several threads would cost the matrix library more than they gain, and fight with the server's
        # own (measured: 300 messages a second answered at once, or hardly one of them).
        threadpool_limits(limits=1, user_api="blas")
        cutter = learned.cutter if learned else cutting.learned(content.lexicon)
        self.tokeniser = Tokeniser(content.lexicon, cutter)
        self.readers = Readers(self.tokeniser, learned.encoder if learned else Encoder.shipped())
        self.normaliser = Normaliser(content.lexicon)
        self._entries = base.entries
        self.learned = learned or self._learn(Urgency(content.lexicon.urgent))
        self._urgency = self.learned.urgency
        self.scorer = self.learned.scorer
        self.decide = lru_cache(REMEMBERED)(self._decide)

    @classmethod
    def of_folder(cls, folder: Path, cache: Path, overlay: tuple[Entry, ...] = ()) -> "Snapshot":
        """The snapshot of a knowledge folder, with the entries of `overlay` in place of its own.

        What was trained is kept in `cache` under the content's hash. Raises `KnowledgeError` when the knowledge base is faulty.
        """
        kept = _kept(folder, cache, overlay)
        found = _read(kept)
        if found is not None:
            return cls(*found)
        content = Content(
            files.overlaid(files.load_sound(folder), overlay),
            lexicon.load(folder / "lexicon"),
            files.read_model(folder / "topics.yaml", Topics),
        )
        snapshot = cls(content)
        _write(kept, (content, snapshot.learned))
        return snapshot

    def normalise(self, text: str) -> Question:
        """Step 1."""
        question = self.normaliser(text)
        mended = self.learned.speller(question.text, self.tokeniser.cut.is_word)
        return question if mended == question.text else replace(self.normaliser(mended), raw=text)

    def alarm(self, question: Question) -> Alarm | None:
        """The urgent cue in a question, if its entry is there."""
        alarm = self._urgency.check(question.text)
        return alarm if alarm and alarm.entry in self.entries else None

    def score(self, question: Question) -> Scoring:
        """Steps 2 to 4."""
        return self.scorer.score(self.readers, question, self.blend)

    def _decide(self, text: str) -> Decision:
        question = self.normalise(text)
        scoring = self.score(question)
        candidates = tuple(Candidate(self._entries[found.entry], found.probability) for found in scoring.candidates)
        number = self.scorer.exact.get(fold(question.text))
        if number is not None:
            same = self._entries[number]
            others = (candidate for candidate in candidates if candidate.entry.id != same.id)
            candidates = (Candidate(same, 1.0), *others)
        alarm = self.alarm(question)
        if alarm:
            first = Candidate(self.entries[alarm.entry], 1.0)
            rest = (candidate for candidate in candidates if candidate.entry.id != alarm.entry)
            return Decision(DecisionKind.URGENT, (first, *rest)[:SHOWN], alarm.danger)
        return Decision(self._kind(candidates), candidates[:SHOWN])

    def _kind(self, candidates: tuple[Candidate, ...]) -> DecisionKind:
        if not candidates:
            return DecisionKind.UNKNOWN
        best = candidates[0]
        if best.entry.is_chat:
            return DecisionKind.CHAT if best.score >= CHAT_FROM else DecisionKind.UNKNOWN
        if best.score >= self.blend.answer_from:
            return DecisionKind.ANSWER
        if sum(candidate.score for candidate in candidates[:SUGGESTED]) >= self.blend.suggest_from:
            return DecisionKind.SUGGEST
        return DecisionKind.UNKNOWN

    def _learn(self, urgency: Urgency) -> Learned:
        questions: list[Question] = []
        classes: list[int] = []
        for number, entry in enumerate(self._entries):
            for text in (entry.title, *entry.questions):
                questions.append(self.normaliser(text))
                classes.append(number)
        if not questions:
            raise KnowledgeError("知识库里一条条目都没有")
        speller = spelling.learned((question.text for question in questions), self.tokeniser.cut)
        scorer = Scorer(self.readers, questions, classes, [entry.id for entry in self._entries])
        return Learned(self.tokeniser.cut, self.readers.encoder, urgency, speller, scorer)


def is_built(folder: Path, cache: Path, overlay: tuple[Entry, ...] = ()) -> bool:
    """Whether the snapshot of a knowledge folder is in the cache already."""
    return _kept(folder, cache, overlay).exists()


def _kept(folder: Path, cache: Path, overlay: tuple[Entry, ...]) -> Path:
    return cache / f"snapshot-{fingerprint(folder, overlay)}.pickle"


def fingerprint(folder: Path, overlay: tuple[Entry, ...] = ()) -> str:
    """A hash over the knowledge files, the overlay and the code that builds from them."""
    digest = hashlib.sha256()
    for entry in overlay:
        digest.update(entry.model_dump_json().encode() + b"\0")
    code = Path(__file__).parent
    for root in (folder, code, code.parent / "knowledge"):
        for path in sorted(root.rglob("*")):
            if path.suffix in {".yaml", ".txt", ".py", ".json", ".npz"}:
                digest.update(str(path.relative_to(root)).encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:16]


def _read(path: Path) -> tuple[Content, Learned] | None:
    try:
        with path.open("rb") as file:
            kept: tuple[Content, Learned] = pickle.load(file)  # noqa: S301 - our own file, in the data folder
    except FileNotFoundError:
        return None
    except (OSError, EOFError, pickle.UnpicklingError, AttributeError, ImportError):
        return None  # torn, or written by another version of a library: build anew
    return kept


def _write(path: Path, kept: tuple[Content, Learned]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(dir=path.parent)
    with os.fdopen(descriptor, "wb") as file:
        pickle.dump(kept, file, pickle.HIGHEST_PROTOCOL)
    Path(name).replace(path)  # whole or not at all, also when two processes build at once
    newest_first = sorted(path.parent.glob("snapshot-*.pickle"), key=lambda one: one.stat().st_mtime, reverse=True)
    for old in newest_first[KEPT:]:
        old.unlink(missing_ok=True)
