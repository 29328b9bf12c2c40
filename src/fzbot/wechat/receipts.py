"""The platform's receipts: events that say whom a mass send or a template message reached."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from fzbot import clock
from fzbot.db import writing
from fzbot.errors import PostRefusedError
from fzbot.notices.delivery_methods import DeliveryMethod
from fzbot.notices.results import receipts
from fzbot.notices.results.receipts import ReceiptReport
from fzbot.people.sealing import Sealer

MASS = "masssendjobfinish"
TEMPLATE = "templatesendjobfinish"
ID_CHARS, STATUS_CHARS = 32, 80


@dataclass(frozen=True)
class Receipts:
    """Takes receipts out of what comes in; they are no interactions of anybody."""

    engine: Engine
    sealer: Sealer
    now: Callable[[], datetime] = clock.now

    def take(self, parsed: Any, account_id: int) -> bool:
        """Whether a parsed post is a receipt; if so, it is stored. `PostRefusedError` when it cannot be just now."""
        told = self._told(parsed._data)  # noqa: SLF001 - wechatpy's only way to the raw fields
        if told is None:
            return False
        try:
            with writing(self.engine) as session:
                receipts.take(session, account_id, told, self.now())
        except SQLAlchemyError as error:
            raise PostRefusedError("the receipt cannot be stored just now", 429) from error
        return True

    def _told(self, fields: dict[str, Any]) -> ReceiptReport | None:
        event = str(fields.get("Event") or "").lower()
        if str(fields.get("MsgType") or "").lower() != "event" or event not in {MASS, TEMPLATE}:
            return None
        msg_id = str(fields.get("MsgID") or fields.get("MsgId") or "")
        if not msg_id or len(msg_id) > ID_CHARS:
            raise PostRefusedError("MsgID is missing or malformed")
        status = str(fields.get("Status") or "").strip().lower()[:STATUS_CHARS]
        if event == TEMPLATE:
            return ReceiptReport(
                msg_id, DeliveryMethod.TEMPLATE, status, self.sealer.hash(str(fields.get("FromUserName") or ""))
            )
        return ReceiptReport(
            msg_id, DeliveryMethod.MASS, status, None, _number(fields, "TotalCount"), _number(fields, "SentCount")
        )


def _number(fields: dict[str, Any], name: str) -> int:
    text = str(fields.get(name) or "0")
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 9 else 0
