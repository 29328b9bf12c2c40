"""Ranking: retrieve candidates, measure each by several features, weigh them into one probability: steps 3 and 4."""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

import numpy as np
from pydantic import BaseModel
from rapidfuzz import fuzz

from fzbot.answering.ranking import classifiers, entry_embeddings, index
from fzbot.answering.ranking.vectors import EncodedText, Floats, Ints, Vocabulary
from fzbot.answering.text.normalise import NormalisedQuestion
from fzbot.answering.text.tokenise import Features, Tokeniser
from fzbot.knowledge.folding import fold
from fzbot.knowledge.themes import theme_of as theme_of_entry

CANDIDATES = 12
NEAREST = 48
CLASSIFIERS = {"words": "uw", "characters": "cu", "sounds": "pv"}
"""The classifiers, and which families of features each looks at."""

FEATURES = (
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
CONTEXT_FEATURES = ("always", "best_classifier", "best_meaning", "best_nearest", "unknown", "short")


Near = tuple[int, float]
"""Of a class's questions the nearest one's number, and how near it is."""


@dataclass(frozen=True)
class Encoders:
    """What reads a question: one into words, sounds and characters, one into its meaning."""

    tokeniser: Tokeniser
    encoder: entry_embeddings.Encoder


class RankingModel(BaseModel):
    """Weights of the features, fitted by `bench/fit.py` on labelled real questions."""

    features: dict[str, float]
    context: dict[str, float]

    @cached_property
    def feature_weights(self) -> Floats:
        """The weights of `FEATURES`, in order."""
        return np.array([self.features[name] for name in FEATURES], np.float32)

    @cached_property
    def context_weights(self) -> Floats:
        """The weights of `CONTEXT_FEATURES`, in order."""
        return np.array([self.context[name] for name in CONTEXT_FEATURES], np.float32)

    @classmethod
    def shipped(cls) -> "RankingModel":
        """The weights that came with this release."""
        return cls.model_validate_json((Path(__file__).parent / "model.json").read_text(encoding="utf-8"))


@dataclass(frozen=True)
class CandidateFeatures:
    """What is seen of a question: candidates by number, their features, the context, their nearest questions.

    `features` is candidates × `FEATURES`, `context` as long as `CONTEXT_FEATURES`.
    """

    encoded: EncodedText
    candidates: Ints
    features: Floats
    context: Floats
    nearest: list[str]


class RankedCandidate(NamedTuple):
    """A candidate entry by number: the probability that it answers, its `FEATURES`, the nearest question."""

    entry: int
    probability: float
    features: Floats
    nearest: str


@dataclass(frozen=True)
class Ranking:
    """All candidates, best first, the probability that none of the entries answers, and the evidence behind that."""

    candidates: tuple[RankedCandidate, ...]
    none: float
    evidence: CandidateFeatures


class Ranker:
    """Everything that is built from the entries' questions."""

    def __init__(
        self, encoders: Encoders, questions: list[NormalisedQuestion], classes: list[int], ids: list[str]
    ) -> None:
        """Train and index: `classes[i]` is the number of the entry of `questions[i]`, `ids` has each entry's id."""
        self.exact = {fold(question.text): number for question, number in zip(questions, classes, strict=True)}
        """Entries by the folded text of their own questions: what is asked word for word needs no ranking."""
        features = [encoders.tokeniser.features(question) for question in questions]
        self.vocabulary = Vocabulary(features)
        vectors = [self.vocabulary.vector(one) for one in features]
        self._asking = [question.asking for question in questions]
        self._classes: Ints = np.array(classes, np.int32)
        themes = [theme_of_entry(id_) for id_ in ids]
        names = sorted(set(themes))
        theme_of: Ints = np.array([names.index(theme) for theme in themes], np.int32)
        self._classifiers = classifiers.train(
            vectors, self._classes, self.vocabulary, theme_of, list(CLASSIFIERS.values())
        )
        self._index = index.build(vectors, len(self.vocabulary))
        texts = [question.text for question in questions]
        self._embeddings = entry_embeddings.of_entries(ids, encoders.encoder, texts, classes)

    def encode(self, encoders: Encoders, question: NormalisedQuestion) -> EncodedText:
        """A question's features and meaning."""
        return self._encode(encoders, question, encoders.tokeniser.features(question))

    def collect(self, encoders: Encoders, question: NormalisedQuestion) -> CandidateFeatures:
        """Measure every candidate by every feature."""
        features = encoders.tokeniser.features(question)
        encoded = self._encode(encoders, question, features)
        vector = encoded.features
        by_classifier, themes = self._classifiers.scores(vector)
        classified = by_classifier.sum(axis=0)
        meaning = self._embeddings @ encoded.meaning
        nearest, closeness = self._index.nearest(vector, NEAREST)
        of_class = self._by_class(nearest, closeness)
        short = 1.0 / (1.0 + len(vector.ids) / 8)
        unknown = self.vocabulary.unknown_share(features)
        candidates = self._candidates(classified, meaning, of_class)
        near = [of_class.get(entry) for entry in candidates.tolist()]
        tops = float(classified.max()), float(meaning.max())
        measured = np.empty((len(candidates), len(FEATURES)), np.float32)
        measured[:, :3] = by_classifier[:, candidates].T
        measured[:, 3] = classified[candidates] - tops[0]
        measured[:, 4] = themes[self._classifiers.theme_of[candidates]]
        measured[:, 5] = meaning[candidates]
        measured[:, 6] = measured[:, 5] - tops[1]
        measured[:, 7:] = [self._nearness(question.asking, found) for found in near]
        context = np.array([1.0, *tops, closeness[0] if len(closeness) else 0.0, unknown, short], np.float32)
        return CandidateFeatures(
            encoded, candidates, measured, context, ["" if found is None else self._asking[found[0]] for found in near]
        )

    def rank(self, encoders: Encoders, question: NormalisedQuestion, model: RankingModel) -> Ranking:
        """Weigh the features into probabilities: a softmax over the candidates and “none of them”."""
        evidence = self.collect(encoders, question)
        logits = np.append(evidence.features @ model.feature_weights, evidence.context @ model.context_weights)
        chances = np.exp(logits - logits.max())
        chances /= chances.sum()
        order = np.argsort(-chances[:-1], kind="stable").tolist()
        entries, each = evidence.candidates.tolist(), chances.tolist()
        scored = tuple(
            RankedCandidate(entries[row], each[row], evidence.features[row], evidence.nearest[row]) for row in order
        )
        return Ranking(scored, each[-1], evidence)

    def _encode(self, encoders: Encoders, question: NormalisedQuestion, features: Features) -> EncodedText:
        return EncodedText(self.vocabulary.vector(features), encoders.encoder.vector(question.text))

    def _by_class(self, nearest: Ints, closeness: Floats) -> dict[int, Near]:
        """For each class among the nearest questions: its nearest one, the nearest class first."""
        found: dict[int, Near] = {}
        owners = self._classes[nearest].tolist()
        for class_, question, near in zip(owners, nearest.tolist(), closeness.tolist(), strict=True):
            found.setdefault(class_, (question, near))
        return found

    def _candidates(self, classified: Floats, meaning: Floats, of_class: dict[int, Near]) -> Ints:
        """The best by the classifier and by meaning, and the owners of the nearest questions; ascending."""
        owners = list(of_class)[: CANDIDATES // 2]
        return np.array(sorted({*_best(classified, CANDIDATES), *_best(meaning, CANDIDATES // 2), *owners}), np.int32)

    def _nearness(self, asking: str, near: Near | None) -> tuple[float, float]:
        """The last two of `FEATURES`, of a class whose nearest question is known."""
        return (0.0, 0.0) if near is None else (near[1], fuzz.ratio(asking, self._asking[near[0]]) / 100)


def _best(scores: Floats, most: int) -> list[int]:
    """The numbers of the highest scores, in no order."""
    found: list[int] = np.argpartition(scores, max(0, len(scores) - most))[-most:].tolist()
    return found
