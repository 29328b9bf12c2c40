"""Directions of entries: those of the release stand, those of new entries are learned beside them."""

import numpy as np
import pytest

from fzbot.answering.ranking import entry_embeddings
from fzbot.answering.ranking.entry_embeddings import unit_length
from fzbot.answering.ranking.vectors import Floats, Ints

SIZE = 16


def crowd(dice: np.random.Generator, centres: Floats, each: int) -> tuple[Floats, Ints]:
    """Vectors around centres, and to which centre each belongs."""
    classes = np.repeat(np.arange(len(centres)), each).astype(np.int32)
    noise = dice.normal(size=(len(classes), SIZE)).astype(np.float32) * 0.15
    return unit_length(centres[classes] + noise), classes


@pytest.fixture
def centres() -> Floats:
    return unit_length(np.random.default_rng(1).normal(size=(5, SIZE)).astype(np.float32))


def test_known_directions_take_their_places(centres: Floats) -> None:
    rows, new = entry_embeddings.align(["b", "x", "a"], {"a": centres[0], "b": centres[1]}, SIZE)
    assert (rows == np.vstack([centres[1], np.zeros(SIZE), centres[0]])).all()
    assert new == [1]


def test_a_new_entry_is_found_by_its_questions_and_the_others_stand_still(centres: Floats) -> None:
    vectors, classes = crowd(np.random.default_rng(2), centres, 40)
    start = centres.copy()
    start[[1, 4]] = 0
    rows = entry_embeddings.train(start, [1, 4], vectors, classes)
    assert rows[[0, 2, 3]] == pytest.approx(centres[[0, 2, 3]], abs=1e-5)
    asked, owners = crowd(np.random.default_rng(3), centres, 20)
    assert ((asked @ rows.T).argmax(axis=1) == owners).mean() > 0.95
    assert np.linalg.norm(rows, axis=1) == pytest.approx(1, abs=1e-5)


def test_the_same_questions_give_the_same_directions(centres: Floats) -> None:
    vectors, classes = crowd(np.random.default_rng(2), centres, 10)
    start = np.zeros_like(centres)
    first = entry_embeddings.train(start, range(5), vectors, classes)
    assert (first == entry_embeddings.train(start, range(5), vectors, classes)).all()
