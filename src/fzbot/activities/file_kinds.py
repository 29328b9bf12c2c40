"""What kind of file somebody sends in as a spreadsheet, by its content; what cannot be read is refused by name."""

import zipfile
from collections.abc import Iterable
from enum import Enum, auto
from io import BytesIO

from fzbot.errors import LedgerError

CANNOT = "打不开这个文件："
SAVE_AS = "用 Excel 或 WPS 打开，点“文件 → 另存为”，类型选“Excel 工作簿（*.xlsx）”，再传"
NO_TABLE = f"{CANNOT}只收 .xlsx 和 .csv。别的表请{SAVE_AS}"
DAMAGED = f"{CANNOT}它不完整或坏了，可能没有保存完、没有传完。请{SAVE_AS}"
LOCKED = (
    "打不开这个文件：表格加了密码。请先打开它，点“文件 → 信息 → 保护工作簿 → 用密码进行加密”，把密码清空，保存后再传"
)
TOO_LARGE = "表格展开后太大，读不了：里面的格子或文字太多（常常是空白格带了格式）。请新建一个表，只把表头和要导入的行复制过去再传"
MOST_MEMBERS = 2000
_DIRECTORY_ENTRY = b"PK\x01\x02"
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_PICTURE = "这是图片，不是表格；照片请在活动那一页上传"
_ARCHIVE = "这是压缩包；请解压后传里面的表"
_WEB_PAGE = f"这是网页格式的表（有的系统导出的 .xls 其实是网页）；请{SAVE_AS}"
_BY_START = (
    (b"\xff\xd8\xff", _PICTURE),
    (b"\x89PNG", _PICTURE),
    (b"GIF8", _PICTURE),
    (b"RIFF", _PICTURE),
    (b"%PDF", "这是 PDF，不是表格；请传原来的 Excel 或 WPS 表格"),
    (b"Rar!", _ARCHIVE),
    (b"7z\xbc\xaf", _ARCHIVE),
)
_BY_MEMBER = (
    ("xl/workbook.bin", f"这是 .xlsb 表；请{SAVE_AS}"),
    ("word/document.xml", "这是 Word 文档，不是表格；请把表复制到 Excel 里再传"),
    ("ppt/presentation.xml", "这是 PPT，不是表格"),
    ("content.xml", f"这是 .ods 表；请{SAVE_AS}"),
)


class FileKind(Enum):
    """The kinds that are read."""

    WORKBOOK = auto()
    CSV = auto()


def kind_of(content: bytes) -> FileKind:
    """The kind, whatever the file is called; `LedgerError` names any other and says what to do."""
    if not content:
        raise LedgerError(f"{CANNOT}它是空的")
    if content.startswith(b"PK"):
        _check_members(content)
        return FileKind.WORKBOOK
    if content.startswith(_OLE):
        raise LedgerError(_old_office(content))
    for start, words in _BY_START:
        if content.startswith(start):
            raise LedgerError(CANNOT + words)
    if content.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"<":
        raise LedgerError(CANNOT + _WEB_PAGE)
    return FileKind.CSV


def _check_members(content: bytes) -> None:
    # Each entry of the directory becomes an object as soon as the archive is opened.
    if content.count(_DIRECTORY_ENTRY) > MOST_MEMBERS:
        raise LedgerError(TOO_LARGE)
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            names = set(archive.namelist())
    except (zipfile.BadZipFile, ValueError, NotImplementedError) as error:
        raise LedgerError(DAMAGED) from error
    for member, words in _BY_MEMBER:
        if member in names:
            raise LedgerError(CANNOT + words)
    if not any(name.startswith("xl/") for name in names):
        raise LedgerError(_archive(names))


def _archive(names: Iterable[str]) -> str:
    has_table = any(name.lower().endswith((".xlsx", ".xls", ".csv", ".et")) for name in names)
    return f"{CANNOT}{_ARCHIVE}" if has_table else NO_TABLE


def _old_office(content: bytes) -> str:
    # The directory of such a file holds the names of its streams in UTF-16.
    if "EncryptedPackage".encode("utf-16-le") in content:
        return LOCKED
    if "WordDocument".encode("utf-16-le") in content:
        return f"{CANNOT}这是 Word 文档，不是表格；请把表复制到 Excel 里再传"
    return f"{CANNOT}这是老格式的表（.xls 或 .et），读不了；请{SAVE_AS}"
