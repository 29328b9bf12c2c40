"""Photos: only pictures come in, and only the picture stays."""

from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, PngImagePlugin
from sqlalchemy import Engine

from fzbot.activities import ledger, photos
from fzbot.activities.ledger import Activity, ActivityPhoto
from fzbot.activities.photos import Album
from fzbot.db import writing
from fzbot.errors import LedgerError
from tests.activities.ledger_keeper import LI, NOW, Town

GPS, ORIENTATION = 0x8825, 0x0112


def picture(kind: str = "JPEG", size: tuple[int, int] = (60, 40), mode: str = "RGB", **more: Any) -> bytes:
    target = BytesIO()
    Image.new(mode, size).save(target, kind, **more)
    return target.getvalue()


def redrawn(content: bytes) -> bytes:
    return photos.redrawn(BytesIO(content))


def opened(content: bytes) -> Image.Image:
    return Image.open(BytesIO(content))


def test_place_device_comment_and_profile_are_left_out() -> None:
    exif = Image.Exif()
    exif[0x010F] = "PhoneMaker"
    exif.get_ifd(GPS)[1] = "N"
    content = picture(exif=exif, comment=b"secret words", icc_profile=b"secret profile")
    assert b"PhoneMaker" in content
    clean = redrawn(content)
    assert not any(word in clean for word in (b"PhoneMaker", b"Exif", b"secret"))
    assert dict(opened(clean).getexif()) == {}


def test_text_in_a_png_is_left_out() -> None:
    info = PngImagePlugin.PngInfo()
    info.add_text("Author", "secret")
    assert b"secret" not in redrawn(picture("PNG", pnginfo=info))


def test_a_picture_is_turned_upright_before_the_note_of_it_goes() -> None:
    exif = Image.Exif()
    exif[ORIENTATION] = 6
    assert opened(redrawn(picture(exif=exif))).size == (40, 60)


@pytest.mark.parametrize(
    ("kind", "mode"), [("JPEG", "L"), ("JPEG", "CMYK"), ("PNG", "RGBA"), ("PNG", "P"), ("PNG", "1"), ("WEBP", "RGB")]
)
def test_the_usual_kinds_become_jpeg(kind: str, mode: str) -> None:
    image = opened(redrawn(picture(kind, mode=mode)))
    assert (image.format, image.mode, image.size) == ("JPEG", "RGB", (60, 40))


def test_a_large_picture_is_made_smaller() -> None:
    assert max(opened(redrawn(picture(size=(4000, 3000)))).size) == photos.LONGEST_SIDE


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "不是照片"),
        (b"<script>alert(1)</script>", "不是照片"),
        (b"\xff\xd8\xff<?php system($_GET[0]); ?>", "不是照片"),
        (b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>', "不是照片"),
        (picture("GIF"), "不是照片"),
        (picture("TIFF"), "不是照片"),
        (picture("PNG", (500, 500))[:300], "不是照片"),
        (b"\x00\x00\x00\x18ftypheic" + b"0" * 50, "HEIC"),
        (picture("PNG", (9000, 9000), "1"), "像素太多"),
        (b"0" * (photos.LARGEST_FILE + 1), "照片太大"),
    ],
    ids=["empty", "html", "php", "svg", "gif", "tiff", "torn", "heic", "bomb", "large"],
)
def test_what_is_no_photo_is_refused(content: bytes, words: str) -> None:
    with pytest.raises(LedgerError, match=words):
        redrawn(content)


def test_a_script_behind_a_picture_is_cut_off() -> None:
    assert b"<script>" not in redrawn(picture() + b"<script>alert(1)</script>")


def photo() -> ActivityPhoto:
    return ActivityPhoto(typed_by="李四", created_at=NOW)


def test_a_photo_is_kept_once_and_goes_with_the_last_activity_that_shows_it(engine: Engine, tmp_path: Path) -> None:
    town, album = Town(engine), Album(tmp_path / "photos")
    first, second = town.held(), town.held()
    with writing(engine) as session:
        for id_ in (first.id, first.id, second.id):
            album.add(session, session.get_one(Activity, id_), picture(), photo())
    files = list(tmp_path.rglob("*.jpg"))
    with writing(engine) as session:
        known = session.get_one(Activity, first.id).photos
        assert [album.path(one.digest) for one in known] == files
    for activity, is_left in ((first, True), (second, False)):
        with writing(engine) as session:
            ledger.remove(session, session.get_one(Activity, activity.id), LI, NOW)
        with writing(engine) as session:
            album.drop_unused(session, [known[0].digest])
        assert files[0].exists() == is_left


def test_an_activity_takes_so_many_photos_and_no_more(sqlite_engine: Engine, tmp_path: Path) -> None:
    town, album = Town(sqlite_engine), Album(tmp_path)
    activity = town.held()
    with writing(sqlite_engine) as session:
        found = session.get_one(Activity, activity.id)
        for width in range(photos.MOST_PHOTOS):
            album.add(session, found, picture(size=(40 + width, 40)), photo())
        with pytest.raises(LedgerError, match="最多放 12 张"):
            album.add(session, found, picture(size=(30, 30)), photo())
        album.add(session, found, picture(size=(40, 40)), photo())
        assert len(found.photos) == photos.MOST_PHOTOS
