"""The spool gives back every row that was acknowledged, whatever else lies in its files."""

import errno
import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from fzbot.errors import SpoolError
from fzbot.interactions import framing
from fzbot.interactions.new_interaction import NewInteraction
from fzbot.interactions.spool import Spool
from fzbot.interactions.spool_files import look
from tests.interactions.new_interactions import make_row

KILOBYTE = 1024


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "spool"


@pytest.fixture
def spool(folder: Path) -> Iterator[Spool]:
    made = Spool(folder, reserve_bytes=64 * KILOBYTE)
    yield made
    made.close()


def keys(spool: Spool) -> list[str]:
    found: list[str] = []
    assert spool.drain(lambda rows: found.extend(row.key for row in rows))
    return found


def left_behind(folder: Path, *names: str) -> Path:
    """The file of a process that is gone, with rows of these keys."""
    before = set(folder.glob("*.spool"))
    gone = Spool(folder, reserve_bytes=0)
    gone.append([make_row(1, name) for name in names])
    gone.close()
    (path,) = set(folder.glob("*.spool")) - before
    return path


def test_rows_come_back_in_the_order_in_which_they_were_put_in(spool: Spool, folder: Path) -> None:
    left_behind(folder, "z", "a")
    left_behind(folder, "y", "b")
    spool.append([make_row(1, "x"), make_row(1, "c")])
    assert keys(spool) == ["z", "a", "y", "b", "x", "c"]
    assert keys(spool) == []
    assert spool.depth == 0


@pytest.mark.parametrize("lost", [1, 2, 40, 700])
def test_a_torn_tail_is_kept_aside_and_the_rest_is_read(spool: Spool, folder: Path, lost: int) -> None:
    path = left_behind(folder, "whole", "torn")
    os.truncate(path, path.stat().st_size - lost)
    size = path.stat().st_size
    assert keys(spool) == (["whole"] if lost < 700 else ["whole"][: size > 700])
    assert look(folder).damaged_files == 1
    assert path.with_name(path.name + ".torn").stat().st_size == size


def test_damage_in_the_middle_costs_one_row(spool: Spool, folder: Path) -> None:
    path = left_behind(folder, "first", "second", "third")
    content = bytearray(path.read_bytes())
    content[content.index(b"second")] ^= 0xFF
    path.write_bytes(content)
    assert keys(spool) == ["first", "third"]
    assert look(folder).damaged_files == 1


def test_zeros_that_a_power_cut_left_are_passed_over(spool: Spool, folder: Path) -> None:
    path = left_behind(folder, "before")
    with path.open("ab") as file:
        file.write(bytes(200_000) + framing.frame(make_row(1, "after").to_json().encode()))
    assert keys(spool) == ["before", "after"]


def test_a_length_that_is_damaged_takes_no_memory(spool: Spool, folder: Path) -> None:
    path = left_behind(folder, "before")
    with path.open("ab") as file:
        file.write(framing.HEADER.pack(framing.MARK, 0xFFFFFFFF, 0) + b"x")
    assert keys(spool) == ["before"]


BAD_LINES = [b"1", b"null", b'{"values": {}, "upserts": []}', b"[]", b'"x"', b"{", b"\xe5\xbd", b"[" * 100_000]


@pytest.mark.parametrize("bad", BAD_LINES, ids=range(len(BAD_LINES)))
def test_a_line_of_an_earlier_version_that_says_nothing_stops_nothing(spool: Spool, folder: Path, bad: bytes) -> None:
    path = folder / "interactions-1-dead.jsonl"
    lines = [make_row(1, "a").to_json().encode(), bad, make_row(1, "b").to_json().encode(), b"\xe5\xbd"]
    path.write_bytes(b"\n".join(lines))
    assert keys(spool) == ["a", "b"]
    assert (folder / "interactions-1-dead.jsonl.torn").exists()
    with pytest.raises(SpoolError):
        NewInteraction.from_json(bad)


def test_what_is_refused_waits_until_it_is_tried_again(spool: Spool, folder: Path) -> None:
    spool.refuse([make_row(1, "refused")])
    (folder / "rejected.txt").write_text(make_row(1, "of an earlier version").to_json() + "\n", encoding="utf-8")
    assert keys(spool) == []
    spool.retry_refused()
    assert sorted(keys(spool)) == ["of an earlier version", "refused"]
    assert look(folder).refused_bytes == 0
    spool.refuse([make_row(1, "again")])
    assert look(folder).refused_bytes > 0


def test_a_file_that_another_process_writes_is_left_alone(spool: Spool, folder: Path) -> None:
    other = Spool(folder, reserve_bytes=0)
    other.append([make_row(1, "theirs")])
    assert keys(spool) == []
    other.close()
    assert keys(spool) == ["theirs"]


def test_a_replay_goes_on_where_it_stopped(spool: Spool) -> None:
    spool.append([make_row(1, f"{number:03}") for number in range(500)])
    found: list[str] = []
    rounds = 1
    while not spool.drain(lambda rows: found.extend(row.key for row in rows), lambda: True):
        rounds += 1
    assert found == [f"{number:03}" for number in range(500)]
    assert rounds > 2


def test_rows_stay_when_they_cannot_be_taken(spool: Spool) -> None:
    spool.append([make_row(1, "a")])

    def away(_: object) -> None:
        raise OSError

    with pytest.raises(OSError):  # noqa: PT011 - ours
        spool.drain(away)
    assert keys(spool) == ["a"]


def test_a_spool_grows_to_its_limit_only(folder: Path) -> None:
    small = Spool(folder, limit=4 * KILOBYTE, reserve_bytes=0)
    size = len(framing.frame(make_row(1, "0").to_json().encode()))
    kept = [str(number) for number in range(4 * KILOBYTE // size)]
    for name in kept:
        small.append([make_row(1, name)])
    with pytest.raises(OSError, match="as big as it may be"):
        small.append([make_row(1, "x")])
    assert 0.8 < small.counts().share <= 1
    assert keys(small) == kept
    small.close()


def test_on_a_full_disk_the_reserve_is_given_up_and_made_again(
    spool: Spool, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    spool.tend()
    reserve = folder / "reserve"
    assert reserve.stat().st_blocks * 512 >= 64 * KILOBYTE
    really_sync = os.fsync

    def sync(descriptor: int) -> None:
        if reserve.exists():
            raise OSError(errno.ENOSPC, "No space left on device")
        really_sync(descriptor)

    monkeypatch.setattr(os, "fsync", sync)
    spool.append([make_row(1, "kept")])
    assert not reserve.exists()
    monkeypatch.undo()
    spool.tend()
    assert reserve.exists()
    assert keys(spool) == ["kept"]
    assert look(folder).damaged_files == 0


def test_nobody_else_may_read_it(spool: Spool, folder: Path) -> None:
    spool.append([make_row(1, "a")])
    spool.refuse([make_row(1, "b")])
    spool.tend()
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()} == {0o600}
