"""Records in a file, each with its length and a checksum, so that a torn or damaged one is known and the next is found.

A frame is a mark of four bytes, the length and the CRC-32 of the content (big-endian, four bytes each), and the content.
The mark begins with a byte that UTF-8 never has, so that no content holds one.
"""

import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO

MARK = b"\xf5fz1"
HEADER = struct.Struct(">4sII")
MAX_CONTENT = 1 << 20
"""Bytes; a longer record is a damaged length."""
BLOCK = 1 << 16


@dataclass(frozen=True)
class Frame:
    """A record and where it ends in the file; `content` is None for a stretch that cannot be read."""

    content: bytes | None
    end: int


def frame(content: bytes) -> bytes:
    """A record as it is written."""
    return HEADER.pack(MARK, len(content), zlib.crc32(content)) + content


def read_frames(file: IO[bytes], start: int = 0) -> Iterator[Frame]:
    """The frames from `start` on, in order; after damage it goes on at the next mark."""
    position = start
    while True:
        file.seek(position)
        head = file.read(HEADER.size)
        if not head:
            return
        content = _content(file, head)
        position = _next_mark(file, position + 1) if content is None else position + HEADER.size + len(content)
        yield Frame(content, position)


def _content(file: IO[bytes], head: bytes) -> bytes | None:
    if len(head) < HEADER.size:
        return None
    mark, length, checksum = HEADER.unpack(head)
    if mark != MARK or length > MAX_CONTENT:
        return None
    content = file.read(length)
    return content if len(content) == length and zlib.crc32(content) == checksum else None


def _next_mark(file: IO[bytes], position: int) -> int:
    """Where the next mark is; the file's end where there is none."""
    file.seek(position)
    kept = b""
    while block := file.read(BLOCK):
        found = (kept + block).find(MARK)
        if found >= 0:
            return position - len(kept) + found
        position += len(block)
        kept = (kept + block)[-len(MARK) + 1 :]
    return position
