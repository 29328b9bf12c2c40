"""The XML parts of a workbook, read as a stream within limits.

The archive's directory is looked at before anything is unpacked, and the limits hold while it is: the one parser that
reads a part is the one that counts. (A check by one parser before another reads would miss what only the other sees.)
"""

import zipfile
import zlib
from io import BytesIO
from typing import IO, Protocol
from xml.parsers import expat

from fzbot.activities.file_kinds import CANNOT, DAMAGED, LOCKED, TOO_LARGE
from fzbot.errors import LedgerError

LARGEST_UNPACKED = 60 * 1024 * 1024
LARGEST_PART = 40 * 1024 * 1024
MOST_RATIO = 250
"""Of a part's size to what it takes in the archive; from `RATIO_FROM` bytes on. Sheets are packed to a tenth or so."""
RATIO_FROM = 1024 * 1024
MOST_ELEMENTS = 1_000_000
"""Of all parts together: 300,000 filled cells, or a million empty ones. Read in one to three seconds."""
MOST_DEPTH = 64
LONGEST_TEXT = 40_000
"""Characters in one element; a cell holds 32,767."""
LONGEST_TAG = 256 * 1024
MOST_NAMES = 5000
CHUNK = 32 * 1024
SUSPICIOUS = f"{CANNOT}里面有表格不该有的内容（实体定义）；请新建一个表，把内容复制过去再传"
_UNREADABLE = (
    zipfile.BadZipFile,
    zlib.error,
    expat.ExpatError,
    EOFError,
    OSError,
    ValueError,
    LookupError,
    NotImplementedError,
    RuntimeError,
)
"""What zipfile and expat raise over parts that are damaged, locked or no XML."""


class PartHandler(Protocol):
    """Is told of the elements of a part; names come without prefix, text is what stands directly in the element."""

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """An element begins."""

    def end(self, tag: str, text: str) -> None:
        """An element ends."""


class Package:
    """The parts of an Office file; `LedgerError` when it is damaged, locked or larger than the limits."""

    def __init__(self, content: bytes) -> None:
        try:
            self._archive = zipfile.ZipFile(BytesIO(content))
        except _UNREADABLE as error:
            raise LedgerError(DAMAGED) from error
        _check_directory(self._archive.infolist())
        self._elements = MOST_ELEMENTS

    def parse(self, name: str, handler: PartHandler) -> None:
        """Read a part from its beginning to its end."""
        counting = _Counting(handler, self._elements)
        try:
            with self._archive.open(name) as part:
                counting.feed(part)
        except _UNREADABLE as error:
            raise LedgerError(DAMAGED) from error
        self._elements = counting.left


def _check_directory(members: list[zipfile.ZipInfo]) -> None:
    if any(member.flag_bits & 1 for member in members):
        raise LedgerError(LOCKED)
    is_bomb = any(
        member.file_size > LARGEST_PART
        or (member.file_size > RATIO_FROM and member.file_size > MOST_RATIO * member.compress_size)
        for member in members
    )
    if is_bomb or sum(member.file_size for member in members) > LARGEST_UNPACKED:
        raise LedgerError(TOO_LARGE)
    if any(member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) for member in members):
        raise LedgerError(DAMAGED)


class _Counting:
    """Between expat and a handler: counts, and stops when it is too much."""

    def __init__(self, handler: PartHandler, left: int) -> None:
        self.left = left
        self._handler = handler
        self._depth = self._length = 0
        self._text: list[str] = []
        self._parser = expat.ParserCreate()
        self._parser.buffer_text = True
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self._characters
        self._parser.StartDoctypeDeclHandler = _refuse_doctype

    def feed(self, part: IO[bytes]) -> None:
        fed = 0
        while chunk := part.read(CHUNK):
            self._parser.Parse(chunk, False)
            fed += len(chunk)
            # A tag that does not end is scanned from its start with each chunk.
            if fed - self._parser.CurrentByteIndex > LONGEST_TAG or len(self._parser.intern) > MOST_NAMES:
                raise LedgerError(TOO_LARGE)
        self._parser.Parse(b"", True)

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self.left -= 1
        self._depth += 1
        if self.left < 0 or self._depth > MOST_DEPTH:
            raise LedgerError(TOO_LARGE)
        self._text, self._length = [], 0
        self._handler.start(name.rpartition(":")[2], attributes)

    def _end(self, name: str) -> None:
        self._depth -= 1
        self._handler.end(name.rpartition(":")[2], "".join(self._text))
        self._text, self._length = [], 0

    def _characters(self, text: str) -> None:
        self._length += len(text)
        if self._length > LONGEST_TEXT:
            raise LedgerError(TOO_LARGE)
        self._text.append(text)


def _refuse_doctype(*_: object) -> None:
    raise LedgerError(SUSPICIOUS)
