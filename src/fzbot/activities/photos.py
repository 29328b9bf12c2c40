"""Photos of activities: checked, drawn anew so that nothing but the picture is kept, stored by what they contain."""

import hashlib
import os
import struct
import tempfile
import zlib
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

from PIL import ExifTags, Image, ImageOps, JpegImagePlugin
from sqlalchemy import select
from sqlalchemy.orm import Session

from fzbot.activities.ledger import Activity, ActivityPhoto
from fzbot.db import take_turns
from fzbot.errors import LedgerError
from fzbot.runtime.bulkhead import UPLOADS

FORMATS = ("JPEG", "PNG", "WEBP")
LARGEST_FILE = 20 * 1024 * 1024
MOST_PIXELS = 64_000_000
LONGEST_OF_ALL = 65_535
"""Pixels of a side; as long as a JPEG can be."""
MOST_MEMORY = 216_000_000
"""Bytes that decoding one photo may take. A JPEG of a phone with 64 megapixels stays below."""
STRIP = 2_000_000
"""Pixels that are worked on at a time."""
LONGEST_SIDE = 2000
QUALITY = 85
MOST_PHOTOS = 12
"""Of one activity."""
TURNS = "photos"


class Album:
    """A folder of photos."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def path(self, digest: str) -> Path:
        """Where the photo of that digest is."""
        return self._folder / digest[:2] / f"{digest}.jpg"

    def add(self, session: Session, activity: Activity, picture: bytes, photo: ActivityPhoto) -> None:
        """Put a `redrawn` picture to an activity; `photo` carries who and when. The same picture again changes nothing."""
        photo.digest = hashlib.sha256(picture).hexdigest()
        if any(known.digest == photo.digest for known in activity.photos):
            return
        if len(activity.photos) >= MOST_PHOTOS:
            raise LedgerError(f"一个活动最多放 {MOST_PHOTOS} 张照片")
        take_turns(session, TURNS)
        self._write(photo.digest, picture)
        activity.photos.append(photo)
        session.flush()

    def drop_unused(self, session: Session, digests: list[str]) -> None:
        """Delete the files of those digests that no activity shows any more. Call it once the rows are gone."""
        take_turns(session, TURNS)
        used = set(session.scalars(select(ActivityPhoto.digest).where(ActivityPhoto.digest.in_(digests))))
        for digest in set(digests) - used:
            self.path(digest).unlink(missing_ok=True)

    def _write(self, digest: str, picture: bytes) -> None:
        path = self.path(digest)
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as file:
            file.write(picture)
            file.flush()
            os.fsync(file.fileno())
        Path(file.name).replace(path)


def redrawn(file: BinaryIO) -> bytes:
    """A JPEG with the same picture, upright and of bounded size, without place, time or device; `LedgerError` if it is none.

    Takes a while: never call it within a transaction, or everybody waits.
    """
    with UPLOADS.entered():
        content = file.read(LARGEST_FILE + 1)
        if len(content) > LARGEST_FILE:
            raise LedgerError(f"照片太大，最多 {LARGEST_FILE // 1024 // 1024} MB")
        if content[4:12] in {b"ftypheic", b"ftypheix", b"ftypmif1", b"ftyphevc"}:
            raise LedgerError("苹果手机的 HEIC 照片请先转成 JPG：设置 → 相机 → 格式 → 兼容性最佳")
        try:
            with Image.open(BytesIO(content), formats=FORMATS) as image:
                _check(image)
                return _drawn(image)
        except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
            raise LedgerError(_TOO_MANY_PIXELS) from error
        except _BROKEN as error:
            raise LedgerError("不是照片，或文件坏了；只收 JPG、PNG、WebP") from error


_TOO_MANY_PIXELS = "照片的像素太多，请缩小后再传；手机拍的 JPG 原图一般都可以"
_BROKEN = (
    OSError,
    SyntaxError,
    ValueError,
    LookupError,
    ArithmeticError,
    TypeError,
    AttributeError,
    EOFError,
    RuntimeError,
    struct.error,
    zlib.error,
)
"""What Pillow raises over files that are damaged, or made to look like pictures."""

_BYTES = {"1": 1, "L": 1, "P": 1, "I;16": 2}
_COEFFICIENTS = {0: 6, 1: 4, 2: 3}


def _check(image: Image.Image) -> None:
    """Refuse by the header alone, before a pixel is decoded. A JPEG is told to come out smaller."""
    if image.width * image.height > MOST_PIXELS or max(image.size) > LONGEST_OF_ALL:
        raise LedgerError(_TOO_MANY_PIXELS)
    # A JPEG may hold a second picture (depth, preview) for the same shot; it is not shown.
    if image.format in ("PNG", "WEBP") and getattr(image, "n_frames", 1) > 1:
        raise LedgerError("这是动图；请截一张图再传")
    pixels = image.width * image.height
    if image.format == "WEBP":
        needed = 16 * pixels  # the library's two canvases, its answer, and Pillow's copy of that
    elif isinstance(image, JpegImagePlugin.JpegImageFile):
        # Where a JPEG comes in several scans, libjpeg keeps two bytes for each sample of the whole picture.
        sampling = JpegImagePlugin.get_sampling(image)
        samples = _COEFFICIENTS.get(sampling, 2 * len(image.getbands())) * pixels
        image.draft("RGB", _fitted(image.size))
        needed = samples + 4 * image.width * image.height
    else:
        needed = _BYTES.get(image.mode, 4) * pixels
    if needed > MOST_MEMORY:
        raise LedgerError(_TOO_MANY_PIXELS)


def _fitted(size: tuple[int, int]) -> tuple[int, int]:
    share = min(1, LONGEST_SIDE / max(size))
    return max(1, int(size[0] * share)), max(1, int(size[1] * share))


def _drawn(image: Image.Image) -> bytes:
    # On a canvas of its own: saving the image that was opened would carry its comments and profile along.
    canvas = _shrunk(image)
    canvas.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    canvas.getexif()[ExifTags.Base.Orientation] = image.getexif().get(ExifTags.Base.Orientation, 1)
    target = BytesIO()
    ImageOps.exif_transpose(canvas).save(target, "JPEG", quality=QUALITY)
    return target.getvalue()


def _shrunk(image: Image.Image) -> Image.Image:
    """The picture on white, at less than twice its final size; strip by strip, since each conversion copies what it converts."""
    factor = max(1, max(image.size) // LONGEST_SIDE)
    height = factor * max(1, STRIP // (image.width * factor))
    canvas = Image.new("RGB", (-(-image.width // factor), -(-image.height // factor)), "white")
    for top in range(0, image.height, height):
        strip = image.crop((0, top, image.width, min(image.height, top + height))).convert("RGBA").reduce(factor)
        canvas.paste(strip, (0, top // factor), strip)
    return canvas
