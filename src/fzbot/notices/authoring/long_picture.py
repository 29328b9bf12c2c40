"""A notice as one long picture, for WeChat groups; needs a font with Chinese characters on the server."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from io import BytesIO
from pathlib import Path

import segno
from PIL import Image, ImageDraw, ImageFont, ImageOps

from fzbot.notices.authoring.wording import NoticeText
from fzbot.runtime.bulkhead import UPLOADS

WIDTH = 1080
MARGIN = 80
INNER = WIDTH - 2 * MARGIN
TITLE_SIZE, TEXT_SIZE, SMALL_SIZE = 64, 46, 34
LEADING = 1.55
MOST_LINES = 120
QUALITY = 88
CODE_SIDE, CODE_BORDER = 300, 2
GREEN, BLACK, GREY, PAPER = (11, 107, 79), (29, 37, 41), (76, 87, 96), (255, 255, 255)
HANGING = "，。；：！？、”’）》】"
"""What never begins a line."""
FONTS = (
    ("/usr/share/fonts/opentype/noto", "NotoSansCJK-Regular.ttc"),
    ("/usr/share/fonts", "NotoSansCJK*-Regular.ttc"),
    ("/usr/share/fonts", "NotoSansSC-Regular.*"),
    ("/usr/share/fonts", "SourceHanSans*-Regular.*"),
    ("/usr/share/fonts", "wqy-*.ttc"),
    ("/System/Library/Fonts", "PingFang.ttc"),
    ("C:/Windows/Fonts", "msyh.ttc"),
    ("C:/Windows/Fonts", "simhei.ttf"),
)
"""Where fonts with Chinese characters are usually found: folder and name."""

_PIECES = re.compile(r"[A-Za-z0-9./:%+\-]+|.")


@dataclass(frozen=True)
class Poster:
    """What the picture shows; `link` is behind its QR code."""

    words: NoticeText
    link: str
    day: date
    photo: bytes | None = None


def find_font() -> Path | None:
    """A font with Chinese characters; None where there is none."""
    found = (path for folder, name in FONTS if Path(folder).is_dir() for path in sorted(Path(folder).rglob(name)))
    return next(found, None)


def draw(poster: Poster, font: Path) -> bytes:
    """The picture, as JPEG. `BusyError` when too many are being drawn: one takes some 80 MB."""
    with UPLOADS.entered():
        return _drawn(poster, font)


def _drawn(poster: Poster, font: Path) -> bytes:
    parts = [
        _text([poster.words.title], _font(font, TITLE_SIZE), GREEN),
        *([_photo(poster.photo)] if poster.photo else []),
        _text(_paragraphs(poster.words.text), _font(font, TEXT_SIZE), BLACK),
        _code(poster, _font(font, SMALL_SIZE)),
    ]
    height = sum(part.height for part in parts) + MARGIN * (len(parts) + 1) // 2 + MARGIN
    canvas = Image.new("RGB", (WIDTH, height), PAPER)
    top = MARGIN
    for part in parts:
        canvas.paste(part, (MARGIN, top))
        top += part.height + MARGIN // 2
    target = BytesIO()
    canvas.save(target, "JPEG", quality=QUALITY)
    return target.getvalue()


def wrap(text: str, font: ImageFont.FreeTypeFont, width: int) -> Iterator[str]:
    """The lines of a paragraph; numbers stay whole where they fit, punctuation hangs over the edge."""
    line = ""
    for piece in _PIECES.findall(text):
        if line and piece not in HANGING and font.getlength(line + piece) > width:
            yield line
            line = ""
        for character in piece if font.getlength(piece) > width else (piece,):
            if line and font.getlength(line + character) > width and character not in HANGING:
                yield line
                line = ""
            line += character
    yield line


def _paragraphs(text: str) -> list[str]:
    return re.sub(r"\n{3,}", "\n\n", text.strip()).split("\n")


def _text(paragraphs: Iterable[str], font: ImageFont.FreeTypeFont, colour: tuple[int, int, int]) -> Image.Image:
    width = INNER - round(font.size)  # room for what hangs over
    lines = [line for paragraph in paragraphs for line in wrap(paragraph.strip(), font, width)]
    if len(lines) > MOST_LINES:
        lines = [*lines[:MOST_LINES], "……"]
    step = round(font.size * LEADING)
    block = Image.new("RGB", (INNER, step * len(lines)), PAPER)
    pen = ImageDraw.Draw(block)
    for number, line in enumerate(lines):
        pen.text((0, number * step), line, font=font, fill=colour)
    return block


def _photo(content: bytes) -> Image.Image:
    with Image.open(BytesIO(content)) as photo:
        return ImageOps.contain(photo.convert("RGB"), (INNER, 2 * INNER))


def _code(poster: Poster, font: ImageFont.FreeTypeFont) -> Image.Image:
    code = _qr(poster.link)
    block = Image.new("RGB", (INNER, code.height), PAPER)
    block.paste(code, (0, 0))
    pen = ImageDraw.Draw(block)
    for number, line in enumerate(("长按识别二维码，看详细", f"{poster.day:%Y-%m-%d}")):
        pen.text((code.width + 30, code.height // 4 + number * 70), line, font=font, fill=GREY)
    return block


def _qr(link: str) -> Image.Image:
    code, target = segno.make(link, error="m"), BytesIO()
    modules = code.symbol_size(border=CODE_BORDER)[0]
    code.save(target, kind="png", scale=max(1, CODE_SIDE // modules), border=CODE_BORDER)
    target.seek(0)
    with Image.open(target) as drawn:
        return drawn.convert("RGB")


def _font(path: Path, size: int) -> ImageFont.FreeTypeFont:
    index = (
        2 if path.name.startswith("NotoSansCJK") and path.suffix == ".ttc" else 0
    )  # the Chinese one of the collection
    return ImageFont.truetype(str(path), size, index=index)
