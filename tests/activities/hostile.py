"""Files that are made to hurt: small to send, large to read."""

import random
import struct
import zipfile
import zlib
from collections.abc import Callable
from io import BytesIO

from PIL import Image

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
KINDS = "http://schemas.openxmlformats.org/package/2006/content-types"
XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'


def workbook(
    sheet: str | bytes, strings: str | bytes = "", styles: str | bytes = "", *, book: str = "", relations: str = ""
) -> bytes:
    """A workbook with one sheet, whose XML may be anything."""
    target = BytesIO()
    relations += f'<Relationship Id="r1" Type="{OFFICE}/worksheet" Target="worksheets/sheet1.xml"/>'
    relations += f'<Relationship Id="r2" Type="{OFFICE}/sharedStrings" Target="sharedStrings.xml"/>' if strings else ""
    relations += f'<Relationship Id="r3" Type="{OFFICE}/styles" Target="styles.xml"/>' if styles else ""
    book += '<sheets><sheet name="台账" sheetId="1" r:id="r1"/></sheets></workbook>'
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as parts:
        parts.writestr("[Content_Types].xml", f'{XML}<Types xmlns="{KINDS}"/>')
        root = f'<Relationship Id="r1" Type="{OFFICE}/officeDocument" Target="xl/workbook.xml"/>'
        parts.writestr("_rels/.rels", f'{XML}<Relationships xmlns="{PACKAGE}">{root}</Relationships>')
        parts.writestr("xl/workbook.xml", f'{XML}<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}">{book}')
        parts.writestr(
            "xl/_rels/workbook.xml.rels", f'{XML}<Relationships xmlns="{PACKAGE}">{relations}</Relationships>'
        )
        parts.writestr("xl/worksheets/sheet1.xml", sheet)
        for name, content in (("xl/sharedStrings.xml", strings), ("xl/styles.xml", styles)):
            if content:
                parts.writestr(name, content)
    return target.getvalue()


def sheet_of(rows: str) -> str:
    """A sheet's XML around its rows."""
    return f'{XML}<worksheet xmlns="{MAIN}"><sheetData>{rows}</sheetData></worksheet>'


def _varied(make: Callable[[int], bytes], times: int) -> bytes:
    """Pieces that do not pack so well that their ratio alone tells; the same ones come again after 40,000."""
    chance = random.Random(1)
    pieces = b"".join(make(chance.randrange(10, 99)) for _ in range(40_000))
    return pieces * (times // 40_000)


SHEET = f'{XML}<worksheet xmlns="{MAIN}"><sheetData>'
SHEET_END = "</sheetData></worksheet>"
END = SHEET_END.encode()
ONE_ROW = sheet_of('<row r="1"><c r="A1" t="inlineStr"><is><t>日期</t></is></c></row>')


def shared_strings(number: int, packed_well: bool = True) -> bytes:
    pieces = b"<si><t>a</t></si>" * number if packed_well else _varied(lambda n: b"<si><t>%d</t></si>" % n, number)
    return workbook(ONE_ROW, f'{XML}<sst xmlns="{MAIN}">'.encode() + pieces + b"</sst>")


def cells(number: int) -> bytes:
    """In one row."""
    return workbook(f"{SHEET}<row>".encode() + _varied(lambda n: b"<c><v>%d</v></c>" % n, number) + b"</row>" + END)


def empty_cells(number: int) -> bytes:
    return workbook(f"{SHEET}<row>".encode() + _varied(lambda n: b'<c s="%d"/>' % n, number) + b"</row>" + END)


def rows(number: int) -> bytes:
    return workbook(SHEET.encode() + _varied(lambda n: b"<row><c><v>%d</v></c></row>" % n, number) + END)


def merges(number: int) -> bytes:
    grid = "".join(f'<row r="{row}"><c r="A{row}"><v>1</v></c></row>' for row in range(1, 4000))
    cells_of_one = '<mergeCell ref="A1:XFD1048576"/>'
    return workbook(f"{SHEET}{grid}</sheetData><mergeCells>{cells_of_one * number}</mergeCells></worksheet>")


def tag_that_does_not_end(size: int) -> bytes:
    content = random.Random(1).randbytes(size // 20).hex().encode() * 10
    return workbook(f'{XML}<worksheet xmlns="{MAIN}" a="'.encode() + content + b'"/>')


def many_attributes(number: int) -> bytes:
    names = b"".join(b' a%d="1"' % count for count in range(number))
    return workbook(f"{SHEET}<row".encode() + names + f"/>{SHEET_END}".encode())


def many_names(number: int) -> bytes:
    return workbook(SHEET.encode() + b"".join(b"<n%d/>" % count for count in range(number)) + SHEET_END.encode())


def deep(depth: int) -> bytes:
    return workbook(f'{XML}<worksheet xmlns="{MAIN}">'.encode() + _varied(lambda n: b"<a%d>" % n, depth))


def long_text(size: int) -> bytes:
    start = f'{SHEET}<row><c t="inlineStr"><is><t>'.encode()
    return workbook(start + random.Random(1).randbytes(size // 2).hex().encode() + b"</t></is></c></row>" + END)


def styles(number: int) -> bytes:
    start = f'{XML}<styleSheet xmlns="{MAIN}"><cellXfs>'.encode()
    formats = _varied(lambda n: b'<xf numFmtId="%d"/>' % n, number)
    return workbook(ONE_ROW, styles=start + formats + b"</cellXfs></styleSheet>")


def entities() -> bytes:
    lines = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 12))
    return workbook(f'<!DOCTYPE x [<!ENTITY a0 "ha">{lines}]><worksheet>&a11;</worksheet>')


def outside_entity() -> bytes:
    return workbook('<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><worksheet>&a;</worksheet>')


def members(number: int) -> bytes:
    target = BytesIO()
    with zipfile.ZipFile(target, "w") as parts:
        for count in range(number):
            parts.writestr(f"xl/{count}", b"")
    return target.getvalue()


def png(width: int, height: int, colour: int = 2) -> bytes:
    """A PNG of one grey, written without ever holding its pixels; `colour` is PNG's colour type."""
    channels = {0: 1, 2: 3, 6: 4}[colour]
    line = b"\0" + b"\x55" * width * channels
    packer = zlib.compressobj(9)
    packed = b"".join([*(packer.compress(line) for _ in range(height)), packer.flush()])
    head = struct.pack(">IIBBBBB", width, height, 8, colour, 0, 0, 0)
    chunks = ((b"IHDR", head), (b"IDAT", packed), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(name, data) for name, data in chunks)


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def jpeg(width: int, height: int, sampling: int, progressive: bool) -> bytes:
    target = BytesIO()
    image = Image.new("RGB", (width, height), "green")
    image.save(target, "JPEG", subsampling=sampling, progressive=progressive, quality=50)
    return target.getvalue()


SPREADSHEETS: dict[str, Callable[[], bytes]] = {
    "2 million shared strings in 100 KB": lambda: shared_strings(2_000_000),
    "2 million shared strings": lambda: shared_strings(1_800_000, packed_well=False),
    "a million cells": lambda: cells(1_000_000),
    "a million empty cells": lambda: empty_cells(1_000_000),
    "half a million rows": lambda: rows(480_000),
    "merged over everything, many times": lambda: merges(5_000),
    "a tag that does not end": lambda: tag_that_does_not_end(8_000_000),
    "many attributes": lambda: many_attributes(1_000_000),
    "many names": lambda: many_names(1_000_000),
    "deep": lambda: deep(1_000_000),
    "a long text": lambda: long_text(1_000_000),
    "many styles": lambda: styles(1_000_000),
    "entities": entities,
    "an entity outside": outside_entity,
    "many members": lambda: members(40_000),
}
