"""wechatpy's messages ↔ ours."""

import logging
from datetime import UTC, datetime
from typing import Any

from wechatpy.replies import TextReply

from fzbot.conversation.message import Message
from fzbot.errors import PostRefusedError
from fzbot.interactions.message_kind import MessageKind

log = logging.getLogger(__name__)

MAX_TEXT = 4000
_SEPARATOR = "\x1f"
_MESSAGES = {
    "text": MessageKind.TEXT,
    "voice": MessageKind.VOICE,
    "image": MessageKind.IMAGE,
    "video": MessageKind.VIDEO,
    "shortvideo": MessageKind.SHORT_VIDEO,
    "location": MessageKind.LOCATION,
    "link": MessageKind.LINK,
}
_EVENTS = {
    "subscribe": MessageKind.SUBSCRIBE,
    "subscribe_scan": MessageKind.SUBSCRIBE,
    "unsubscribe": MessageKind.UNSUBSCRIBE,
    "scan": MessageKind.SCAN,
    "click": MessageKind.CLICK,
    "view": MessageKind.VIEW,
    "location": MessageKind.REPORT_LOCATION,
}


def to_message(parsed: Any, account_id: int) -> Message:
    """Our message for a parsed one; `PostRefusedError` when who, when or what is missing.

    Events carry no MsgId, and MsgId alone has been seen to collide: repeats are told by openid, MsgId and time, of
    events by openid, time, event and key (platform documents; facts of 2026-11).
    """
    fields: dict[str, Any] = parsed._data  # noqa: SLF001 - wechatpy's only way to the raw fields
    openid, created = _text(fields, "FromUserName"), _text(fields, "CreateTime")
    if not openid or len(openid) > 128 or not (created.isascii() and created.isdigit() and len(created) <= 11):
        raise PostRefusedError("FromUserName or CreateTime is missing or malformed")
    sent_at = datetime.fromtimestamp(int(created), UTC)
    kind_name = _text(fields, "MsgType").lower()
    if kind_name == "event":
        event, key = _text(fields, "Event").lower(), _text(fields, "EventKey")
        kind = _EVENTS.get(event, MessageKind.OTHER_EVENT)
        post_id = _SEPARATOR.join(("event", openid, created, event, key))
        return Message(account_id, openid, kind, post_id, sent_at, event_key=key.removeprefix("qrscene_"))
    kind = _MESSAGES.get(kind_name, MessageKind.OTHER)
    text = _text(fields, "Content") if kind is MessageKind.TEXT else _text(fields, "Recognition")
    post_id = _SEPARATOR.join(("message", openid, created, _text(fields, "MsgId")))
    return Message(account_id, openid, kind, post_id, sent_at, text=text[:MAX_TEXT])


def reply_xml(parsed: Any, text: str) -> str:
    """A passive text reply. `]]>` would end the CDATA section and break the reply, so it is widened."""
    return str(TextReply(content=text.replace("]]>", "]]＞"), message=parsed).render())


def _text(fields: dict[str, Any], name: str) -> str:
    value = fields.get(name)
    return value.strip() if isinstance(value, str) else ""
