"""Files made to hurt, many at once: each is refused or read within bounds of memory and time, and nobody waits for it."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.activities import hostile
from tests.activities.hostile import SPREADSHEETS, jpeg, png

MOST_GROWN = 300_000_000
MOST_SECONDS = 10
"""Of a processor."""
MOST_GAP = 2.0
"""Seconds for which another thread may not get on; some hundredths on a machine that does nothing else."""
PATIENCE = 120
ROOT = Path(__file__).parents[2]


def read_at_once(folder: Path, kind: str, content: bytes, times: int) -> dict[str, Any]:
    """In a process of its own, whose peak of memory is then known."""
    file = folder / "upload"
    file.write_bytes(content)
    command = [sys.executable, "-m", "tests.fault.hostile_reader", kind, str(file), str(times)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, timeout=PATIENCE, check=False)
    assert done.returncode == 0, done.stderr.decode()
    found: dict[str, Any] = json.loads(done.stdout)
    assert len(found["said"]) == times
    assert found["grown"] < MOST_GROWN
    assert found["gap"] < MOST_GAP
    return found


def test_eight_pngs_of_64_megapixels_are_refused_by_their_headers(tmp_path: Path) -> None:
    content = png(8000, 8000)
    assert len(content) < 300_000
    found = read_at_once(tmp_path, "photo", content, 8)
    assert all("像素太多" in words for words in found["said"])
    assert found["seconds"] < MOST_SECONDS


@pytest.mark.parametrize(
    "make",
    [
        lambda: png(9000, 5900, 6),
        lambda: png(65_535, 820),
        lambda: jpeg(9200, 6900, 2, progressive=True),
    ],
    ids=["just within", "long", "progressive"],
)
def test_the_largest_pictures_that_are_taken_stay_within_the_bound(tmp_path: Path, make: Callable[[], bytes]) -> None:
    said = read_at_once(tmp_path, "photo", make(), 2)["said"]
    assert "" in said
    assert all(not words or "人太多" in words for words in said)


def test_a_progressive_picture_that_needs_too_much_is_refused(tmp_path: Path) -> None:
    found = read_at_once(tmp_path, "photo", jpeg(8000, 6000, 0, progressive=True), 8)
    assert all("像素太多" in words or "人太多" in words for words in found["said"])


@pytest.mark.parametrize("name", SPREADSHEETS)
def test_a_hostile_spreadsheet_is_refused_in_words_within_bounds(tmp_path: Path, name: str) -> None:
    found = read_at_once(tmp_path, "sheet", SPREADSHEETS[name](), 1)
    (words,) = found["said"]
    assert any(sign in words for sign in ("展开后太大", "打不开这个文件", "一行也没有导入"))
    assert found["seconds"] < MOST_SECONDS


def test_eight_hostile_spreadsheets_take_no_more_than_one(tmp_path: Path) -> None:
    found = read_at_once(tmp_path, "sheet", hostile.shared_strings(2_000_000), 8)
    assert all("展开后太大" in words for words in found["said"])
