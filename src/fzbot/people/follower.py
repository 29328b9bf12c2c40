"""Followers: a villager as an account sees one, an openid and nothing more."""

from datetime import datetime

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from fzbot.db import Base, Moment
from fzbot.people.erasure import GOES


class Follower(Base):
    """A follower (关注者). The openid is hashed for counting and sealed for reaching the person."""

    __tablename__ = "follower"
    __table_args__ = (UniqueConstraint("account_id", "openid_hash"), {"info": GOES})

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    openid_hash: Mapped[str] = mapped_column(String(32))
    openid_sealed: Mapped[str] = mapped_column(String(300))
    village_id: Mapped[int | None] = mapped_column(ForeignKey("village.id"))
    followed_at: Mapped[datetime | None] = mapped_column(Moment)
    unfollowed_at: Mapped[datetime | None] = mapped_column(Moment)
    last_message_at: Mapped[datetime] = mapped_column(Moment)
