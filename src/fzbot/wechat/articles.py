"""A notice as a draft article (草稿图文) of the account, for staff to look through and publish on the platform's own pages."""

import io
from html import escape

from PIL import Image

from fzbot.notices.push import OutboundMessage
from fzbot.wechat import answers
from fzbot.wechat.platform import Platform

MATERIAL = "/cgi-bin/material/add_material"
DRAFT = "/cgi-bin/draft/add"
ID_CHARS = 256
COVER_SIZE = (900, 383)
COVER_COLOUR = (178, 34, 34)


def add_draft(platform: Platform, message: OutboundMessage) -> str:
    """Add the draft; returns the platform's name for it. Every article needs a cover: the notice's picture, or a plain one."""
    cover = message.picture or plain_cover()
    kind = "png" if cover.startswith(b"\x89PNG") else "jpeg"
    material = platform.upload_picture(MATERIAL, f"cover.{kind}", cover, f"image/{kind}")
    thumb = answers.text(material, "media_id", ID_CHARS)
    article = {
        "title": message.title,
        "content": as_html(message.body),
        "thumb_media_id": thumb,
        "content_source_url": message.link,
        "need_open_comment": 0,
    }
    return answers.text(platform.call(DRAFT, {"articles": [article]}), "media_id", ID_CHARS)


def as_html(text: str) -> str:
    """Paragraphs of a plain text."""
    return "".join(f"<p>{escape(line)}</p>" for line in text.splitlines() if line.strip())


def plain_cover() -> bytes:
    """A cover without a motif."""
    buffer = io.BytesIO()
    Image.new("RGB", COVER_SIZE, COVER_COLOUR).save(buffer, "PNG")
    return buffer.getvalue()
