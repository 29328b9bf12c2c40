"""Scoring: retrieve candidates, look at each from several sides, blend into one probability: steps 3 and 4."""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

import numpy as np
from pydantic import BaseModel
from rapidfuzz import fuzz

from fzbot.answering import classifier, directions, index
from fzbot.answering.meaning import Encoder
from fzbot.answering.normalise import Question
from fzbot.answering.tokenise import Features, Tokeniser
from fzbot.answering.vectors import Floats, Ints, Seen, Vocabulary
from fzbot.knowledge.folding import fold

CANDIDATES = 12
NEAREST = 48
MACHINES = {"words": "uw", "characters": "cu", "sounds": "pv"}
"""The classifiers, and which families of features each looks at."""

SIDES = (
    "words",
    "characters",
    "sounds",
    "gap",
    "theme",
    "meaning",
    "meaning_gap",
    "nearest",
    "ratio",
)
GENERAL = ("always", "best_machine", "best_meaning", "best_nearest", "unknown", "short")


Near = tuple[int, float]
"""Of a class's questions the nearest one's number, and how near it is."""


@dataclass(frozen=True)
class Readers:
    """What reads a question: one into words, sounds and characters, one into its meaning."""

    tokeniser: Tokeniser
    encoder: Encoder


class Blend(BaseModel):
    """Weights of the blend and the thresholds, fitted by `bench/fit.py` on labelled real questions."""

    sides: dict[str, float]
    none: dict[str, float]
    answer_from: float
    suggest_from: float

    @cached_property
    def side_weights(self) -> Floats:
        """The weights of `SIDES`, in order."""
        return np.array([self.sides[side] for side in SIDES], np.float32)

    @cached_property
    def none_weights(self) -> Floats:
        """The weights of `GENERAL`, in order."""
        return np.array([self.none[side] for side in GENERAL], np.float32)

    @classmethod
    def shipped(cls) -> "Blend":
        """The weights that came with this release."""
        return cls.model_validate_json((Path(__file__).parent / "blend.json").read_text(encoding="utf-8"))


@dataclass(frozen=True)
class Look:
    """What is seen of a question: candidates by number, their sides, the general view, their nearest questions.

    `sides` is candidates × `SIDES`, `general` as long as `GENERAL`.
    """

    seen: Seen
    candidates: Ints
    sides: Floats
    general: Floats
    nearest: list[str]


class Scored(NamedTuple):
    """A candidate entry by number: the probability that it answers, how each of `SIDES` sees it, the nearest question."""

    entry: int
    probability: float
    sides: Floats
    nearest: str


@dataclass(frozen=True)
class Scoring:
    """All candidates, best first, the probability that none of the entries answers, and the look behind that."""

    candidates: tuple[Scored, ...]
    none: float
    look: Look


class Scorer:
    """Everything that is built from the entries' questions."""

    def __init__(self, readers: Readers, questions: list[Question], classes: list[int], ids: list[str]) -> None:
        """Train and index: `classes[i]` is the number of the entry of `questions[i]`, `ids` has each entry's id."""
        self.exact = {fold(question.text): number for question, number in zip(questions, classes, strict=True)}
        """Entries by the folded text of their own questions: what is asked word for word needs no scoring."""
        features = [readers.tokeniser.features(question) for question in questions]
        self.vocabulary = Vocabulary(features)
        vectors = [self.vocabulary.vector(one) for one in features]
        self._asking = [question.asking for question in questions]
        self._classes: Ints = np.array(classes, np.int32)
        themes = [id_.split(".")[0] for id_ in ids]
        names = sorted(set(themes))
        theme_of: Ints = np.array([names.index(theme) for theme in themes], np.int32)
        self._views = classifier.train(vectors, self._classes, self.vocabulary, theme_of, list(MACHINES.values()))
        self._index = index.build(vectors, len(self.vocabulary))
        self._directions = _directions(readers.encoder, questions, self._classes, ids)

    def seen(self, readers: Readers, question: Question) -> Seen:
        """A question's features and meaning."""
        return self._seen(readers, question, readers.tokeniser.features(question))

    def look(self, readers: Readers, question: Question) -> Look:
        """See every candidate from every side."""
        features = readers.tokeniser.features(question)
        seen = self._seen(readers, question, features)
        vector = seen.features
        machines, themes = self._views.scores(vector)
        machine = machines.sum(axis=0)
        meaning = self._directions @ seen.meaning
        nearest, closeness = self._index.nearest(vector, NEAREST)
        of_class = self._by_class(nearest, closeness)
        short = 1.0 / (1.0 + len(vector.ids) / 8)
        unknown = self.vocabulary.unknown_share(features)
        candidates = self._candidates(machine, meaning, of_class)
        near = [of_class.get(entry) for entry in candidates.tolist()]
        tops = float(machine.max()), float(meaning.max())
        sides = np.empty((len(candidates), len(SIDES)), np.float32)
        sides[:, :3] = machines[:, candidates].T
        sides[:, 3] = machine[candidates] - tops[0]
        sides[:, 4] = themes[self._views.theme_of[candidates]]
        sides[:, 5] = meaning[candidates]
        sides[:, 6] = sides[:, 5] - tops[1]
        sides[:, 7:] = [self._nearness(question.asking, found) for found in near]
        general = np.array([1.0, *tops, closeness[0] if len(closeness) else 0.0, unknown, short], np.float32)
        return Look(
            seen, candidates, sides, general, ["" if found is None else self._asking[found[0]] for found in near]
        )

    def score(self, readers: Readers, question: Question, blend: Blend) -> Scoring:
        """Blend the sides into probabilities: a softmax over the candidates and “none of them”."""
        look = self.look(readers, question)
        logits = np.append(look.sides @ blend.side_weights, look.general @ blend.none_weights)
        chances = np.exp(logits - logits.max())
        chances /= chances.sum()
        order = np.argsort(-chances[:-1], kind="stable").tolist()
        entries, each = look.candidates.tolist(), chances.tolist()
        scored = tuple(Scored(entries[row], each[row], look.sides[row], look.nearest[row]) for row in order)
        return Scoring(scored, each[-1], look)

    def _seen(self, readers: Readers, question: Question, features: Features) -> Seen:
        return Seen(self.vocabulary.vector(features), readers.encoder.vector(question.text))

    def _by_class(self, nearest: Ints, closeness: Floats) -> dict[int, Near]:
        """For each class among the nearest questions: its nearest one, the nearest class first."""
        found: dict[int, Near] = {}
        owners = self._classes[nearest].tolist()
        for class_, question, near in zip(owners, nearest.tolist(), closeness.tolist(), strict=True):
            found.setdefault(class_, (question, near))
        return found

    def _candidates(self, machine: Floats, meaning: Floats, of_class: dict[int, Near]) -> Ints:
        """The best by the classifier and by meaning, and the owners of the nearest questions; ascending."""
        owners = list(of_class)[: CANDIDATES // 2]
        return np.array(sorted({*_best(machine, CANDIDATES), *_best(meaning, CANDIDATES // 2), *owners}), np.int32)

    def _nearness(self, asking: str, near: Near | None) -> tuple[float, float]:
        """The last two of `SIDES`, of a class whose nearest question is known."""
        return (0.0, 0.0) if near is None else (near[1], fuzz.ratio(asking, self._asking[near[0]]) / 100)


def _directions(encoder: Encoder, questions: list[Question], classes: Ints, ids: list[str]) -> Floats:
    """Entries × dimensions. The questions have to be read only if an entry is not of this release."""
    known, new = directions.arranged(ids, encoder.directions, encoder.size)
    if not new:
        return known
    return directions.learned(known, new, encoder.encode([question.text for question in questions]), classes)


def _best(scores: Floats, most: int) -> list[int]:
    """The numbers of the highest scores, in no order."""
    found: list[int] = np.argpartition(scores, max(0, len(scores) - most))[-most:].tolist()
    return found
