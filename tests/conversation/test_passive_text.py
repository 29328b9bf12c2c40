from hypothesis import given
from hypothesis import strategies as st

from fzbot.conversation.passive_text import sanitize, truncate
from fzbot.knowledge.reply import PASSIVE_LIMIT

LINK = "https://town.example/a/marriage.bride-price"


def test_a_short_text_is_left_alone() -> None:
    assert truncate("可以退。", LINK) == "可以退。"


def test_a_long_text_is_cut_after_a_sentence_with_the_link() -> None:
    text = "彩礼一般可以退一部分。" * 100
    cut = truncate(text, LINK)
    assert len(cut.encode()) <= PASSIVE_LIMIT
    assert cut.endswith(f"。\n\n还有没说完的，点开看：{LINK}")


def test_a_text_without_sentences_is_cut_between_characters() -> None:
    assert truncate("长" * 2000).endswith("长……")


@given(st.text(max_size=3000), st.integers(min_value=200, max_value=3000))
def test_the_limit_always_holds(text: str, limit: int) -> None:
    assert len(truncate(sanitize(text), LINK, limit).encode()) <= limit


@given(st.text())
def test_clean_text_has_only_what_xml_carries(text: str) -> None:
    cleaned = sanitize(text)
    assert all(c in "\n\t" or (ord(c) >= 0x20 and not 0xD800 <= ord(c) < 0xE000) for c in cleaned)
    assert sanitize(cleaned) == cleaned
