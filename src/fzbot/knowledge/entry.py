"""One curated answer and what it rests on."""

import re
from datetime import date
from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, field_validator

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


class Entry(BaseModel):
    """One curated answer. `id` is the need's id, or it plus one more dotted part."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str
    title: Line
    questions: tuple[Line, ...] = Field(min_length=1)
    answer: Line
    steps: tuple[Line, ...] = ()
    basis: tuple[Citation, ...] = ()
    channels: tuple[str, ...] = ()
    related: tuple[str, ...] = ()
    urgent: Danger | None = None
    numbers_from: dict[str, str] = Field(default_factory=dict)
    reviewed: date
    review_by: date

    @field_validator("id")
    @classmethod
    def _well_formed(cls, value: str) -> str:
        if not ID.fullmatch(value):
            raise ValueError("编号要写成 theme.need 的样子，小写字母、数字和连字符，例如 marriage.bride-price")
        return value

    @field_validator("basis", mode="before")
    @classmethod
    def _citations(cls, value: object) -> object:
        if isinstance(value, list | tuple):
            return [Citation.parse(item) if isinstance(item, str) else item for item in value]
        return value

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
