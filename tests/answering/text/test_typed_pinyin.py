"""Pinyin in letters becomes characters; English, names, codes and addresses stay letters."""

import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fzbot.answering.decision import DecisionKind
from fzbot.answering.snapshot import Snapshot
from fzbot.answering.text import typed_pinyin
from fzbot.knowledge.entry import Danger

OWN = ["我要离婚", "离婚怎么办", "我不想活了", "女儿的抚养费", "律师收多少钱", "老公打我"] * 3
SMALL = typed_pinyin.train(OWN, ["离婚", "律师", "女儿", "抚养费"])


def never(_: str) -> bool:
    return False


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("lihun", "离婚"),
        ("LI HUN", "离婚"),
        ("li2hun1", "离婚"),
        ("lǐhūn", "离婚"),
        ("\uff4c\uff49\uff48\uff55\uff4e", "离婚"),
        ("li\u200bhun", "离婚"),
        ("li.hun", "离婚"),
        ("lihum", "离婚"),
        ("lvshi", "律师"),
        ("lüshī", "律师"),
        ("nu er", "女儿"),
        ("我要离hun", "我要离婚"),
        ("wo bu xiang huo le!", "我不想活了!"),
        ("wobuxianghuole", "我不想活了"),
        ("wo yao lihnu", "我要离婚"),
        ("wo bu xaing huo le", "我不想活了"),
    ],
)
def test_pinyin_is_read(typed: str, read: str) -> None:
    assert SMALL(typed, never) == read


@pytest.mark.parametrize(
    "text",
    [
        "",
        "我要离婚",
        "a",
        "hun",
        "AI换脸",
        "我加了他QQ",
        "he can die",
        "i want to die",
        "please help me",
        "change",
        "http://www.lihun.com/lihun",
        "li@hun.com",
        "lihun99",
        "A12lihun",
        "wo" * 150,
    ],
)
def test_what_is_no_pinyin_stays(text: str) -> None:
    assert SMALL(text, never) == text


@given(st.text(st.sampled_from("aeiouxnglhzüǐ我离婚1./ '"), max_size=60))
def test_reading_never_fails(text: str) -> None:
    SMALL(text, never)


@pytest.mark.parametrize("text", ["xian" * 49 + "q", "a" * 150 + "/", "a." * 90 + "/"])
def test_what_can_be_taken_apart_in_many_ways_takes_no_time(text: str) -> None:
    before = time.process_time()
    SMALL(text, never)
    assert time.process_time() - before < 0.5


@pytest.mark.parametrize(
    ("typed", "danger"),
    [
        ("wo bu xiang huo le", Danger.SUICIDE),
        ("zisha", Danger.SUICIDE),
        ("lao gong zai da wo", Danger.VIOLENCE),
        ("我不想活le，想si", Danger.SUICIDE),
    ],
)
def test_an_emergency_in_letters_is_one(snapshot: Snapshot, typed: str, danger: Danger) -> None:
    decision = snapshot.decide(typed)
    assert (decision.kind, decision.danger) == (DecisionKind.URGENT, danger)
    assert snapshot.cue(typed) is not None


@pytest.mark.parametrize(
    ("typed", "written"),
    [
        ("lihun", "离婚"),
        ("caili neng bu neng yao hui lai", "彩礼能不能要回来"),
        ("lao ban qian gong zi bu gei", "老板欠工资不给"),
        ("女er被拐了", "女儿被拐了"),
    ],
)
def test_a_question_in_letters_is_answered_as_the_same_in_characters(
    snapshot: Snapshot, typed: str, written: str
) -> None:
    assert snapshot.decide(typed) == snapshot.decide(written)


def test_the_bases_own_wordings_keep_their_letters(snapshot: Snapshot) -> None:
    is_word = snapshot.tokeniser.cut.is_word
    own = [text for entry in snapshot.entries.values() for text in entry.questions]
    lettered = [text for text in own if re.search("[A-Za-z]", text)]
    assert len(lettered) > 50
    assert [text for text in lettered if _letters(snapshot.trained.pinyin(text, is_word)) != _letters(text)] == []


def _letters(text: str) -> list[str]:
    return re.findall("[a-z]", text.lower())
