"""The sentence encoder: pieces, vectors, and that other words for the same thing come near."""

import numpy as np
import pytest

from fzbot.answering.ranking.sentence_encoder import NETWORK, WEIGHTS, SentenceEncoder
from fzbot.answering.text.subwords import END, HEAD, LONGEST, SPECIAL, START, TAIL, UNKNOWN, Ids, SubwordTokeniser
from fzbot.knowledge import files
from fzbot.settings import shipped_knowledge

PIECES = {
    "离": -5.0,
    "婚": -5.0,
    "离婚": -6.0,
    "孩子": -6.0,
    "归": -6.0,
    "谁": -4.0,
    "谁的": -5.0,
    "的责任": -9.0,
    "责任": -6.0,
}
IDS = {piece: number for number, piece in enumerate(PIECES, SPECIAL)}
cut = SubwordTokeniser(list(PIECES), list(PIECES.values()))


def ids(*pieces: str) -> Ids:
    """The ids of pieces between those of the ends; what is no piece is unknown."""
    return [START, *(IDS.get(piece, UNKNOWN) for piece in pieces), END]


@pytest.fixture(scope="module")
def encoder() -> SentenceEncoder:
    return SentenceEncoder.shipped()


def test_the_likeliest_pieces_are_taken() -> None:
    assert cut("离婚孩子归谁") == ids("离婚", "孩子", "归", "谁")
    assert cut("谁的责任") == ids("谁的", "责任")  # rather than 谁 and 的责任, which is rare


def test_what_is_unknown_has_a_piece_of_its_own() -> None:
    assert cut("离嬲婚") == ids("离", "嬲", "婚")
    assert cut("谁的责") == ids("谁的", "责")
    assert cut("") == [START, END]


def test_of_a_long_story_the_beginning_and_the_end_are_read() -> None:
    told = ["离"] * 10 + ["孩子"] * (HEAD + TAIL - 12) + ["归", "谁"]
    assert cut("离" * 10 + "孩子" * 200 + "归谁") == ids(*told)
    assert len(ids(*told)) == LONGEST


def test_vectors_have_length_one_whatever_is_asked(encoder: SentenceEncoder) -> None:
    vectors = encoder.encode(["离婚孩子归谁", "", "???", "😀", "我" * 3000])
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(1, abs=1e-4)


def test_no_text_gives_no_vector(encoder: SentenceEncoder) -> None:
    assert encoder.encode([]).shape[0] == 0


def test_a_text_has_the_same_vector_alone_and_beside_others(encoder: SentenceEncoder) -> None:
    texts = ["工钱不给咋办", "他打我", "村上把地收走了，补偿一分没有，该找谁说理"] * 40
    together = encoder.encode(texts)
    alone = np.vstack([encoder.encode([text]) for text in texts[:3]])
    assert (together[:3] == alone).all()
    assert (together[3:6] == alone).all()


def test_a_text_has_the_same_vector_whatever_was_read_before(encoder: SentenceEncoder) -> None:
    texts = ["工钱不给咋办", "他打我", "村上把地收走了，补偿一分没有，该找谁说理"]
    assert encoder.encode(texts[::-1])[::-1] == pytest.approx(encoder.encode(texts), abs=1e-6)


def test_the_order_of_the_words_matters(encoder: SentenceEncoder) -> None:
    lent, borrowed = encoder.encode(["他欠我钱不还", "我欠他钱不还"])
    assert lent @ borrowed < 0.99


@pytest.mark.parametrize(
    ("asked", "same", "other"),
    [
        ("男人动手打我", "被丈夫家暴", "宅基地确权"),
        ("老板跑了血汗钱没拿到", "包工头拖欠农民工工资", "离婚财产分割"),
        ("财礼能要回来不", "彩礼退还", "邻居种树遮挡采光"),
        ("骑电驴叫车撞了", "交通事故赔偿", "遗嘱怎么写"),
    ],
)
def test_other_words_for_the_same_thing_come_near(encoder: SentenceEncoder, asked: str, same: str, other: str) -> None:
    question, near, far = encoder.encode([asked, same, other])
    assert question @ near > question @ far


def test_nearly_every_entry_of_the_release_has_a_direction(encoder: SentenceEncoder) -> None:
    entries = {entry.id for entry in files.load(shipped_knowledge()).entries}
    assert len(entries - set(encoder.directions)) <= 10, "time to run bench/encoder.py again"


def test_the_weights_are_plain_numbers_and_small() -> None:
    with np.load(WEIGHTS, allow_pickle=False) as kept:
        assert {kept[name].dtype.kind for name in kept.files} <= {"i", "f", "U"}
    assert WEIGHTS.stat().st_size + NETWORK.stat().st_size < 25_000_000
