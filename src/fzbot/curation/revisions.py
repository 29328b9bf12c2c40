"""Revisions of entries: a draft, then published; a published one stands in for the shipped entry."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, Text, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from fzbot.db import Base, Moment
from fzbot.knowledge.entry import Entry


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
        before, after = dict(self.base), dict(self.body)
        kept, now = before.pop("questions"), after.pop("questions")
        return before == after and set(kept) <= set(now)


def body_of(entry: Entry) -> dict[str, Any]:
    """An entry as its YAML would say it."""
    body = entry.model_dump(mode="json", exclude_defaults=True)
    body["basis"] = [f"{citation.law}{citation.article or ''}" for citation in entry.basis]
    return body


def entry_of(body: dict[str, Any]) -> Entry:
    """The entry of a body; `ValidationError` when it is none."""
    return Entry.model_validate(body)


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
