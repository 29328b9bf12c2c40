"""What neighbouring characters and sounds say of a text, each as one number: quicker to find than a string.

A character, and two or three side by side, are a number above zero, sixteen bits each; a syllable, and two side by side, are a
number below zero, twenty-five bits each. None reaches across what is neither a Chinese character nor a Latin letter.
"""

import numpy as np
from numpy.typing import NDArray

from fzbot.answering.text.pinyin import syllable

Numbers = NDArray[np.int64]
Weights = NDArray[np.float32]
Codes = NDArray[np.uint32]

CHARACTER_BITS, SYLLABLE_BITS, LETTER_BITS = 16, 25, 5
PAIR, TRIPLE = 1 << CHARACTER_BITS, 1 << 2 * CHARACTER_BITS
"""The least numbers that stand for two characters, and for three."""
SYLLABLE = -(1 << SYLLABLE_BITS)
"""The least number that stands for one syllable; below are those of two."""


def ngrams(text: str, weights: Weights) -> tuple[Numbers, Weights]:
    """All grams of a text, ascending, each once, with its weight. `weights` are those of the characters; a gram has its last one's."""
    codes = np.minimum(np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32), _LAST)
    characters = _CHARACTERS.take(codes)
    sounds = _sounds(codes)
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


def _sounds(codes: Codes) -> Numbers:
    found = _SOUNDS.take(codes)
    if found.min(initial=0) == _UNHEARD:
        for code in codes[found == _UNHEARD].tolist():
            _SOUNDS[code] = _number(syllable(chr(code)))
        found = _SOUNDS.take(codes)
    return found


def _number(sound: str) -> int:
    """The letters of a syllable as one number; 0 for what is none."""
    number = 0
    for letter in sound if sound.isascii() else "":
        number = number << LETTER_BITS | (ord(letter) - ord("a") + 1)
    return number


def _characters() -> Numbers:
    """By code: the number of a Chinese character or a Latin letter, which is its code; 0 for everything else."""
    numbers = np.zeros(_LAST + 1, np.int64)
    for first, last in (("a", "z"), ("\u4e00", "\u9fff")):
        numbers[ord(first) : ord(last) + 1] = np.arange(ord(first), ord(last) + 1)
    return numbers


_LAST = (1 << CHARACTER_BITS) - 1
_UNHEARD = -1
_CHARACTERS = _characters()
_SOUNDS: Numbers = np.where(_CHARACTERS > 0, _UNHEARD, 0)
"""By code: the number of its syllable, worked out when it first occurs."""
