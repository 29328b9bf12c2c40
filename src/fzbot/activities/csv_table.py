"""Reads .csv as Excel and WPS write it: GBK, UTF-8 or UTF-16, with commas, semicolons or tabs."""

import codecs
import csv
from io import StringIO

from fzbot.activities.fields import Unreadable
from fzbot.activities.file_kinds import NO_TABLE, TOO_LARGE
from fzbot.activities.package import LONGEST_TEXT
from fzbot.activities.sheet import Sheet
from fzbot.activities.sheet_reader import FORMULA, LAST_ROW, MOST_COLUMNS
from fzbot.errors import LedgerError

SEPARATORS = ",\t;"
FORMULA_START = "="


def read_csv(content: bytes) -> Sheet:
    """Read it; `LedgerError` when it is no text, or none with columns."""
    text = _decoded(content)
    head = next((line for line in StringIO(text) if line.strip()), "")
    separator = max(SEPARATORS, key=head.count)
    if separator not in head:
        raise LedgerError(NO_TABLE)
    sheet = Sheet()
    try:
        for number, cells in enumerate(csv.reader(StringIO(text, newline=""), delimiter=separator), start=1):
            if number > LAST_ROW:
                raise LedgerError(TOO_LARGE)
            sheet.add(number, {column: _value(cell) for column, cell in enumerate(cells[:MOST_COLUMNS], start=1)})
    except csv.Error as error:
        raise LedgerError(NO_TABLE) from error
    return sheet


def _decoded(content: bytes) -> str:
    encodings = (
        ("utf-16",) if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) else ("utf-8-sig", "gb18030")
    )
    for encoding in encodings:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise LedgerError(NO_TABLE)


def _value(cell: str) -> object:
    if len(cell) > LONGEST_TEXT:
        raise LedgerError(TOO_LARGE)
    # Excel would reckon it; what it would show is not in the file.
    return Unreadable(FORMULA) if cell.startswith(FORMULA_START) else cell
