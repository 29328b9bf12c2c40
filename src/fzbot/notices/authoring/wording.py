"""What a notice says, and the texts that are made of it."""

import math
from dataclasses import dataclass

from fzbot.errors import NoticeError
from fzbot.knowledge.notices import NoticeTemplate
from fzbot.knowledge.reply import PASSIVE_LIMIT

TITLE_CHARS = 30
MOST_ENTRIES = 3
LINK_BYTES = 120
"""Bytes kept free for the link."""
TEXT_BYTES = PASSIVE_LIMIT - LINK_BYTES
DIVIDER = "\n\n———— 通知 ————\n"


@dataclass(frozen=True)
class NoticeText:
    """Title and text, the entries that it leads to, and the name of an uploaded picture."""

    title: str
    text: str
    entries: tuple[str, ...] = ()
    picture: str = ""

    @classmethod
    def of_template(cls, template: NoticeTemplate) -> "NoticeText":
        """The words of a template, to be changed at will."""
        return cls(template.title, template.text, template.entries)

    @property
    def body(self) -> str:
        """Title and text."""
        return f"【{self.title.strip()}】\n{self.text.strip()}"

    @property
    def bytes_used(self) -> int:
        """For the counter beside the form; `TEXT_BYTES` is the most."""
        return len(self.body.encode())

    def check(self) -> None:
        """`NoticeError` saying what to change."""
        if not self.title.strip() or not self.text.strip():
            raise NoticeError("请写标题和正文")
        if len(self.title.strip()) > TITLE_CHARS:
            raise NoticeError(f"标题最多 {TITLE_CHARS} 个字")
        if self.bytes_used > TEXT_BYTES:
            over = self.bytes_used - TEXT_BYTES
            raise NoticeError(f"太长，微信发不出去，请删掉约 {math.ceil(over / 3)} 个汉字")
        if len(self.entries) > MOST_ENTRIES:
            raise NoticeError(f"最多附 {MOST_ENTRIES} 条问答")


@dataclass(frozen=True)
class Links:
    """Makes the addresses that a notice carries; what is opened through them is counted for it."""

    public_url: str

    def answer(self, words: NoticeText, notice_id: int, village_id: int | None = None) -> str:
        """The answer page of the first entry; empty without one."""
        return f"{self.public_url}/a/{words.entries[0]}?n={mark(notice_id, village_id)}" if words.entries else ""

    def page(self, notice_id: int, village_id: int | None = None) -> str:
        """The page of the notice itself."""
        return f"{self.public_url}/n/{notice_id}?n={mark(notice_id, village_id)}"


def mark(notice_id: int, village_id: int | None) -> str:
    """What an address carries to be counted by."""
    return f"{notice_id}.{village_id}" if village_id else str(notice_id)


def unmark(text: str) -> tuple[int, int | None] | None:
    """Notice and village of a mark; None for anything else."""
    notice, _, village = text.partition(".")
    if not _is_id(notice) or (village and not _is_id(village)):
        return None
    return int(notice), int(village) if village else None


def full(words: NoticeText, link: str) -> str:
    """The whole notice."""
    return f"{words.body}\n\n详细：{link}" if link else words.body


def short(words: NoticeText, page: str) -> str:
    """A line that leads to the notice, for where the whole does not fit."""
    return f"【{words.title.strip()}】村里有新通知，点开看：{page}"


def _is_id(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 9 and int(text) > 0
