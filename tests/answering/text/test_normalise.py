"""What villagers type becomes comparable text; each word list of the lexicon is seen at work."""

from shutil import copytree

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fzbot.answering.text import segmentation
from fzbot.answering.text.ngrams import ngrams
from fzbot.answering.text.normalise import Normaliser, asking_part
from fzbot.answering.text.pinyin import syllable
from fzbot.answering.text.replacer import Replacer
from fzbot.answering.text.tokenise import Features, Tokeniser
from fzbot.errors import KnowledgeError
from fzbot.knowledge import lexicon
from fzbot.knowledge.lexicon import Lexicon
from fzbot.settings import shipped_knowledge


@pytest.fixture(scope="module")
def words() -> Lexicon:
    return lexicon.load(shipped_knowledge() / "lexicon")


@pytest.fixture(scope="module")
def normalise(words: Lexicon) -> Normaliser:
    return Normaliser(words)


@pytest.fixture(scope="module")
def tokeniser(words: Lexicon) -> Tokeniser:
    return Tokeniser(words, segmentation.train(words))


def gram(text: str, *, lowest: bool = False) -> int:
    """The number that stands for two characters, or, the lowest of all, for their two sounds."""
    numbers = ngrams(text, np.ones(len(text), np.float32))[0].tolist()
    return int(numbers[0 if lowest else -1])


def weight(features: Features, text: str) -> float:
    return float(features.weights[features.ngrams.tolist().index(gram(text))])


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        ("\uff21\uff22\uff23\uff11\uff12", "abc12"),
        ("離婚財產怎麼分", "离婚财产怎么分"),
        ("彩 礼 怎 么 退", "彩礼怎么退"),
        ("彩礼😭😭能退吗🙏", "彩礼能退吗"),
        ("他\u200b要\u200b杀\u200b我", "他要杀我"),
        ("自\u2060\ufe0f\u00ad杀\ufffd", "自杀"),
        ("自\u0336杀\u0336", "自杀"),
        ("老公😭打😭我", "老公打我"),
        ("自 杀，自*杀，自_杀", "自杀,自杀,自杀"),
        ("杀.我", "杀我"),
        ("杀，我", "杀我"),
        ("他，要，杀，我怎么办", "他要杀我怎么办"),
        ("他(要)杀“我”", "他要杀我"),
        ("钱，地，房子怎么分，孩子归谁", "钱,地,房子怎么分,孩子归谁"),
        ("您好，请问一下，彩礼能退吗？谢谢！", "彩礼能退吗"),
        ("律师你好在吗 彩礼能退吗 急急急 在线等", "彩礼能退吗"),
        ("掌柜的捶我咋弄", "老公打我怎么办"),
        ("娃的抚养非不给咋办", "孩子的抚养费不给怎么办"),
        ("我想离昏", "我想离婚"),
        ("你好", "你好"),
        ("谢谢", "谢谢"),
    ],
)
def test_normalising(normalise: Normaliser, raw: str, text: str) -> None:
    assert normalise(raw).text == text


def test_of_a_long_story_the_asking_part_is_found_and_the_story_kept(normalise: Normaliser) -> None:
    story = "我和他2015年结婚，生了两个女儿，他一直在外打工，这几年不给家里钱，我想问孩子能不能都归我？"
    question = normalise(story)
    assert question.asking == "我想问孩子能不能都归我"
    assert "不给家里钱" in question.story


def test_a_story_without_a_question_ends_with_what_matters() -> None:
    text = "去年在银川的工地上干了五个月的活，老板姓李，一共欠我两万块钱，一直不给"
    assert asking_part(text) == "一直不给"


_SHIPPED = Normaliser(lexicon.load(shipped_knowledge() / "lexicon"))


@given(st.text(max_size=200))
def test_normalising_never_fails_and_asks_within_the_text(text: str) -> None:
    question = _SHIPPED(text)
    assert question.asking in question.text


def test_the_longest_replacement_wins_and_is_not_replaced_again() -> None:
    replace = Replacer({"咋": "怎么", "咋办": "怎么办", "怎么办": "如何"})
    assert replace("咋办咋弄") == "怎么办怎么弄"


def test_domain_words_are_not_cut_apart(tokeniser: Tokeniser) -> None:
    assert "人身安全保护令" in tokeniser.words("怎么申请人身安全保护令")
    assert "离婚冷静期" in tokeniser.words("离婚冷静期多长")


def test_stop_words_and_numbers_are_no_words(tokeniser: Tokeniser) -> None:
    assert tokeniser.words("我的工资2000元") == ["工资", "元"]


def test_synonyms_share_their_head(tokeniser: Tokeniser, normalise: Normaliser) -> None:
    ours = tokeniser.features(normalise("聘礼能退吗"))
    theirs = tokeniser.features(normalise("彩礼能退吗"))
    assert "彩礼" in ours.words.keys() & theirs.words.keys()


def test_homophones_that_no_list_knows_share_their_sound(tokeniser: Tokeniser, normalise: Normaliser) -> None:
    wrong = tokeniser.features(normalise("裁理能退吗"))
    right = tokeniser.features(normalise("彩礼能退吗"))
    assert gram("彩礼", lowest=True) in set(wrong.ngrams.tolist()) & set(right.ngrams.tolist())


def test_sounds_that_are_mixed_up_are_one() -> None:
    assert syllable("正") == syllable("真") == syllable("怎")
    assert syllable("山") == syllable("三")


def test_the_story_counts_less_than_the_question(tokeniser: Tokeniser, normalise: Normaliser) -> None:
    question = normalise("我们家的承包地前几年租给了邻居种苞谷，去年开始他就不给钱了，我能要回来吗")
    features = tokeniser.features(question)
    assert weight(features, "要回") == 1.0
    assert weight(features, "承包") == 0.5


@pytest.mark.parametrize(
    ("name", "line"), [("dialect.txt", "没有制表符"), ("synonyms.txt", "只有一个"), ("dictionary.txt", "词 不是数字")]
)
def test_a_malformed_lexicon_line_is_named(name: str, line: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("lexicon") / "lexicon"
    copytree(shipped_knowledge() / "lexicon", folder)
    (folder / name).write_text(f"# 说明\n{line}\n", encoding="utf-8")
    with pytest.raises(KnowledgeError, match=f"{name} 第 2 行"):
        lexicon.load(folder)
