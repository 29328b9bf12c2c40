"""An entry as a form's text fields: lists are one item a line, points are rows of fields."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from fzbot.curation.revisions import in_points

REVIEW_EVERY = timedelta(days=182)
_SEPARATORS = re.compile(r"[、，,;；\s]+")


POINT_ROWS = 8


@dataclass(frozen=True)
class PointRow:
    """One point's fields: the articles that carry it, or whose practice it is, and what follow-ups it answers."""

    text: str = ""
    basis: str = ""
    practice: str = ""
    about: tuple[str, ...] = ()

    @classmethod
    def of(cls, point: Mapping[str, Any]) -> "PointRow":
        """The fields of a point's body."""
        basis = "、".join(point.get("basis", ()))
        return cls(point.get("text", ""), basis, point.get("practice", ""), tuple(point.get("about", ())))

    def body(self) -> dict[str, Any]:
        """The point's body; fields that are empty are left out."""
        basis = [part.strip() for part in _SEPARATORS.split(self.basis) if part.strip()]
        found = {"text": self.text, "basis": basis, "practice": self.practice, "about": list(self.about)}
        return {name: value for name, value in found.items() if value}


@dataclass(frozen=True)
class EntryForm:
    """What stands in the fields."""

    id: str = ""
    title: str = ""
    questions: str = ""
    gist: str = ""
    points: tuple[PointRow, ...] = ()
    steps: str = ""
    channels: tuple[str, ...] = ()
    related: str = ""
    see: str = ""
    urgent: str = ""
    reviewed: str = ""
    review_by: str = ""
    readers: str = ""

    @classmethod
    def blank(cls, today: date, question: str = "") -> "EntryForm":
        """An empty form, to be reviewed in half a year."""
        return cls(questions=question, reviewed=today.isoformat(), review_by=(today + REVIEW_EVERY).isoformat())

    @classmethod
    def of(cls, body: Mapping[str, Any]) -> "EntryForm":
        """The form of an entry's body, of the old form too."""
        body = in_points(body)
        return cls(
            id=body["id"],
            title=body.get("title", ""),
            questions="\n".join(body.get("questions", ())),
            gist=body.get("gist", ""),
            points=tuple(PointRow.of(point) for point in body.get("points", ())),
            steps="\n".join(body.get("steps", ())),
            channels=tuple(body.get("channels", ())),
            related="\n".join(body.get("related", ())),
            see="\n".join(body.get("see", ())),
            urgent=body.get("urgent") or "",
            reviewed=str(body.get("reviewed", "")),
            review_by=str(body.get("review_by", "")),
            readers=str(body.get("readers", "") or ""),
        )

    @classmethod
    def read(cls, sent: Any) -> "EntryForm":
        """What a browser sent."""
        lists = {"channels", "points"}
        words = {name: str(sent.get(name, "")).strip() for name in cls.__dataclass_fields__ if name not in lists}
        points = tuple(_point(sent, number) for number in range(POINT_ROWS))
        channels = tuple(str(key) for key in sent.getlist("channels"))
        return cls(channels=channels, points=tuple(point for point in points if point.body()), **words)

    @property
    def rows(self) -> tuple[PointRow, ...]:
        """The points, and empty rows for more."""
        return (*self.points, *[PointRow()] * (POINT_ROWS - len(self.points)))

    def body(self) -> dict[str, Any]:
        """The entry's body; fields that are empty are left out."""
        body: dict[str, Any] = {
            "id": self.id,
            "title": self.title,
            "questions": _lines(self.questions),
            "gist": self.gist,
            "points": [point.body() for point in self.points],
            "steps": _lines(self.steps),
            "channels": list(self.channels),
            "related": _lines(self.related),
            "see": _lines(self.see),
            "urgent": self.urgent or None,
            "reviewed": self.reviewed,
            "review_by": self.review_by,
            "readers": int(self.readers) if self.readers.isdecimal() else 0,
        }
        required = {"id", "title", "questions", "gist", "reviewed", "review_by"}
        return {name: value for name, value in body.items() if value or name in required}


def _point(sent: Any, number: int) -> PointRow:
    text, basis, practice = (
        str(sent.get(f"point-{name}-{number}", "")).strip() for name in ("text", "basis", "practice")
    )
    return PointRow(text, basis, practice, tuple(str(key) for key in sent.getlist(f"point-about-{number}")))


def _lines(text: str) -> list[str]:
    return list(dict.fromkeys(line.strip() for line in text.splitlines() if line.strip()))
