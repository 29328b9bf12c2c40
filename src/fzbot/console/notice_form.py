"""A notice as a form's fields."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from fzbot.errors import NoticeError
from fzbot.knowledge.notices import NoticeTemplate
from fzbot.notices.authoring.audience import Audience
from fzbot.notices.authoring.notice import Notice, NoticePlan, NoticeVersion
from fzbot.notices.authoring.wording import MOST_ENTRIES, NoticeText
from fzbot.notices.delivery_methods import DeliveryMethod

EVERYONE = "all"
VILLAGES = "villages"


@dataclass(frozen=True)
class NoticeForm:
    """What stands in the fields. `to` is `all` or `villages`; `picture` is the name of one that is stored already."""

    title: str = ""
    text: str = ""
    entries: tuple[str, ...] = ()
    picture: str = ""
    way: str = ""
    to: str = VILLAGES
    villages: tuple[int, ...] = ()
    theme: str = ""

    @classmethod
    def of_template(cls, template: NoticeTemplate, villages: tuple[int, ...]) -> "NoticeForm":
        """The words of a template, for some villages."""
        return cls(template.title, template.text, template.entries, villages=villages)

    @classmethod
    def of(cls, notice: Notice, version: NoticeVersion) -> "NoticeForm":
        """A notice as it is."""
        to = notice.goes_to
        return cls(
            version.title,
            version.text,
            tuple(version.entries),
            version.picture,
            notice.way,
            EVERYONE if to.villages is None else VILLAGES,
            to.villages or (),
            to.theme or "",
        )

    @classmethod
    def read(cls, sent: Any) -> "NoticeForm":
        """What a browser sent."""
        entries = (_text(entry) for entry in sent.getlist("entries")[:MOST_ENTRIES])
        villages = (str(village) for village in sent.getlist("villages"))
        return cls(
            title=_text(sent.get("title")),
            text=_text(sent.get("text")),
            entries=tuple(entry for entry in entries if entry),
            picture="" if sent.get("no_picture") else _text(sent.get("picture")),
            way=_text(sent.get("way")),
            to=EVERYONE if sent.get("to") == EVERYONE else VILLAGES,
            villages=tuple(int(id_) for id_ in villages if id_.isascii() and id_.isdigit() and len(id_) <= 9),
            theme=_text(sent.get("theme")),
        )

    def words(self, titles: Mapping[str, str]) -> NoticeText:
        """Title, text and entries, which may be named by id or title; `NoticeError` when one is not known."""
        by_title = {title: id_ for id_, title in titles.items()}
        ids = []
        for given in self.entries:
            id_ = given if given in titles else by_title.get(given)
            if id_ is None:
                raise NoticeError(f"知识库里没有“{given}”，请从列表里选")
            ids.append(id_)
        return NoticeText(self.title, self.text, tuple(dict.fromkeys(ids)), self.picture)

    def plan(self) -> NoticePlan:
        """How it is to be sent; `NoticeError` when that is not chosen."""
        return NoticePlan(self.chosen_way(), self.audience())

    def chosen_way(self) -> DeliveryMethod:
        """The way."""
        if self.way not in set(DeliveryMethod):
            raise NoticeError("请选怎么发")
        return DeliveryMethod(self.way)

    def audience(self) -> Audience:
        """For whom."""
        return Audience(None if self.to == EVERYONE else self.villages, self.theme or None)


def _text(value: object) -> str:
    return value.replace("\r\n", "\n").strip() if isinstance(value, str) else ""
