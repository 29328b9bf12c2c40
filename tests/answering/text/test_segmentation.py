"""A text is cut as jieba cuts it when it guesses no new words."""

import math

import jieba
import pytest

from fzbot.answering.text import segmentation
from fzbot.answering.text.segmentation import Segmenter
from fzbot.knowledge import lexicon
from fzbot.knowledge.files import load
from fzbot.knowledge.lexicon import Lexicon
from fzbot.settings import shipped_knowledge


@pytest.fixture(scope="module")
def words() -> Lexicon:
    return lexicon.load(shipped_knowledge() / "lexicon")


@pytest.fixture(scope="module")
def cut(words: Lexicon) -> Segmenter:
    return segmentation.train(words)


@pytest.fixture(scope="module")
def peer(cut: Segmenter) -> jieba.Tokenizer:
    """jieba itself, with the same words as often."""
    whole = jieba.Tokenizer()
    whole.initialize()
    whole.FREQ = {word: round(math.exp(chance - cut.strange)) for word, chance in cut.chances.items()}
    whole.total = sum(whole.FREQ.values())
    return whole


def test_every_wording_of_the_base_is_cut_as_jieba_cuts_it(cut: Segmenter, peer: jieba.Tokenizer) -> None:
    texts = [text for entry in load(shipped_knowledge()).entries for text in entry.questions]
    assert len(texts) > 1000
    for text in texts[::20]:
        assert cut(text) == [word for word in peer.cut(text, HMM=False) if word[0].isalnum()]


def test_the_likeliest_words_are_found() -> None:
    cut = Segmenter({"研": -9.0, "研究": -3.0, "研究生": -5.0, "究": -9.0, "生": -4.0, "生命": -3.5, "命": -6.0}, -20.0)
    assert cut("研究生命") == ["研究", "生命"]
    assert cut("研究生") == ["研究生"]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", []),
        ("，。？", []),
        ("被12348，abc99骗2000元", ["被", "12348", "abc99", "骗", "2000", "元"]),
        ("㐀㐁彩礼", ["㐀", "㐁", "彩礼"]),
        ("彩礼 彩礼", ["彩礼", "彩礼"]),
    ],
)
def test_numbers_and_foreign_words_stay_whole_and_unknown_characters_alone(
    cut: Segmenter, text: str, found: list[str]
) -> None:
    assert cut(text) == found


def test_what_only_begins_a_word_is_none(cut: Segmenter) -> None:
    assert cut.is_word("人身安全保护令")
    assert not cut.is_word("人身安全保")
    assert not cut.is_word("没有的词")
