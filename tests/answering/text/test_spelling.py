"""Homophones are mended where the text becomes likelier, and nothing else is touched."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fzbot.answering.snapshot import Snapshot
from fzbot.answering.text import spelling
from fzbot.answering.text.spelling import SpellingCorrector

OWN = [
    "工资不给怎么办",
    "老板拖欠工资",
    "欠工资找谁",
    "责任怎么算",
    "谁的责任",
    "有没有责任",
    "二十一天",
    "满二十一",
    "二十一岁",
]
CUTS = {text: [word for word in ("工资", "拖欠", "责任", "二十一") if word in text] for text in OWN}


@pytest.fixture(scope="module")
def corrector() -> SpellingCorrector:
    return spelling.train(OWN, CUTS.__getitem__)


def never(_: str) -> bool:
    return False


@pytest.mark.parametrize(
    ("asked", "mended"),
    [
        ("公子不给怎么办", "工资不给怎么办"),
        ("欠公姿找谁，谁的则认", "欠工资找谁，谁的责任"),
        ("谁的责任", "谁的责任"),
        ("工资abc公子12", "工资abc工资12"),
        ("托前工资", "托前工资"),  # 拖欠 has been seen too rarely
        ("二室一", "二室一"),  # numbers are guessed at too easily
        ("", ""),
    ],
)
def test_a_word_of_the_same_sound_takes_the_place_of_what_nobody_writes(
    corrector: SpellingCorrector, asked: str, mended: str
) -> None:
    assert corrector(asked, never) == mended


def test_a_word_of_the_dictionary_stays(corrector: SpellingCorrector) -> None:
    assert corrector("欠公子找谁", lambda word: word == "公子") == "欠公子找谁"


@given(st.text())
def test_mending_never_fails_and_keeps_the_length(corrector: SpellingCorrector, text: str) -> None:
    assert len(corrector(text, never)) == len(text)


@pytest.mark.parametrize(
    ("asked", "mended"),
    [
        ("我被狗咬了是谁的则认", "我被狗咬了是谁的责任"),
        ("老板拖前农民工公姿怎么办", "老板拖欠农民工工资怎么办"),
        ("王上刷单被片了", "网上刷单被片了"),
        ("兄第两个争老人的房产", "兄弟两个争老人的房产"),
        ("村里征地补尝款不发", "村里征地补偿款不发"),
    ],
)
def test_questions_as_voice_input_writes_them(snapshot: Snapshot, asked: str, mended: str) -> None:
    assert snapshot.normalise(asked).text == snapshot.normalise(mended).text


@pytest.mark.parametrize("word", ["谎称", "公正", "村名", "户口", "廉江"])
def test_names_and_rare_words_stay(snapshot: Snapshot, word: str) -> None:
    assert word in snapshot.normalise(f"他{word}的事").text
