"""What a message tells about the follower who sent it."""

import logging
from datetime import datetime
from typing import Any

from sqlalchemy import Engine, select
from sqlalchemy.exc import SQLAlchemyError

from fzbot.conversation.message import Message
from fzbot.db import reading
from fzbot.interactions.message_kind import MessageKind
from fzbot.interactions.new_interaction import Upsert
from fzbot.people.follower import Follower
from fzbot.people.sealing import Sealer
from fzbot.people.village import Village
from fzbot.runtime.log_limit import OncePerMinute

log = logging.getLogger(__name__)
log.addFilter(OncePerMinute())


def village_scanned(engine: Engine, message: Message) -> Village | None:
    """The village whose QR code or kiosk the message came through, if any; None while the database is away."""
    scene = message.scene or (message.event_key if message.kind in {MessageKind.SUBSCRIBE, MessageKind.SCAN} else "")
    if not scene:
        return None
    try:
        with reading(engine) as session:
            return session.scalar(
                select(Village).where(Village.account_id == message.account_id, Village.scene == scene)
            )
    except SQLAlchemyError as error:
        log.warning("village of a scan not read: %s", type(error).__name__)
        return None


def follower_row(message: Message, person: str, sealer: Sealer, now: datetime, village: Village | None) -> Upsert:
    """The follower as of this message: seen now, joined or left, of the scanned village."""
    values: dict[str, Any] = {
        "account_id": message.account_id,
        "openid_hash": person,
        "openid_sealed": sealer.seal(message.openid),
        "last_message_at": now,
    }
    if message.kind is MessageKind.SUBSCRIBE:
        values |= {"followed_at": now, "unfollowed_at": None}
    if message.kind is MessageKind.UNSUBSCRIBE:
        values["unfollowed_at"] = now
    if village is not None:
        values["village_id"] = village.id
    key = ("account_id", "openid_hash")
    return Upsert(Follower.__tablename__, key, "last_message_at", values, only_new=frozenset({"openid_sealed"}))
