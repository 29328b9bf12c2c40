"""An entry as a form's text fields: lists are one item a line."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

REVIEW_EVERY = timedelta(days=182)


@dataclass(frozen=True)
class EntryForm:
    """What stands in the fields."""

    id: str = ""
    title: str = ""
    questions: str = ""
    answer: str = ""
    steps: str = ""
    basis: str = ""
    channels: tuple[str, ...] = ()
    related: str = ""
    urgent: str = ""
    numbers_from: str = ""
    reviewed: str = ""
    review_by: str = ""

    @classmethod
    def blank(cls, today: date, question: str = "") -> "EntryForm":
        """An empty form, to be reviewed in half a year."""
        return cls(questions=question, reviewed=today.isoformat(), review_by=(today + REVIEW_EVERY).isoformat())

    @classmethod
    def of(cls, body: Mapping[str, Any]) -> "EntryForm":
        """The form of an entry's body."""
        return cls(
            id=body["id"],
            title=body.get("title", ""),
            questions="\n".join(body.get("questions", ())),
            answer=body.get("answer", ""),
            steps="\n".join(body.get("steps", ())),
            basis="\n".join(body.get("basis", ())),
            channels=tuple(body.get("channels", ())),
            related="\n".join(body.get("related", ())),
            urgent=body.get("urgent") or "",
            numbers_from="\n".join(f"{number}={source}" for number, source in body.get("numbers_from", {}).items()),
            reviewed=str(body.get("reviewed", "")),
            review_by=str(body.get("review_by", "")),
        )

    @classmethod
    def read(cls, sent: Any) -> "EntryForm":
        """What a browser sent."""
        words = {name: str(sent.get(name, "")).strip() for name in cls.__dataclass_fields__ if name != "channels"}
        return cls(channels=tuple(str(key) for key in sent.getlist("channels")), **words)

    def body(self) -> dict[str, Any]:
        """The entry's body; fields that are empty are left out."""
        pairs = (line.partition("=") for line in _lines(self.numbers_from))
        body: dict[str, Any] = {
            "id": self.id,
            "title": self.title,
            "questions": _lines(self.questions),
            "answer": self.answer.replace("\r", ""),
            "steps": _lines(self.steps),
            "basis": _lines(self.basis),
            "channels": list(self.channels),
            "related": _lines(self.related),
            "urgent": self.urgent or None,
            "numbers_from": {number.strip(): source.strip() for number, _, source in pairs},
            "reviewed": self.reviewed,
            "review_by": self.review_by,
        }
        required = {"id", "title", "questions", "answer", "reviewed", "review_by"}
        return {name: value for name, value in body.items() if value or name in required}


def _lines(text: str) -> list[str]:
    return list(dict.fromkeys(line.strip() for line in text.splitlines() if line.strip()))
