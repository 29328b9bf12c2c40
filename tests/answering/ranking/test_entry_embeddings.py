"""Directions of entries: those of the release stand, a new entry lies among its questions."""

from dataclasses import dataclass, field

import numpy as np
import pytest

from fzbot.answering.ranking import entry_embeddings
from fzbot.answering.ranking.sentence_encoder import SentenceEncoder
from fzbot.answering.ranking.vectors import Floats


@dataclass
class Compass:
    """An encoder of two dimensions that keeps what it was asked to read."""

    directions: dict[str, Floats]
    read: list[str] = field(default_factory=list)

    def vector(self, text: str) -> Floats:
        """北 and 东 lie at a right angle."""
        self.read.append(text)
        return np.array([0, 1] if text.startswith("北") else [1, 0], np.float32)


def test_known_directions_stand_whatever_is_asked_of_them() -> None:
    known = np.array([0.6, 0.8], np.float32)
    encoder = Compass({"known": known})
    rows = entry_embeddings.of_entries(["known"], encoder, ["北一", "东一"], [0, 0])
    assert (rows == known).all()
    assert encoder.read == []


def test_a_new_entry_lies_in_the_middle_of_its_questions_and_no_others_are_read() -> None:
    encoder = Compass({"known": np.array([0, 1], np.float32)})
    rows = entry_embeddings.of_entries(["known", "new"], encoder, ["北一", "北二", "东二"], [0, 1, 1])
    assert rows[1] == pytest.approx([0.5**0.5, 0.5**0.5])
    assert encoder.read == ["北二", "东二"]


def test_a_new_entry_is_found_by_words_that_it_does_not_have() -> None:
    encoder = SentenceEncoder.shipped()
    new = ["想学吹唢呐去哪里", "唢呐班收多少学费", "村里有没有教唢呐的师傅"]
    ids = [*encoder.directions, "culture.suona"]
    rows = entry_embeddings.of_entries(ids, encoder, new, [len(ids) - 1] * len(new))
    assert int((rows @ encoder.vector("娃想跟人学唢呐，找谁报名")).argmax()) == len(ids) - 1
    assert np.linalg.norm(rows, axis=1) == pytest.approx(1, abs=1e-2)
