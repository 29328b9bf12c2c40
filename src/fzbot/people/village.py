"""The villages of an account; followers join by scanning a village's QR code."""

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from fzbot.db import Base


class Village(Base):
    """A village (村). `scene` is what its QR code carries."""

    __tablename__ = "village"
    __table_args__ = (UniqueConstraint("account_id", "name"), UniqueConstraint("account_id", "scene"))

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    name: Mapped[str] = mapped_column(String(40))
    scene: Mapped[str] = mapped_column(String(64))
