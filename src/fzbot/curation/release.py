"""Releases: which published revisions stand over the shipped knowledge base, all together, at one time.

A release is immutable. It is built and tried aside; only then it goes live, in every worker, whole. Going back is one more
release with the content of an earlier one.
"""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, String, Text, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from fzbot.db import Base, Moment, take_turns
from fzbot.runtime.pg_notify import notify

LEASE = timedelta(minutes=5)
"""How long a builder has; after it another one may take over."""
TURN = "release"
CHANNEL = "fzbot_release"
"""Notified when there is a release to build, and when one went live."""


class ReleaseStage(StrEnum):
    """How far a release is."""

    WAITING = "waiting"
    LIVE = "live"
    REFUSED = "refused"
    PASSED_OVER = "passed-over"


class Release(Base):
    """The entries that stand over the shipped ones. `problems` says why it was refused."""

    __tablename__ = "release"

    id: Mapped[int] = mapped_column(primary_key=True)
    stage: Mapped[str] = mapped_column(String(16), index=True)
    overlay: Mapped[dict[str, Any]] = mapped_column(JSON)
    note: Mapped[str] = mapped_column(Text)
    author: Mapped[str] = mapped_column(String(80))
    problems: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime] = mapped_column(Moment)
    claimed_until: Mapped[datetime | None] = mapped_column(Moment)


def live(session: Session) -> Release | None:
    """The release that answers now; None while only the shipped base does."""
    return session.scalars(
        select(Release).where(Release.stage == ReleaseStage.LIVE).order_by(Release.id.desc())
    ).first()


def newest(session: Session) -> Release | None:
    """What the next release builds upon: the one that waits, or the live one."""
    wanted = (
        select(Release).where(Release.stage.in_((ReleaseStage.WAITING, ReleaseStage.LIVE))).order_by(Release.id.desc())
    )
    return session.scalars(wanted).first()


def add(session: Session, changes: dict[str, Any], note: str, author: str, at: datetime) -> Release:
    """Queue a release: the newest one's entries with `changes` over them."""
    take_turns(session, TURN)
    before = newest(session)
    overlay = (before.overlay if before else {}) | changes
    return _queue(
        session, Release(stage=ReleaseStage.WAITING, overlay=overlay, note=note, author=author, created_at=at)
    )


def go_back(session: Session, earlier: Release, author: str, at: datetime) -> Release:
    """Queue a release with the content of an earlier one."""
    take_turns(session, TURN)
    note = f"恢复到第 {earlier.id} 版"
    overlay = dict(earlier.overlay)
    return _queue(
        session, Release(stage=ReleaseStage.WAITING, overlay=overlay, note=note, author=author, created_at=at)
    )


def claim(session: Session, now: datetime) -> Release | None:
    """The newest waiting release for this builder to build, those before it passed over; None when there is none."""
    take_turns(session, TURN)
    waiting = select(Release).where(Release.stage == ReleaseStage.WAITING).order_by(Release.id.desc())
    release = session.scalars(waiting).first()
    if release is None or (release.claimed_until is not None and release.claimed_until > now):
        return None
    release.claimed_until = now + LEASE
    older = update(Release).where(Release.stage == ReleaseStage.WAITING, Release.id < release.id)
    session.execute(older.values(stage=ReleaseStage.PASSED_OVER))
    return release


def record_outcome(session: Session, release_id: int, problems: list[str]) -> None:
    """Make a built release live, or refuse it; unless a newer one went live meanwhile."""
    take_turns(session, TURN)
    release = session.get_one(Release, release_id)
    current = live(session)
    if current is not None and current.id > release_id:
        release.stage = ReleaseStage.PASSED_OVER
        return
    release.stage = ReleaseStage.REFUSED if problems else ReleaseStage.LIVE
    release.problems = "\n".join(problems)
    notify(session, CHANNEL)


def recent(session: Session, number: int = 50) -> list[Release]:
    """The latest releases, newest first."""
    return list(session.scalars(select(Release).order_by(Release.id.desc()).limit(number)))


def _queue(session: Session, release: Release) -> Release:
    session.add(release)
    session.flush()
    notify(session, CHANNEL)
    return release
