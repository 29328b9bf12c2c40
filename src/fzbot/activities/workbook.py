"""Reads .xlsx as Excel and WPS write it: values, Chinese date formats, merged cells, hidden rows, further sheets."""

import posixpath
from dataclasses import dataclass
from datetime import date

from fzbot.activities.cell_formats import FIRST_DAY, FIRST_DAY_1904, Styles
from fzbot.activities.file_kinds import DAMAGED, TOO_LARGE
from fzbot.activities.package import Package
from fzbot.activities.sheet import Sheet
from fzbot.activities.sheet_reader import TRUE, Budget, SheetContext, SheetReader, plain
from fzbot.errors import LedgerError

MOST_STRINGS = 200_000


@dataclass(frozen=True)
class Workbook:
    """The sheets of a workbook in their order; `first_day` is what its dates are counted from."""

    sheets: list[Sheet]
    first_day: date


def read_workbook(content: bytes) -> Workbook:
    """Read all sheets; `LedgerError` when the file is none, is damaged, or is too large."""
    package = Package(content)
    root, book, relations = _Relations(), _Book(), _Relations()
    package.parse("_rels/.rels", root)
    part = root.one("officeDocument", "")
    folder, name = posixpath.split(part)
    package.parse(part, book)
    package.parse(posixpath.join(folder, "_rels", f"{name}.rels"), relations)
    first_day = FIRST_DAY_1904 if book.counts_from_1904 else FIRST_DAY
    strings, styles = _Strings(), Styles()
    for kind, handler in (("sharedStrings", strings), ("styles", styles)):
        if relations.has(kind):
            package.parse(relations.one(kind, folder), handler)
    context = SheetContext(strings.items, styles.formats, first_day, Budget())
    sheets = []
    for title, is_visible, id_ in book.sheets:
        if relations.is_of(id_, "worksheet"):
            reader = SheetReader(Sheet(title, is_visible), context)
            package.parse(relations.target(id_, folder), reader)
            reader.fill_down()
            sheets.append(reader.sheet)
    if not sheets:
        raise LedgerError(DAMAGED)
    return Workbook(sheets, first_day)


class _Relations:
    """What a part points to within the file, by id: kind and place. What lies outside the file is never looked at."""

    def __init__(self) -> None:
        self._targets: dict[str, tuple[str, str]] = {}

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if tag == "Relationship" and attributes.get("TargetMode") != "External":
            kind = attributes["Type"].rpartition("/")[2]
            self._targets[attributes["Id"]] = (kind, attributes["Target"])

    def end(self, tag: str, text: str) -> None:
        pass

    def has(self, kind: str) -> bool:
        return any(known == kind for known, _ in self._targets.values())

    def is_of(self, id_: str, kind: str) -> bool:
        return id_ in self._targets and self._targets[id_][0] == kind

    def one(self, kind: str, folder: str) -> str:
        ids = [id_ for id_, (known, _) in self._targets.items() if known == kind]
        if not ids:
            raise LedgerError(DAMAGED)
        return self.target(ids[0], folder)

    def target(self, id_: str, folder: str) -> str:
        """Where it is in the archive; places are given from the folder of the part that points, or from the top."""
        return posixpath.normpath(posixpath.join("/", folder, self._targets[id_][1])).lstrip("/")


class _Book:
    """Names of the sheets, whether they are shown, and their ids."""

    def __init__(self) -> None:
        self.sheets: list[tuple[str, bool, str]] = []
        self.counts_from_1904 = False

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if tag == "sheet":
            id_ = next((value for name, value in attributes.items() if name.endswith(":id")), "")
            self.sheets.append((attributes.get("name", ""), attributes.get("state", "visible") == "visible", id_))
        elif tag == "workbookPr":
            self.counts_from_1904 = attributes.get("date1904") in TRUE

    def end(self, tag: str, text: str) -> None:
        pass


class _Strings:
    """The texts that cells share; how they are read aloud is left out."""

    def __init__(self) -> None:
        self.items: list[str] = []
        self._pieces: list[str] = []
        self._is_reading_aid = False

    def start(self, tag: str, attributes: dict[str, str]) -> None:  # noqa: ARG002 - as every reader of a part
        if tag == "si":
            self._pieces = []
        elif tag == "rPh":
            self._is_reading_aid = True

    def end(self, tag: str, text: str) -> None:
        if tag == "t" and not self._is_reading_aid:
            self._pieces.append(text)
        elif tag == "rPh":
            self._is_reading_aid = False
        elif tag == "si":
            self.items.append(plain("".join(self._pieces)))
            if len(self.items) > MOST_STRINGS:
                raise LedgerError(TOO_LARGE)
