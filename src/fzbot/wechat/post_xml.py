"""From the bytes of a post to its fields, whatever a phone put into it: a signed message is never left without an answer.

Bytes are cleaned of what XML 1.0 cannot carry (its production `Char`), then parsed; what still cannot be parsed is read field by
field. The platform writes ToUserName, FromUserName, CreateTime and MsgType before what a follower wrote, and MsgId behind: so the
first of the former and the last of the latter are its own, and what stands between cannot pass for them.
"""

import html
import re
from typing import Any
from xml.parsers.expat import ExpatError

import wechatpy
from wechatpy.messages import UnknownMessage

from fzbot.errors import PostRefusedError

_NOT_XML = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]")
_REFERENCE = re.compile(r"&#(?:[xX]([0-9a-fA-F]+)|([0-9]+));?")
OPENID = re.compile(r"[^\s<>\]]{1,128}")
_LAST_CODE, _CODE_DIGITS = 0x10FFFF, 7
# Possessive: a long prolog is gone through once.
_DOCTYPE = re.compile(r"(?>[^<]++|<\?(?>.*?\?>)|<!--(?>.*?-->))*+<!\s*(?:DOCTYPE|ENTITY)", re.IGNORECASE | re.DOTALL)
_PLAIN = {
    name: re.compile(rf"<{name}>\s*+(?:<!\[CDATA\[\s*+)?([^\s<>\]]+)")
    for name in ("ToUserName", "FromUserName", "CreateTime", "MsgType", "MsgId", "MsgID", "Event", "EventKey", "Status")
}
_LAST = {"MsgId", "MsgID"}
_ENDS = {"ToUserName", "FromUserName"}
"""Without these nobody can be answered: where they stand nowhere else, they are looked for in what was written."""
_WRITTEN = {
    name: re.compile(rf"<{name}>(.*)</{name}>|<{name}>(.*?)(?:<MsgId>|</xml>|\Z)", re.DOTALL)
    for name in ("Content", "Recognition")
}
_CDATA = re.compile(r"\s*<!\[CDATA\[(.*?)(?:\]\]>)?\s*\Z", re.DOTALL)


def clean(body: bytes) -> str:
    """The text of a body without what XML cannot carry: bad UTF-8, control characters, noncharacters, references to such."""
    text = _NOT_XML.sub("", body.decode("utf-8-sig", "ignore"))
    return _REFERENCE.sub(_reference, text) if "&#" in text else text


def refuse_document_type(text: str) -> None:
    """Refuse a text that declares a document type or an entity before its root element; behind that it is what somebody wrote."""
    if _DOCTYPE.match(text):
        raise PostRefusedError("document types and entities are not taken")


def parse(text: str) -> Any:
    """Wechatpy's message for a cleaned text; `PostRefusedError` where it declares a document type or shows no sender."""
    refuse_document_type(text)
    try:
        message = wechatpy.parse_message(text)
    except (ExpatError, KeyError, TypeError, AttributeError, ValueError):
        message = None  # not what the platform's documents describe
    fields = getattr(message, "_data", None)
    if isinstance(fields, dict) and _is_plain(fields):
        return message
    found = _read(text)
    if "FromUserName" not in found:
        raise PostRefusedError("not a message of the platform: it shows no sender")
    return UnknownMessage(found)


def _is_plain(fields: dict[str, Any]) -> bool:
    """Whether each field is there once, and says who, to whom, when and what."""
    return (
        all(isinstance(fields.get(name), str) for name in ("FromUserName", "CreateTime", "MsgType"))
        and all(fields.get(name) is None or isinstance(fields[name], str) for name in (*_PLAIN, *_WRITTEN))
        and OPENID.fullmatch(fields["FromUserName"].strip()) is not None
    )


def _read(text: str) -> dict[str, str]:
    """What can be made out of a text that is no sound XML."""
    found: dict[str, str] = {}
    whole = text
    for name, pattern in _WRITTEN.items():
        if match := pattern.search(text):
            found[name] = _unwrapped(match[1] or match[2] or "")
            text = text[: match.start()] + text[match.end() :]  # what was written passes for no other field
    for name, pattern in _PLAIN.items():
        values = pattern.findall(text) or (pattern.findall(whole) if name in _ENDS else ())
        if values:
            found[name] = values[-1 if name in _LAST else 0]
    return found


def _unwrapped(text: str) -> str:
    cdata = _CDATA.fullmatch(text)
    return cdata[1] if cdata else html.unescape(text)


def _reference(match: re.Match[str]) -> str:
    digits, base = (match[1], 16) if match[1] else (match[2], 10)
    digits = digits.lstrip("0")
    code = int(digits, base) if 0 < len(digits) <= _CODE_DIGITS else 0
    return match[0] if 0 < code <= _LAST_CODE and not _NOT_XML.match(chr(code)) else ""
