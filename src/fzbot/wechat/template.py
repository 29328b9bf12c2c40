"""Template messages: which template, and what goes into its fields."""

import re
from dataclasses import dataclass
from typing import Any

from fzbot.errors import ConfigError
from fzbot.notices.push import OutboundMessage

_FORM = re.compile(r"(?P<id>[A-Za-z0-9_-]+):(?P<fields>\w+=(?:title|text|day)(?:,\w+=(?:title|text|day))*)")
CHARS = 20
"""How much a field such as `thing1` shows (platform limit)."""


@dataclass(frozen=True)
class TemplateForm:
    """A template's id and, for each of its fields, which part of a notice it shows: `title`, `text` or `day`."""

    id: str
    fields: tuple[tuple[str, str], ...]

    @classmethod
    def parse(cls, text: str) -> "TemplateForm | None":
        """From `TEMPLATE_ID:thing1=title,thing2=text,time3=day`; None from an empty text, `ConfigError` otherwise."""
        if not text:
            return None
        found = _FORM.fullmatch(text.replace(" ", ""))
        if found is None:
            raise ConfigError("FZBOT_WECHAT_NOTICE_TEMPLATE 要写成 模板编号:thing1=title,thing2=text,time3=day 这样")
        pairs = (pair.split("=") for pair in found["fields"].split(","))
        return cls(found["id"], tuple((name, part) for name, part in pairs))

    def fill(self, message: OutboundMessage) -> dict[str, Any]:
        """The body of the call. `client_msg_id` makes the platform drop a repeat within ten minutes."""
        parts = {
            "title": _cut(message.title),
            "text": _cut(message.body),
            "day": f"{message.day:%Y-%m-%d}",
        }
        return {
            "touser": message.openids[0],
            "template_id": self.id,
            "url": message.link,
            "client_msg_id": message.client_id,
            "data": {name: {"value": parts[part]} for name, part in self.fields},
        }


def _cut(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= CHARS else line[: CHARS - 1] + "…"
