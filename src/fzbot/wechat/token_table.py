"""The token's store in the database: one row an account."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Date, Engine, ForeignKey, String, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from fzbot.clock import china_day
from fzbot.db import Base, Moment, reading, take_turns, writing
from fzbot.people.sealing import Sealer
from fzbot.wechat.tokens import Token


class PlatformToken(Base):
    """An account's access token, sealed, and who may fetch the next one until when."""

    __tablename__ = "platform_token"

    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), primary_key=True)
    value_sealed: Mapped[str | None] = mapped_column(String(1200))
    fetched_at: Mapped[datetime | None] = mapped_column(Moment)
    expires_at: Mapped[datetime | None] = mapped_column(Moment)
    claimed_until: Mapped[datetime | None] = mapped_column(Moment)
    forced_on: Mapped[date | None] = mapped_column(Date)
    forced: Mapped[int] = mapped_column(default=0)


@dataclass(frozen=True)
class TableTokenStore:
    """Implements `TokenShelf`."""

    engine: Engine
    sealer: Sealer
    account_id: int

    def read(self) -> Token | None:
        """The token that was fetched last."""
        with reading(self.engine) as session:
            row = session.get(PlatformToken, self.account_id)
            if row is None or row.value_sealed is None or row.fetched_at is None or row.expires_at is None:
                return None
            return Token(self.sealer.unseal(row.value_sealed), row.fetched_at, row.expires_at)

    def claim(self, now: datetime, until: datetime) -> bool:
        """Whether the caller may fetch."""
        with reading(self.engine) as session:  # most who ask are turned away, and need no writer's turn for that
            taken = select(PlatformToken.claimed_until).where(PlatformToken.account_id == self.account_id)
            if (session.scalar(taken) or now) > now:
                return False
        with writing(self.engine) as session:
            row = self._row(session)
            if row.claimed_until is not None and row.claimed_until > now:
                return False
            row.claimed_until = until
            return True

    def put(self, token: Token) -> None:
        """Keep a token and give up the claim."""
        values = {
            "value_sealed": self.sealer.seal(token.value),
            "fetched_at": token.fetched_at,
            "expires_at": token.expires_at,
            "claimed_until": None,
        }
        self._change(values)

    def give_up(self) -> None:
        """Give up the claim."""
        self._change({"claimed_until": None})

    def may_force(self, now: datetime, limit: int) -> bool:
        """Whether a forced refresh is left today; if so, it is taken."""
        today = china_day(now)
        with writing(self.engine) as session:
            row = self._row(session)
            used = row.forced if row.forced_on == today else 0
            if used >= limit:
                return False
            row.forced_on, row.forced = today, used + 1
            return True

    def _row(self, session: Session) -> PlatformToken:
        take_turns(session, "platform token")
        row = session.get(PlatformToken, self.account_id)
        if row is None:
            row = PlatformToken(account_id=self.account_id, forced=0)
            session.add(row)
        return row

    def _change(self, values: dict[str, object]) -> None:
        with writing(self.engine) as session:
            statement = update(PlatformToken).where(PlatformToken.account_id == self.account_id)
            session.execute(statement.values(values))
