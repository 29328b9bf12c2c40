"""wechatpy's messages ↔ ours."""

import hashlib
import re
from datetime import UTC, datetime
from typing import Any

from wechatpy.replies import TextReply

from fzbot.conversation.message import Message
from fzbot.errors import PostRefusedError
from fzbot.interactions.message_kind import MessageKind
from fzbot.wechat.post_xml import OPENID

MAX_TEXT = 4000
MAX_TITLE = 60
_SECONDS = re.compile(r"[0-9]{1,11}")
_SEPARATOR = "\x1f"
_MESSAGES = {
    "text": MessageKind.TEXT,
    "voice": MessageKind.VOICE,
    "image": MessageKind.IMAGE,
    "video": MessageKind.VIDEO,
    "shortvideo": MessageKind.SHORT_VIDEO,
    "location": MessageKind.LOCATION,
    "link": MessageKind.LINK,
    "miniprogrampage": MessageKind.LINK,
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


def to_message(parsed: Any, account_id: int, arrived_at: datetime) -> Message:
    """Our message for a parsed one; `PostRefusedError` when it does not say who sent it.

    Events carry no MsgId, and MsgId alone has been seen to collide: repeats are told by openid, MsgId and time, of
    events by openid, time, event and key (platform documents; facts of 2026-11). A message whose number was lost is known again by
    its words; one whose time was lost was written when it arrived.
    """
    fields: dict[str, Any] = parsed._data  # noqa: SLF001 - wechatpy's only way to the raw fields
    openid, created = _text(fields, "FromUserName"), _text(fields, "CreateTime")
    if not OPENID.fullmatch(openid):
        raise PostRefusedError("FromUserName is missing or malformed")
    sent_at = datetime.fromtimestamp(int(created), UTC) if _SECONDS.fullmatch(created) else arrived_at
    kind_name = _text(fields, "MsgType").lower()
    if kind_name == "event":
        event, key = _text(fields, "Event").lower(), _text(fields, "EventKey")
        kind = _EVENTS.get(event, MessageKind.OTHER_EVENT)
        post_id = _SEPARATOR.join(("event", openid, created, event, key))
        return Message(account_id, openid, kind, post_id, sent_at, event_key=key.removeprefix("qrscene_"))
    kind = _MESSAGES.get(kind_name, MessageKind.OTHER)
    text, title = _words(fields, kind)
    number = _text(fields, "MsgId") or hashlib.sha256(text.encode()).hexdigest()
    post_id = _SEPARATOR.join(("message", openid, created, number))
    # Where what kind it is was lost, words are still words.
    kind = MessageKind.TEXT if text and not kind_name else kind
    return Message(account_id, openid, kind, post_id, sent_at, text=text[:MAX_TEXT], title=title[:MAX_TITLE])


def _words(fields: dict[str, Any], kind: MessageKind) -> tuple[str, str]:
    """What a message says, and the title of what it forwards."""
    if kind is MessageKind.VOICE:
        return _text(fields, "Recognition"), ""
    if kind is MessageKind.LINK:
        title, description = _text(fields, "Title"), _text(fields, "Description")
        return "。".join(filter(None, (title, description))), title or description
    return _text(fields, "Content"), ""


def reply_xml(parsed: Any, text: str) -> str:
    """A passive text reply. `]]>` would end the CDATA section and break the reply, so it is widened."""
    fields: dict[str, Any] = parsed._data  # noqa: SLF001 - wechatpy's only way to the raw fields
    source, target = (_cdata(_text(fields, name)) for name in ("ToUserName", "FromUserName"))
    return str(TextReply(content=_cdata(text), source=source, target=target).render())


def _cdata(text: str) -> str:
    return text.replace("]]>", "]]＞")


def _text(fields: dict[str, Any], name: str) -> str:
    value = fields.get(name)
    return value.strip() if isinstance(value, str) else ""
