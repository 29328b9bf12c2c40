"""Vectors are remembered between builds: only what is new is read again."""

from pathlib import Path

import numpy as np
import pytest

from fzbot.answering.ranking.sentence_encoder import SentenceEncoder
from fzbot.answering.ranking.vector_memory import VectorMemory
from fzbot.answering.ranking.vectors import Floats

QUESTIONS = ["工钱不给咋办", "离婚孩子归谁"]


@pytest.fixture
def encoder() -> SentenceEncoder:
    return SentenceEncoder.shipped()


def remembered(encoder: SentenceEncoder, folder: Path, *texts: str) -> list[str]:
    """Ask for texts and keep them; which of them were read."""
    read: list[str] = []
    memory = VectorMemory(encoder, folder)

    def reading(text: str) -> Floats:
        read.append(text)
        return encoder.vector(text)

    memory._read = reading
    for text in texts:
        assert (memory.vector(text) == encoder.vector(text)).all()
    memory.write()
    return read


def test_what_was_kept_is_not_read_again(encoder: SentenceEncoder, tmp_path: Path) -> None:
    assert remembered(encoder, tmp_path, *QUESTIONS, QUESTIONS[0]) == QUESTIONS
    assert remembered(encoder, tmp_path, *QUESTIONS, "彩礼退不退") == ["彩礼退不退"]


def test_what_is_no_longer_asked_for_is_forgotten(encoder: SentenceEncoder, tmp_path: Path) -> None:
    remembered(encoder, tmp_path, *QUESTIONS)
    remembered(encoder, tmp_path, QUESTIONS[0])
    assert remembered(encoder, tmp_path, QUESTIONS[1]) == [QUESTIONS[1]]


def test_a_damaged_file_and_those_of_other_encoders_are_replaced(encoder: SentenceEncoder, tmp_path: Path) -> None:
    remembered(encoder, tmp_path, *QUESTIONS)
    (path,) = tmp_path.iterdir()
    path.write_bytes(path.read_bytes()[:100])
    (tmp_path / "vectors-0123456789abcdef.npz").write_bytes(b"")
    assert remembered(encoder, tmp_path, *QUESTIONS) == QUESTIONS
    assert list(tmp_path.iterdir()) == [path]


def test_without_a_folder_nothing_is_written(encoder: SentenceEncoder) -> None:
    memory = VectorMemory(encoder, None)
    assert np.linalg.norm(memory.vector(QUESTIONS[0])) == pytest.approx(1, abs=1e-4)
    memory.write()
