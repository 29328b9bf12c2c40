"""Lists to pick from: numbers stay visible, and what is tapped means the same without the list."""

import pytest

from fzbot.conversation.choices import Choice, numbered, without_taps
from fzbot.conversation.passive_text import truncate

TITLES = [Choice("彩礼能不能要回来", "彩礼能不能要回来"), Choice("看全部", "离婚怎么办")]


def test_a_tap_sends_the_words_and_the_number_stays_visible() -> None:
    assert numbered(TITLES, tappable=True) == (
        '1. <a href="weixin://bizmsgmenu?msgmenucontent=彩礼能不能要回来&msgmenuid=1">彩礼能不能要回来</a>\n'
        '2. <a href="weixin://bizmsgmenu?msgmenucontent=离婚怎么办&msgmenuid=2">看全部</a>'
    )


def test_without_taps_there_are_only_numbers() -> None:
    assert numbered(TITLES) == "1. 彩礼能不能要回来\n2. 看全部"
    assert without_taps(numbered(TITLES, tappable=True)) == numbered(TITLES)


@pytest.mark.parametrize("words", ["", 'a"b', "a&b", "<b>", "50%吗?"])
def test_words_that_an_address_cannot_carry_are_shown_plain(words: str) -> None:
    shown = numbered([Choice("选这个", words)], tappable=True)
    assert shown == "1. 选这个"


def test_a_reply_that_is_cut_never_ends_inside_a_link() -> None:
    text = "前面一句话。" * 10 + "\n" + numbered(TITLES * 20, tappable=True)
    for limit in range(300, 900, 7):
        cut = truncate(text, "https://a/b", limit)
        assert cut.count("<a ") == cut.count("</a>")
        assert len(cut.encode()) <= limit
