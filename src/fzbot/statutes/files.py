"""Reading official texts from `.docx`, `.md` and `.txt` files."""

import zipfile
from collections.abc import Mapping
from pathlib import Path

import docx
from docx.opc.exceptions import PackageNotFoundError

from fzbot.errors import StatuteError
from fzbot.knowledge.files import Law
from fzbot.knowledge.statutes import Statute, split_articles

KINDS = {".docx", ".md", ".txt"}
COUNTRY = "中华人民共和国"


def statutes_in(paths: list[Path], laws: Mapping[str, Law]) -> list[Statute]:
    """Every statute in the files and folders named; `StatuteError` saying which file cannot be used and why."""
    files = [file for path in paths for file in _files(path)]
    if not files:
        raise StatuteError("没有找到法律文本，请给出 .docx、.md 或 .txt 文件，或它们所在的文件夹")
    return [read(file, laws) for file in files]


def read(path: Path, laws: Mapping[str, Law]) -> Statute:
    """One file. The law goes by the short name that `laws` has for its title, else by its title without the country."""
    statute = split_articles(path.stem, _text(path))
    title = statute.title.split("（")[0] if statute.title.endswith("修正）") else statute.title
    known = {law.title: short for short, law in laws.items()}
    short = known.get(title) or (path.stem if path.stem in laws else title.removeprefix(COUNTRY))
    return Statute(short, title, statute.articles)


def _files(path: Path) -> list[Path]:
    if path.is_dir():
        return sorted(file for file in path.iterdir() if file.suffix.lower() in KINDS)
    if not path.exists():
        raise StatuteError(f"没有 {path} 这个文件")
    if path.suffix.lower() not in KINDS:
        raise StatuteError(f"{path} 不是 .docx、.md 或 .txt；.doc 请先用 Word 另存为 .docx")
    return [path]


def _text(path: Path) -> str:
    try:
        if path.suffix.lower() == ".docx":
            return "\n".join(paragraph.text for paragraph in docx.Document(str(path)).paragraphs)
        return path.read_text(encoding="utf-8-sig")
    except (PackageNotFoundError, zipfile.BadZipFile, KeyError, ValueError, OSError) as error:
        raise StatuteError(f"{path} 读不出来，请确认是完整的 Word 或 UTF-8 文本文件") from error
