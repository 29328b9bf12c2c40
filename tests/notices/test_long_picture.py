"""The long picture: lines that keep numbers whole, a bounded height, and a code that leads to the notice."""

from datetime import date
from io import BytesIO

import pytest
from PIL import Image, ImageFont

from fzbot.notices.authoring import long_picture
from fzbot.notices.authoring.long_picture import MOST_LINES, WIDTH, Poster, wrap
from fzbot.notices.authoring.wording import NoticeText
from tests.console.test_activities import jpeg

LINK = "https://town.example/n/1?n=1.2"
DAY = date(2026, 11, 23)
FONT = long_picture.find_font()

needs_font = pytest.mark.skipif(FONT is None, reason="no font with Chinese characters (apt-get install fonts-noto-cjk)")


def font(size: int = 40) -> ImageFont.FreeTypeFont:
    assert FONT is not None
    return ImageFont.truetype(str(FONT), size)


def picture(words: NoticeText, photo: bytes | None = None) -> Image.Image:
    assert FONT is not None
    return Image.open(BytesIO(long_picture.draw(Poster(words, LINK, DAY, photo), FONT)))


@needs_font
@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("", [""]),
        ("明天停电", ["明天停电"]),
        ("明天上午停电。请蓄水", ["明天上午停电。", "请蓄水"]),
        ("已交钱打12345热线", ["已交钱打", "12345热线"]),
        ("9" * 20, ["9" * 10, "9" * 10]),
    ],
)
def test_lines_break_where_a_reader_expects_it(text: str, lines: list[str]) -> None:
    assert list(wrap(text, font(), 240)) == lines


@needs_font
def test_it_is_as_wide_as_a_phone_wants_and_grows_with_the_text() -> None:
    short, tall = picture(NoticeText("停电", "明天停电。")), picture(NoticeText("停电", "明天停电。\n" * 50))
    with_photo = picture(NoticeText("停电", "明天停电。"), jpeg(side=400))
    assert short.width == tall.width == with_photo.width == WIDTH
    assert short.height < with_photo.height < tall.height


@needs_font
def test_a_text_of_nothing_but_line_breaks_stays_bounded() -> None:
    longest = picture(NoticeText("停电", "停\n" * 900))
    assert longest.height < (MOST_LINES + 2) * 72 + 1200
