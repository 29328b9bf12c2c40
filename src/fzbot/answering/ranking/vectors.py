"""Features as sparse TF-IDF vectors over a fixed vocabulary."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from fzbot.answering.text.ngrams import PAIR, SYLLABLE, TRIPLE, Numbers
from fzbot.answering.text.tokenise import Features

Floats = NDArray[np.float32]
Ints = NDArray[np.int32]

FAMILIES = "pvucw"
"""In the order of their numbers: syllable pairs, syllables, characters, character pairs and triples, words."""
_BOUNDS = (SYLLABLE, 0, PAIR)
_NO_GRAM = np.iinfo(np.int64).max


@dataclass(frozen=True)
class Sparse:
    """A vector: `ids` of features, ascending, and their `values`; each family has length one."""

    ids: Ints
    values: Floats


class EncodedText(NamedTuple):
    """A text as linear views see it: its features, and its meaning."""

    features: Sparse
    meaning: Floats


class Vocabulary:
    """The features that are known, with their inverse document frequencies. Families lie side by side."""

    def __init__(self, documents: Sequence[Features]) -> None:
        grams, often = np.unique(np.concatenate([document.ngrams for document in documents]), return_counts=True)
        # Three characters that a single question has say nothing of other ways of asking.
        kept = (often > 1) | (grams < TRIPLE)
        grams, often = grams[kept], often[kept]
        counts = Counter(word for document in documents for word in document.words)
        words = sorted(counts)
        self._words = {word: len(grams) + number for number, word in enumerate(words)}
        self._grams: Numbers = np.append(grams, _NO_GRAM)
        self._bounds = [0, *np.searchsorted(grams, _BOUNDS).tolist(), len(grams), len(grams) + len(words)]
        self._family: Ints = np.repeat(np.arange(len(FAMILIES), dtype=np.int32), np.diff(self._bounds))
        each = np.concatenate((often, [counts[word] for word in words]))
        self.idf: Floats = (np.log((1 + len(documents)) / (1 + each)) + 1).astype(np.float32)

    def __len__(self) -> int:
        return len(self.idf)

    def vector(self, features: Features) -> Sparse:
        """The TF-IDF vector of features (square root of the weight, each family scaled to length one)."""
        places = np.searchsorted(self._grams, features.ngrams)
        known = self._grams[places] == features.ngrams
        words = sorted((self._words[word], weight) for word, weight in features.words.items() if word in self._words)
        ids = np.concatenate((places[known], [number for number, _ in words])).astype(np.int32)
        weights = np.concatenate((features.weights[known], [weight for _, weight in words])).astype(np.float32)
        values = np.sqrt(weights) * self.idf[ids]
        family = self._family[ids]
        lengths = np.sqrt(np.bincount(family, values * values, len(FAMILIES)))
        return Sparse(ids, (values / lengths[family]).astype(np.float32))

    def ids_of(self, families: str) -> Ints:
        """The ids of all features of some families, ascending."""
        spans = [self._bounds[place : place + 2] for place in sorted(map(FAMILIES.index, families))]
        return np.concatenate([np.arange(*span, dtype=np.int32) for span in spans])

    def unknown_share(self, features: Features) -> float:
        """How much of the words' weight is not in the vocabulary: 0 all known, 1 all strange."""
        total = sum(features.words.values())
        unknown = sum(weight for word, weight in features.words.items() if word not in self._words)
        return unknown / total if total else 1.0


def stacked(vectors: Iterable[Sparse]) -> tuple[NDArray[np.int64], Ints, Floats]:
    """Vectors as the rows of a CSR matrix: row pointers, column ids, values."""
    rows = list(vectors)
    pointers = np.zeros(len(rows) + 1, np.int64)
    np.cumsum([len(row.ids) for row in rows], out=pointers[1:])
    if not rows:
        return pointers, np.zeros(0, np.int32), np.zeros(0, np.float32)
    return pointers, np.concatenate([row.ids for row in rows]), np.concatenate([row.values for row in rows])
