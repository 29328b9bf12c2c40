"""What neighbouring characters and sounds say of a text, each as one number: quicker to find than a string.

A character, and two or three side by side, are a number above zero, sixteen bits each; a syllable, and two side by side, are a
number below zero, twenty-five bits each. None reaches across what is neither a Chinese character nor a Latin letter.
"""

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from fzbot.answering.pinyin import syllable

Numbers = NDArray[np.int64]
Weights = NDArray[np.float32]

CHARACTER_BITS, SYLLABLE_BITS, LETTER_BITS = 16, 25, 5
PAIR, TRIPLE = 1 << CHARACTER_BITS, 1 << 2 * CHARACTER_BITS
"""The least numbers that stand for two characters, and for three."""
SYLLABLE = -(1 << SYLLABLE_BITS)
"""The least number that stands for one syllable; below are those of two."""


def grams(text: str, weights: Weights) -> tuple[Numbers, Weights]:
    """All grams of a text, ascending, each once, with its weight. `weights` are those of the characters; a gram has its last one's."""
    characters = np.fromiter(map(_character, text), np.int64, len(text))
    sounds = np.fromiter(map(_sound, text), np.int64, len(text))
    pairs = _joined(characters[:-1], characters[1:], CHARACTER_BITS)
    triples = _joined(pairs[:-1], characters[2:], CHARACTER_BITS)
    sound_pairs = _joined(sounds[:-1], sounds[1:], SYLLABLE_BITS)
    found = np.concatenate((-sound_pairs, -sounds, characters, pairs, triples))
    each = np.concatenate((weights[1:], weights, weights, weights[1:], weights[2:]))
    return _summed(found, each)


def _joined(left: Numbers, right: Numbers, bits: int) -> Numbers:
    return (left << bits | right) * ((left > 0) & (right > 0))


def _summed(numbers: Numbers, weights: Weights) -> tuple[Numbers, Weights]:
    """The numbers that are not zero, ascending, each once, with the sum of its weights."""
    order = np.argsort(numbers, kind="stable")
    ordered = numbers[order]
    is_first = np.ones(len(ordered), np.bool_)
    np.not_equal(ordered[1:], ordered[:-1], out=is_first[1:])
    firsts = np.flatnonzero(is_first)
    once = ordered[firsts]
    sums: Weights = np.add.reduceat(weights[order], firsts)
    return once[once != 0], sums[once != 0]


@lru_cache(maxsize=30_000)
def _character(character: str) -> int:
    return ord(character) if "\u4e00" <= character <= "\u9fff" or "a" <= character <= "z" else 0


@lru_cache(maxsize=30_000)
def _sound(character: str) -> int:
    """The letters of its syllable as one number; 0 for a character that has no known sound."""
    sound = syllable(character) if _character(character) else ""
    number = 0
    for letter in sound if sound.isascii() else "":
        number = number << LETTER_BITS | (ord(letter) - ord("a") + 1)
    return number
