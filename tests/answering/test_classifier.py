"""The linear views: every class scores highest on its own words, however few or many classes there are."""

import numpy as np
import pytest

from fzbot.answering import classifier
from fzbot.answering.classifier import Views
from fzbot.answering.tokenise import NOTHING, Features
from fzbot.answering.vectors import Vocabulary

WORDS = ["彩礼", "工资", "宅基地", "低保", "遗嘱"]


def said(*words: str) -> Features:
    return NOTHING._replace(words=dict.fromkeys(words, 1.0))


def trained(count: int) -> tuple[Views, Vocabulary]:
    features = [said(word, "怎么", f"{word}{turn}") for word in WORDS[:count] for turn in range(3)]
    vocabulary = Vocabulary(features)
    vectors = [vocabulary.vector(one) for one in features]
    classes = np.repeat(np.arange(count, dtype=np.int32), 3)
    themes = np.arange(count, dtype=np.int32) % 2
    return classifier.train(vectors, classes, vocabulary, themes, ["w"]), vocabulary


def scores(count: int) -> np.ndarray:
    views, vocabulary = trained(count)
    return np.array([views.scores(vocabulary.vector(said(word))) for word in WORDS[:count]])


@pytest.mark.parametrize("count", [2, 3, 5])
def test_each_class_knows_its_own_words(count: int) -> None:
    machine, mean, theme = scores(count).transpose(1, 0, 2)
    assert machine.argmax(axis=1).tolist() == list(range(count))
    assert mean.argmax(axis=1).tolist() == list(range(count))
    assert [row.argmax() % 2 for row in theme] == [number % 2 for number in range(count)]


def test_a_single_class_is_always_the_answer() -> None:
    machine, _, theme = scores(1)[0]
    assert machine[0] > 0
    assert theme[0] > 0


def test_classes_learned_in_turns_are_what_they_are_together(monkeypatch: pytest.MonkeyPatch) -> None:
    together = scores(5)
    monkeypatch.setattr(classifier, "TOGETHER", 2)
    assert scores(5) == pytest.approx(together, abs=1e-3)
