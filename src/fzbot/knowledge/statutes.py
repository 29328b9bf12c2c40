"""Official statute texts split into articles by law and number."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from fzbot.errors import StatuteError
from fzbot.knowledge.numerals import article_number

ARTICLE = re.compile(r"第([零〇一二三四五六七八九十百千万]+)条(?:之([一二三四五六七八九十]+))?(?=[\s　]|$)")
HEADING = re.compile(r"#|第[零〇一二三四五六七八九十百]+(?:编|分编|章|节)(?=[\s　]|$)")


@dataclass(frozen=True)
class Article:
    """One article of a law: `law` is the short name, `number` is `1079` or `287之二`."""

    law: str
    number: str
    text: str


@dataclass(frozen=True)
class Statute:
    """A law with its articles in order."""

    law: str
    title: str
    articles: Mapping[str, Article]


def split_articles(law: str, text: str) -> Statute:
    """Split an official text (plain or Markdown) into articles.

    An article begins at a line that starts with 第…条 followed by white space; headings of parts and
    chapters end it. Raises `StatuteError` when the text holds no article.
    """
    title, number, lines = "", "", list[str]()
    articles: dict[str, Article] = {}

    def close() -> None:
        if number and number not in articles:
            articles[number] = Article(law, number, "\n".join(lines).strip())

    for line in (raw.strip().strip("*").strip() for raw in text.splitlines()):
        start = ARTICLE.match(line)
        if start:
            close()
            number = article_number(start[1] + (f"之{start[2]}" if start[2] else ""))
            lines = [line[start.end() :].strip()]
        elif HEADING.match(line):
            title = title or line.lstrip("# ").strip()
            close()
            number = ""
        elif line:
            lines.append(line)
    close()
    if not articles:
        raise StatuteError(f"“{law}”的文本里找不到“第…条”，请检查是不是官方全文（.docx、.md 或 .txt）")
    return Statute(law, title or law, articles)


def read_statutes(folder: Path) -> dict[str, Statute]:
    """Every `.md` and `.txt` of a folder by its short name, which is the file's name.

    Raises `StatuteError` when the folder holds none or one cannot be read.
    """
    files = sorted(path for path in folder.glob("*") if path.suffix in {".md", ".txt"})
    if not files:
        raise StatuteError(f"{folder} 里没有 .md 或 .txt 的法律文本")
    return {path.stem: _read(path) for path in files}


def _read(path: Path) -> Statute:
    try:
        return split_articles(path.stem, path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise StatuteError(f"{path} 读不出来：{error}") from error


def texts_of(statutes: Mapping[str, Statute], cited: Iterable[tuple[str, str | None]]) -> list[str]:
    """The texts behind (law, article) pairs that are there; a whole law gives all of its articles."""
    texts: list[str] = []
    for law, number in cited:
        statute = statutes.get(law)
        if statute is None:
            continue
        if number is None:
            texts.extend(article.text for article in statute.articles.values())
        elif number in statute.articles:
            texts.append(statute.articles[number].text)
    return texts
