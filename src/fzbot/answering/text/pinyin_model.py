"""Which characters some syllables stand for: those that follow one another likeliest in what villagers ask.

A search by beam over a model of three characters, as input methods do (Chen and Lee, A new statistical approach to Chinese pinyin
input, 2000).
"""

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from heapq import nlargest
from itertools import pairwise

from fzbot.answering.text.pinyin import merged, readings

BEAM = 5
ALIKE = 24
"""Characters that are tried for a syllable, the commonest of its sound."""
READINGS = 3
"""Of a character that are known: further ones are hardly ever meant."""
LONGEST = 6
"""Letters of a syllable."""
BACKED_OFF = math.log(0.4)
"""What it costs to judge a character by one less before it (Brants et al., Large language models in machine translation, 2007)."""
INEXACT, RARER = -2.0, -2.0
"""What it costs to read a sound as one that north-westerners mix up with it, and as each rarer reading of a character."""
EDGE = "^^"
"""What stands before a text."""
_NEVER = -14.0
"""Of a character that nobody was seen to write."""
_HANZI = re.compile(r"[\u4e00-\u9fff]+")

Hypothesis = tuple[float, str]
"""How likely some characters are, as a logarithm, and the characters with the two before them."""


@dataclass(frozen=True)
class PinyinModel:
    """Built from texts; several threads may share one."""

    sounds: Mapping[str, tuple[tuple[str, float], ...]]
    """By syllable the characters that it may stand for, and what each reading costs."""
    chances: Mapping[str, float]
    """How likely a character is, or follows the one or two before it, as a logarithm."""

    def is_pinyin(self, letters: str) -> bool:
        """Whether letters are one syllable after another."""
        reached = {0}
        for end in range(1, len(letters) + 1):
            if any(
                start in reached and letters[start:end] in self.sounds for start in range(max(0, end - LONGEST), end)
            ):
                reached.add(end)
        return len(letters) in reached

    def average(self, pieces: Sequence[str], before: str, after: str) -> float:
        """How likely the characters for some pieces are, each, with the one that follows."""
        score, found = self.decode(pieces, before)
        if after:
            score += self._chance(before + found, after)
        return score / max(1, len(found) + len(after))

    def decode(self, pieces: Sequence[str], before: str) -> Hypothesis:
        """The likeliest characters for some pieces of pinyin behind two others."""
        best: list[Hypothesis] = [(0.0, before)]
        for piece in pieces:
            ends: list[list[Hypothesis]] = [best, *([] for _ in piece)]
            for start in range(len(piece)):
                self._extend(piece, start, nlargest(BEAM, ends[start]), ends)
            best = nlargest(BEAM, ends[-1])
        score, text = best[0] if best else (-math.inf, before)
        return score, text[len(before) :]

    def _extend(self, piece: str, start: int, hypotheses: list[Hypothesis], ends: list[list[Hypothesis]]) -> None:
        """Go on from a letter of a piece by each syllable that begins there."""
        chances = self.chances
        for end in range(start + 1, min(len(piece), start + LONGEST) + 1):
            alike = self.sounds.get(piece[start:end])
            if alike is None:
                continue
            for score, text in hypotheses:
                two, one = text[-2:], text[-1]
                for character, cost in alike:
                    chance = chances.get(two + character)
                    if chance is None:
                        chance = chances.get(one + character)
                        chance = BACKED_OFF + (BACKED_OFF + chances[character] if chance is None else chance)
                    ends[end].append((score + cost + chance, text + character))

    def _chance(self, text: str, character: str) -> float:
        chances = self.chances
        found = chances.get(text[-2:] + character)
        if found is None:
            found = chances.get(text[-1] + character)
            found = BACKED_OFF + (BACKED_OFF + chances.get(character, _NEVER) if found is None else found)
        return found


def train(texts: Iterable[str]) -> PinyinModel:
    """A model of the characters of `texts`, and of how they follow one another."""
    counts = Counter[str]()
    for text in texts:
        for run in _HANZI.findall(text):
            edged = EDGE + run
            counts.update(run)
            counts.update(map("".join, pairwise(edged)))
            counts.update(map("".join, zip(edged, edged[1:], edged[2:], strict=False)))
            counts[EDGE[0]] += 1
    characters = {gram: number for gram, number in counts.items() if len(gram) == 1 and gram not in EDGE}
    total = math.log(sum(characters.values()))
    chances = {character: math.log(number) - total for character, number in characters.items()}
    chances |= {
        gram: math.log(number) - math.log(counts[gram[:-1]])
        for gram, number in counts.items()
        if gram != EDGE and (len(gram) == 2 or (len(gram) == 3 and number > 1))
    }
    return PinyinModel(_sounds(characters), chances)


def _sounds(characters: Mapping[str, int]) -> dict[str, tuple[tuple[str, float], ...]]:
    """By syllable its characters, also those of sounds that are mixed up with it, the commonest first."""
    read = [
        (sound, character, rank)
        for character in characters
        for rank, sound in enumerate(readings(character)[:READINGS])
    ]
    typed = {sound for sound, _, _ in read if sound.isascii() and sound.isalpha()}
    typed |= {_alike(sound) for sound in typed}
    by_likeness: dict[str, list[tuple[str, str, int]]] = defaultdict(list)
    for sound, character, rank in read:
        by_likeness[_alike(sound)].append((sound, character, rank))
    found: dict[str, tuple[tuple[str, float], ...]] = {}
    for syllable in typed:
        costs: dict[str, float] = {}
        for sound, character, rank in by_likeness[_alike(syllable)]:
            cost = INEXACT * (sound != syllable) + RARER * rank
            costs[character] = max(cost, costs.get(character, -math.inf))
        weighed = sorted(costs, key=lambda one: (-math.log(characters[one]) - costs[one], one))
        found[syllable] = tuple((character, costs[character]) for character in weighed[:ALIKE])
    return found


def _alike(sound: str) -> str:
    return merged(sound).replace("v", "u")
