"""The service log: what legal advisers did for people, one row for each time."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, insert
from sqlalchemy.orm import Mapped, Session, mapped_column

from fzbot import audit
from fzbot.audit import Actor, Change
from fzbot.db import Base, Moment

MATTER_LENGTH = 500
RESULT_LENGTH = 200
NAME_LENGTH = 40

WAYS = ("来访", "上门", "电话", "微信", "坐班", "其他")


class Service(Base):
    """A service given in a village. `people` counts how many people came that time (人次)."""

    __tablename__ = "service"
    __table_args__ = (Index(None, "account_id", "at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    village_id: Mapped[int] = mapped_column(ForeignKey("village.id"), index=True)
    at: Mapped[datetime] = mapped_column(Moment)
    matter: Mapped[str] = mapped_column(String(MATTER_LENGTH))
    way: Mapped[str] = mapped_column(String(20))
    people: Mapped[int | None]
    result: Mapped[str] = mapped_column(String(RESULT_LENGTH))
    adviser: Mapped[str] = mapped_column(String(NAME_LENGTH))
    typed_by: Mapped[str] = mapped_column(String(80))
    created_at: Mapped[datetime] = mapped_column(Moment)
    changed_at: Mapped[datetime] = mapped_column(Moment)


@dataclass(frozen=True)
class ServiceFacts:
    """What is written down about a service."""

    at: datetime
    village_id: int
    matter: str
    way: str
    adviser: str
    people: int | None = None
    result: str = ""

    def shown(self) -> dict[str, Any]:
        """As the audit log keeps it: only what was filled in."""
        filled = {key: value for key, value in asdict(self).items() if value not in ("", None)}
        return filled | {"at": self.at.isoformat()}


def facts_of(service: Service) -> ServiceFacts:
    """What is written down about it."""
    return ServiceFacts(**{key: getattr(service, key) for key in ServiceFacts.__dataclass_fields__})


def add(session: Session, account_id: int, facts: ServiceFacts, actor: Actor, at: datetime) -> Service:
    """Write a service down."""
    service = Service(account_id=account_id, typed_by=actor.name, created_at=at, changed_at=at)
    _fill(service, facts)
    session.add(service)
    session.flush()
    audit.record(session, actor, Change("service.add", f"service:{service.id}", after=facts.shown()), at)
    return service


def insert_many(session: Session, account_id: int, rows: Sequence[ServiceFacts], typed_by: str, at: datetime) -> None:
    """The rows alone; who imports them writes one audit event for all of them."""
    by_hand = {"account_id": account_id, "typed_by": typed_by, "created_at": at, "changed_at": at}
    session.execute(insert(Service), [by_hand | vars(facts) for facts in rows])


def change(session: Session, service: Service, facts: ServiceFacts, actor: Actor, at: datetime) -> None:
    """Correct what is written down; who typed it in first stays."""
    before = facts_of(service).shown()
    _fill(service, facts)
    service.changed_at = at
    session.flush()
    audit.record(session, actor, Change("service.change", f"service:{service.id}", before, facts.shown()), at)


def remove(session: Session, service: Service, actor: Actor, at: datetime) -> None:
    """Take a service out of the log; the audit log keeps what was written."""
    subject, before = f"service:{service.id}", facts_of(service).shown()
    session.delete(service)
    session.flush()
    audit.record(session, actor, Change("service.remove", subject, before), at)


def _fill(service: Service, facts: ServiceFacts) -> None:
    for key in ServiceFacts.__dataclass_fields__:
        setattr(service, key, getattr(facts, key))
