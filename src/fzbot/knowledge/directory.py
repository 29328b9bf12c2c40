"""Hotlines and local bodies: whom an answer sends people to. What is not filled in is shown as such, never invented."""

import re
from datetime import date
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

PLACE = re.compile(r"\{([a-z0-9-]+)\.(name|phone|address|hours)\}")
MISSING = {"phone": "还没有填写（先打12345问）", "hours": "时间还没有填写", "address": "地址还没有填写", "name": ""}


class Hotline(BaseModel):
    """A national short number; `sure` tells how well it was verified (B, C, U)."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    use: str
    sure: Literal["A", "B", "C", "U"]
    review_by: date


class LocalBody(BaseModel):
    """A body of the place; phone, address and hours are filled in at installation."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    use: str
    phone: str = ""
    address: str = ""
    hours: str = ""


class Contact(BaseModel):
    """Where to turn, ready to show. `phone` is empty when nobody has filled it in."""

    model_config = ConfigDict(frozen=True)

    key: str
    name: str
    use: str
    phone: str
    address: str = ""
    hours: str = ""
    is_hotline: bool = False

    @property
    def label(self) -> str:
        """What a chat bubble shows: the name, with the number where there is one."""
        if self.is_hotline:
            return f"{self.phone}{self.name}"
        return f"{self.name}（{self.phone}）" if self.phone else self.name


class Directory(BaseModel):
    """`knowledge/directory.yaml`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    hotlines: dict[str, Hotline] = Field(default_factory=dict)
    local: dict[str, LocalBody] = Field(default_factory=dict)

    def __contains__(self, key: str) -> bool:
        return key in self.hotlines or key in self.local

    def filled(self, text: str) -> str:
        """A text with what is known of local bodies in place of `{key.phone}`, `{key.hours}` and the like.

        What nobody has filled in is said to be missing, with 12345 to ask, never invented.
        """
        return PLACE.sub(lambda found: getattr(self.contact(found[1]), found[2]) or MISSING[found[2]], text)

    def all_keys(self) -> tuple[str, ...]:
        """Every key, hotlines first."""
        return (*self.hotlines, *self.local)

    def contact(self, key: str) -> Contact:
        """The contact behind a key; `KeyError` when there is none."""
        if key in self.hotlines:
            line = self.hotlines[key]
            return Contact(key=key, name=line.name, use=line.use, phone=key, is_hotline=True)
        body = self.local[key]
        return Contact(key=key, name=body.name, use=body.use, phone=body.phone, address=body.address, hours=body.hours)
