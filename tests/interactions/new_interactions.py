"""Rows for tests, and what the database holds of them."""

from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import Engine, select

from fzbot import clock, db
from fzbot.interactions.interaction import Interaction
from fzbot.interactions.new_interaction import NewInteraction, Upsert
from fzbot.people import account as accounts
from fzbot.people.account import Credentials
from fzbot.people.sealing import Sealer

NOON = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)


def make_account(engine: Engine, slug: str = "default") -> int:
    with db.make_sessions(engine)() as session:
        account = accounts.add(session, Sealer("x" * 16), Credentials(slug, "token"), slug, clock.now())
        session.commit()
        return account.id


def make_row(
    account_id: int, key: str, reply: str = "答", upserts: tuple[Upsert, ...] = (), **more: Any
) -> NewInteraction:
    values: dict[str, Any] = {
        "account_id": account_id,
        "key": key,
        "openid_hash": "somebody",
        "at": NOON,
        "day": date(2026, 11, 23),
        "channel": "wechat",
        "kind": "text",
        "question": "彩礼怎么退",
        "decision": "answer",
        "entry": "marriage.bride-price",
        "score": 0.9,
        "reply": reply,
        "latency_ms": 1.0,
    }
    return NewInteraction(**(values | more), upserts=upserts)


def stored(engine: Engine) -> list[Interaction]:
    with db.reading(engine) as session:
        return list(session.scalars(select(Interaction).order_by(Interaction.key)))
