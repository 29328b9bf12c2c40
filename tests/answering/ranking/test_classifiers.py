"""The linear views: every class scores highest on its own words, however few or many classes there are."""

import numpy as np
import pytest

from fzbot.answering.ranking import classifiers
from fzbot.answering.ranking.classifiers import LinearClassifiers
from fzbot.answering.ranking.vectors import Vocabulary
from fzbot.answering.text.tokenise import NOTHING, Features

WORDS = ["彩礼", "工资", "宅基地", "低保", "遗嘱"]


def said(*words: str) -> Features:
    return NOTHING._replace(words=dict.fromkeys(words, 1.0))


def trained(count: int) -> tuple[LinearClassifiers, Vocabulary]:
    features = [said(word, "怎么", f"{word}{turn}") for word in WORDS[:count] for turn in range(3)]
    vocabulary = Vocabulary(features)
    vectors = [vocabulary.vector(one) for one in features]
    classes = np.repeat(np.arange(count, dtype=np.int32), 3)
    themes = np.arange(count, dtype=np.int32) % 2
    return classifiers.train(vectors, classes, vocabulary, themes, ["w"]), vocabulary


def scores(count: int) -> tuple[np.ndarray, np.ndarray]:
    """What the one machine and the themes say of each class's own word: classes × classes, classes × themes."""
    views, vocabulary = trained(count)
    found = [views.scores(vocabulary.vector(said(word))) for word in WORDS[:count]]
    return np.array([machines[0] for machines, _ in found]), np.array([themes for _, themes in found])


@pytest.mark.parametrize("count", [2, 3, 5])
def test_each_class_and_its_theme_know_their_own_words(count: int) -> None:
    machine, theme = scores(count)
    assert machine.argmax(axis=1).tolist() == list(range(count))
    assert theme.argmax(axis=1).tolist() == [number % 2 for number in range(count)]


def test_a_single_class_is_always_the_answer() -> None:
    machine, theme = scores(1)
    assert machine[0, 0] > 0
    assert theme[0, 0] > 0


def test_classes_learned_in_turns_are_what_they_are_together(monkeypatch: pytest.MonkeyPatch) -> None:
    together, _ = scores(5)
    monkeypatch.setattr(classifiers, "TOGETHER", 2)
    in_turns, _ = scores(5)
    assert in_turns == pytest.approx(together, abs=1e-3)
