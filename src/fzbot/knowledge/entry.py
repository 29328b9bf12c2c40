"""One curated answer and what it rests on."""

import re
from datetime import date
from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, field_validator

ID = re.compile(r"[a-z]+(\.[a-z0-9]+(-[a-z0-9]+)*){1,2}")
CITATION = re.compile(r"(?P<law>\D+?)(?P<article>\d+(之[一二三四五六七八九十]+)?)?")

Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]


class Area(StrEnum):
    """The folders of `knowledge/entries`."""

    CIVIL_CODE = "civil-code"
    ANTI_FRAUD = "anti-fraud"
    CHANNELS = "channels"
    RURAL_LIFE = "rural-life"
    OUTREACH = "outreach"
    CHAT = "chat"


class Danger(StrEnum):
    """What may be happening to the asker right now; decides which numbers a reply names first."""

    VIOLENCE = "violence"
    FRAUD = "fraud"
    SUICIDE = "suicide"
    CHILD = "child"
    CONFINED = "confined"
    LIFE = "life"
    """Life and limb: poison, drowning, gas, fire, accidents, collapse, bites."""
    ELDER = "elder"
    """An old person lost, abandoned or lying without care."""

    @property
    def label(self) -> str:
        """What staff read."""
        return _DANGER_LABELS[self]


_DANGER_LABELS = {
    Danger.VIOLENCE: "正在挨打",
    Danger.FRAUD: "正在被骗",
    Danger.SUICIDE: "想不开",
    Danger.CHILD: "孩子出事",
    Danger.CONFINED: "被关着",
    Danger.LIFE: "人有生命危险",
    Danger.ELDER: "老人走失或没人管",
}


class About(StrEnum):
    """What a follow-up may ask of an answer, and which of its points say something of it."""

    MONEY = "money"
    TIME = "time"
    DEADLINE = "deadline"
    WHERE = "where"
    PAPERS = "papers"
    EVIDENCE = "evidence"
    WHO = "who"

    @property
    def label(self) -> str:
        """What staff read."""
        return _ABOUT_LABELS[self]


_ABOUT_LABELS = {
    About.MONEY: "花多少钱、能拿多少",
    About.TIME: "要多久",
    About.DEADLINE: "最晚什么时候",
    About.WHERE: "去哪里",
    About.PAPERS: "带什么材料",
    About.EVIDENCE: "要什么证据",
    About.WHO: "找谁、谁来办",
}


class Citation(BaseModel):
    """A law by its short name and, unless the whole law is meant, an article (`1042`, `287之二`)."""

    model_config = ConfigDict(frozen=True)

    law: str
    article: str | None = None

    @classmethod
    def parse(cls, text: str) -> "Citation":
        """Read `民法典1042`, `刑法287之二` or `婚姻登记条例`; `ValueError` otherwise."""
        found = CITATION.fullmatch(text.strip())
        if not found:
            raise ValueError(f"“{text}”不是“法律简称+条号”的样子，例如 民法典1042、刑法287之二")
        return cls(law=found["law"].strip(), article=found["article"])

    def __str__(self) -> str:
        if self.article is None:
            return f"《{self.law}》"
        number, *insert = self.article.split("之")
        return f"《{self.law}》第{number}条" + (f"之{insert[0]}" if insert else "")


def _citations(value: object) -> object:
    if isinstance(value, list | tuple):
        return [Citation.parse(item) if isinstance(item, str) else item for item in value]
    return value


class Point(BaseModel):
    """One statement of an answer, with the articles that carry it; or the custom, local rule or office (`practice`) that does."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    text: Line
    basis: Annotated[tuple[Citation, ...], BeforeValidator(_citations)] = ()
    practice: str = ""
    about: tuple[About, ...] = ()


class Entry(BaseModel):
    """One curated answer. `id` is the need's id, or it plus one more dotted part.

    `gist` answers the title in one sentence; `points` stand most important first. `see` names entries that a point refers to,
    `related` those that people ask next. `readers` counts who read each point against its articles without having written it.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str
    title: Line
    questions: tuple[Line, ...] = Field(min_length=1)
    gist: Line
    points: tuple[Point, ...] = ()
    steps: tuple[Line, ...] = ()
    channels: tuple[str, ...] = ()
    related: tuple[str, ...] = ()
    see: tuple[str, ...] = ()
    urgent: Danger | None = None
    reviewed: date
    review_by: date
    readers: int = Field(default=0, ge=0)

    @field_validator("id")
    @classmethod
    def _well_formed(cls, value: str) -> str:
        if not ID.fullmatch(value):
            raise ValueError("编号要写成 theme.need 的样子，小写字母、数字和连字符，例如 marriage.bride-price")
        return value

    @property
    def basis(self) -> tuple[Citation, ...]:
        """The articles that its points rest on, each once."""
        return tuple(dict.fromkeys(citation for point in self.points for citation in point.basis))

    @property
    def answer(self) -> str:
        """Everything that it says, a statement a line."""
        return "\n".join([self.gist, *(point.text for point in self.points)])

    def points_about(self, *subjects: About) -> tuple[Point, ...]:
        """The points that say something of one of the subjects."""
        return tuple(point for point in self.points if set(subjects) & set(point.about))

    @property
    def need(self) -> str:
        """The id of the need it answers: the first two dotted parts."""
        return ".".join(self.id.split(".")[:2])

    @property
    def theme(self) -> str:
        """The first part of its id."""
        return self.id.split(".")[0]

    @property
    def is_chat(self) -> bool:
        """Small talk rather than law."""
        return self.id.startswith("chat.")

    def is_stale(self, today: date) -> bool:
        """Whether its review is overdue."""
        return today > self.review_by
