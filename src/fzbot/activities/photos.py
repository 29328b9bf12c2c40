"""Photos of activities: checked, drawn anew so that nothing but the picture is kept, stored by what they contain."""

import hashlib
import os
import tempfile
from io import BytesIO
from pathlib import Path

from PIL import Image, ImageOps, UnidentifiedImageError
from sqlalchemy import select
from sqlalchemy.orm import Session

from fzbot.activities.ledger import Activity, ActivityPhoto
from fzbot.db import take_turns
from fzbot.errors import LedgerError

FORMATS = ("JPEG", "PNG", "WEBP")
LARGEST_FILE = 20 * 1024 * 1024
MOST_PIXELS = 64_000_000
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

    def add(self, session: Session, activity: Activity, content: bytes, photo: ActivityPhoto) -> None:
        """Put a photo to an activity; `photo` carries who and when. The same picture again changes nothing."""
        picture = redrawn(content)
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


def redrawn(content: bytes) -> bytes:
    """A JPEG with the same picture, upright and of bounded size, without place, time or device; `LedgerError` if it is none."""
    if len(content) > LARGEST_FILE:
        raise LedgerError(f"照片太大，最多 {LARGEST_FILE // 1024 // 1024} MB")
    if content[4:12] in {b"ftypheic", b"ftypheix", b"ftypmif1", b"ftyphevc"}:
        raise LedgerError("苹果手机的 HEIC 照片请先转成 JPG：设置 → 相机 → 格式 → 兼容性最佳")
    try:
        with Image.open(BytesIO(content), formats=FORMATS) as image:
            return _drawn(image)
    except Image.DecompressionBombError as error:
        raise LedgerError("照片的像素太多，请缩小后再传") from error
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError) as error:
        raise LedgerError("不是照片，或文件坏了；只收 JPG、PNG、WebP") from error


def _drawn(image: Image.Image) -> bytes:
    if image.width * image.height > MOST_PIXELS:
        raise LedgerError("照片的像素太多，请缩小后再传")
    image.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
    upright = ImageOps.exif_transpose(image).convert("RGBA")
    upright.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    # On a canvas of its own: saving the image that was opened would carry its comments and profile along.
    canvas = Image.new("RGB", upright.size, "white")
    canvas.paste(upright, mask=upright.getchannel("A"))
    target = BytesIO()
    canvas.save(target, "JPEG", quality=QUALITY)
    return target.getvalue()
