"""Notice templates and the calendar of outreach days: `knowledge/notices/*.yaml` and `knowledge/calendar.yaml`."""

from datetime import date
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from fzbot.knowledge.files import read_model

MonthDay = Annotated[str, Field(pattern=r"^(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$")]


class NoticeTemplate(BaseModel):
    """A text that an adviser may push, with the entries that it leads to. `occasion` is a day of the calendar."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    key: str
    title: str = Field(min_length=1, max_length=20)
    occasion: str | None
    text: str = Field(min_length=1, max_length=600)
    entries: tuple[str, ...] = Field(min_length=1, max_length=3)
    reviewed: date
    review_by: date


class OutreachDay(BaseModel):
    """An outreach day, week or month that comes back every year."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)

    key: str
    name: str
    first: MonthDay = Field(alias="from")
    last: MonthDay = Field(alias="to")
    theme: str
    sure: Literal["A", "B"]
    notices: tuple[str, ...]

    def is_on(self, day: date) -> bool:
        """Whether a day falls within it."""
        return self.first <= day.strftime("%m-%d") <= self.last


class Calendar(BaseModel):
    """`knowledge/calendar.yaml`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    days: tuple[OutreachDay, ...]


def load_calendar(root: Path) -> Calendar:
    """The calendar of a knowledge folder; `KnowledgeError` when it does not fit."""
    return read_model(root / "calendar.yaml", Calendar)


def load_templates(root: Path) -> dict[str, NoticeTemplate]:
    """The templates of a knowledge folder by key; `KnowledgeError` when one does not fit."""
    templates = (read_model(path, NoticeTemplate) for path in sorted((root / "notices").glob("*.yaml")))
    return {template.key: template for template in templates}
