"""Finding the article that somebody names: 民法典1079条, 民法典第一千零七十九条, 婚姻法离婚那条."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from fzbot.knowledge.numerals import CHINESE, article_number

CIVIL_CODE = "民法典"
MERGED = ("婚姻法", "继承法", "收养法", "合同法", "物权法", "担保法", "侵权责任法", "民法总则", "民法通则")
"""Laws that ceased to apply when the Civil Code came into force on 2021-01-01 (民法典 1260)."""

_NUMBER = rf"第?\s*(?P<number>\d{{1,4}}|[{CHINESE}]{{1,9}})\s*条(?:之(?P<insert>[一二三四五六七八九十]+))?"
_SUBJECT = r"(?:规定|关于|有关|对|讲|说)*(?P<subject>[\u4e00-\u9fff]{2,8}?)(?:罪|的|是|在|规定)*(?:那|哪|第几)一?条"
_BARE = r"第?\s*(?P<bare>\d{1,4})(?!\d|[年元岁月日号个万天])"


@dataclass(frozen=True)
class Reference:
    """A law by its short name and an article's number; when `number` is None, an old law, or the `subject` of an article."""

    law: str
    number: str | None
    is_merged: bool = False
    subject: str = ""

    @property
    def in_force(self) -> str:
        """The short name of the law that holds now."""
        return CIVIL_CODE if self.is_merged else self.law


class References:
    """Finds references to the laws that are known by short name or title."""

    def __init__(self, laws: Iterable[str], titles: Iterable[tuple[str, str]] = ()) -> None:
        """`titles` are (title, short name) pairs, so that full titles are understood too."""
        self._short = dict(titles) | {law: law for law in laws} | {law: law for law in MERGED}
        names = "|".join(re.escape(name) for name in sorted(self._short, key=len, reverse=True))
        self._pattern = re.compile(rf"《?(?P<law>{names})》?\s*(?:的|里|中|上)?\s*(?:{_NUMBER}|{_BARE}|{_SUBJECT})?")

    def find(self, text: str) -> Reference | None:
        """The first article named by number or by subject, or an old law that was merged; None otherwise."""
        for match in self._pattern.finditer(text):
            law = self._short[match["law"]]
            written = match["number"] or match["bare"]
            if written:
                number = article_number(written + (f"之{match['insert']}" if match["insert"] else ""))
                return Reference(law, number, law in MERGED)
            if law in MERGED or match["subject"]:
                return Reference(law, None, law in MERGED, match["subject"] or "")
        return None
