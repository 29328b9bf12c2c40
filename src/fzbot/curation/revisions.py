"""Revisions of entries: a draft, then published; a published one stands in for the shipped entry."""

import re
from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, Text, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from fzbot.db import Base, Moment
from fzbot.knowledge.entry import Entry

_SENTENCE = re.compile(r"[^。！？]+[。！？]")


class RevisionState(StrEnum):
    """Where a revision stands."""

    DRAFT = "draft"
    PUBLISHED = "published"
    DISCARDED = "discarded"


class EntryRevision(Base):
    """A state of an entry that staff wrote. `base` is the entry that was live when the draft was begun.

    `account_id` is the account whose staff wrote it; None where one account is served, and for the county's own.
    """

    __tablename__ = "entry_revision"
    __table_args__ = (Index(None, "entry_id", "state"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    entry_id: Mapped[str] = mapped_column(String(80))
    account_id: Mapped[int | None]
    state: Mapped[str] = mapped_column(String(16))
    body: Mapped[dict[str, Any]] = mapped_column(JSON)
    base: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    note: Mapped[str] = mapped_column(Text)
    author_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    author: Mapped[str] = mapped_column(String(80))
    publisher: Mapped[str | None] = mapped_column(String(80))
    created_at: Mapped[datetime] = mapped_column(Moment)
    changed_at: Mapped[datetime] = mapped_column(Moment)

    @property
    def only_adds_wordings(self) -> bool:
        """Whether nothing but ways of asking is added to the entry that it starts from."""
        if self.base is None:
            return False
        before, after = in_points(self.base), in_points(self.body)
        kept, now = before.pop("questions"), after.pop("questions")
        return before == after and set(kept) <= set(now)


def body_of(entry: Entry) -> dict[str, Any]:
    """An entry as its YAML would say it."""
    body = entry.model_dump(mode="json", exclude_defaults=True)
    for written, point in zip(body.get("points", ()), entry.points, strict=True):
        if point.basis:
            written["basis"] = [f"{citation.law}{citation.article or ''}" for citation in point.basis]
    return body


def entry_of(body: Mapping[str, Any]) -> Entry:
    """The entry of a body, of one written in the old form too; `ValidationError` when it is none."""
    return Entry.model_validate(in_points(body))


def in_points(body: Mapping[str, Any]) -> dict[str, Any]:
    """A body of the version before (one paragraph, laws behind it) in the form of today.

    The paragraph's first sentence becomes the gist and the rest one point, which the checks ask to be split.
    """
    if "answer" not in body:
        return dict(body)
    first, rest = _first_sentence(str(body["answer"]))
    kept = {name: value for name, value in body.items() if name not in {"answer", "basis", "numbers_from"}}
    sources = "，".join(f"{number}：{source}" for number, source in body.get("numbers_from", {}).items())
    point = {"text": rest, "basis": list(body.get("basis", ())), "practice": sources}
    return kept | {"gist": first} | ({"points": [point]} if rest else {})


def _first_sentence(text: str) -> tuple[str, str]:
    found = _SENTENCE.match(text.strip())
    first = found[0] if found else text.strip()
    return first, text.strip()[len(first) :].strip()


def draft_of(session: Session, entry_id: str, account_id: int | None) -> EntryRevision | None:
    """The draft of an entry, the account's or (None) the whole service's; there is one at most."""
    query = select(EntryRevision).where(EntryRevision.entry_id == entry_id, EntryRevision.state == RevisionState.DRAFT)
    return session.scalars(query.where(EntryRevision.account_id == account_id)).first()


def drafts(session: Session, *, account_id: int | None = None, entry_id: str | None = None) -> list[EntryRevision]:
    """All drafts, or those of an account, or of an entry; newest first."""
    query = (
        select(EntryRevision)
        .where(EntryRevision.state == RevisionState.DRAFT)
        .order_by(EntryRevision.changed_at.desc())
    )
    if account_id is not None:
        query = query.where(EntryRevision.account_id == account_id)
    if entry_id is not None:
        query = query.where(EntryRevision.entry_id == entry_id)
    return list(session.scalars(query))


def history(session: Session, entry_id: str) -> list[EntryRevision]:
    """Every published revision of an entry, newest first."""
    query = select(EntryRevision).where(
        EntryRevision.entry_id == entry_id, EntryRevision.state == RevisionState.PUBLISHED
    )
    return list(session.scalars(query.order_by(EntryRevision.id.desc())))
