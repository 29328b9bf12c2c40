"""What is on the platform, as far as we know: villages' tags, and which follower carries which."""

from datetime import datetime

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from fzbot.db import Base, Moment
from fzbot.people.erasure import GOES


class VillageTag(Base):
    """The platform's tag of a village."""

    __tablename__ = "village_tag"
    __table_args__ = (UniqueConstraint("account_id", "tag_id"),)

    village_id: Mapped[int] = mapped_column(ForeignKey("village.id"), primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    tag_id: Mapped[int]
    name: Mapped[str] = mapped_column(String(40))
    made_at: Mapped[datetime] = mapped_column(Moment)


class FollowerTag(Base):
    """The village that a follower is tagged with on the platform.

    With a `code` the platform would not tag this follower, who is set aside until `again_at`.
    """

    __tablename__ = "follower_tag"
    __table_args__ = ({"info": GOES},)

    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), primary_key=True)
    openid_hash: Mapped[str] = mapped_column(String(32), primary_key=True)
    village_id: Mapped[int] = mapped_column(ForeignKey("village.id"))
    code: Mapped[int | None]
    again_at: Mapped[datetime | None] = mapped_column(Moment)
