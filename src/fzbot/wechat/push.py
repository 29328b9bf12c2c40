"""Sends messages of the outbox to the platform, and says what became of them in the outbox's words."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from fzbot import clock
from fzbot.errors import PlatformError, PlatformUnclearError, StoreError
from fzbot.notices.delivery_methods import AccountKind, DeliveryMethod
from fzbot.notices.push import (
    Accepted,
    Indeterminate,
    OutboundMessage,
    Postponed,
    Push,
    Refused,
    RetryAfter,
    SendResult,
)
from fzbot.people.sealing import Sealer
from fzbot.wechat.articles import add_draft
from fzbot.wechat.error_policy import Reaction, reaction
from fzbot.wechat.platform import Platform
from fzbot.wechat.platforms import Platforms
from fzbot.wechat.tags import Tags
from fzbot.wechat.template import TemplateForm

log = logging.getLogger(__name__)

CUSTOMER = "/cgi-bin/message/custom/send"
TEMPLATE = "/cgi-bin/message/template/send"
MASS_TO_TAG = "/cgi-bin/message/mass/sendall"
MASS_TO_LIST = "/cgi-bin/message/mass/send"
PREVIEW = "/cgi-bin/message/mass/preview"
SENT_BEFORE = 45065
NO_TAG = "这个村在平台上还没有标签，请稍后再试"


@dataclass(frozen=True)
class PlatformPush:
    """Implements `notices.Push` for one account."""

    platform: Platform
    tags: Tags
    template: TemplateForm | None
    now: Callable[[], datetime] = clock.now

    def send(self, message: OutboundMessage) -> SendResult:
        """Send a message."""
        try:
            return self._send(message)
        except PlatformUnclearError as error:
            return Indeterminate(str(error))
        except PlatformError as error:
            return _refusal(error)
        except (SQLAlchemyError, StoreError) as error:  # on the way to the token, so nothing was sent
            log.warning("no token, for want of a store: %s", type(error).__name__)
            return Postponed("数据库或 Redis 暂时用不了", RetryAfter.SOON)

    def preview(self, text: str, wechat_name: str) -> None:
        """Show a text to one person."""
        self.platform.call(PREVIEW, {"towxname": wechat_name, **_text(text)})

    def _send(self, message: OutboundMessage) -> SendResult:
        match message.way:
            case DeliveryMethod.CUSTOMER:
                self.platform.call(CUSTOMER, {"touser": message.openids[0], **_text(message.text)})
                return Accepted()
            case DeliveryMethod.TEMPLATE if self.template is not None:
                answer = self.platform.call(TEMPLATE, self.template.fill(message))
                return Accepted(str(answer["msgid"]))
            case DeliveryMethod.MASS:
                return self._mass(message)
            case DeliveryMethod.DRAFT:
                add_draft(self.platform, message)
                return Accepted()
        return Refused(f"不能用“{message.way.label}”发送")

    def _mass(self, message: OutboundMessage) -> SendResult:
        body: dict[str, Any] = {"clientmsgid": message.client_id, **_text(message.text)}
        if message.openids:
            return self._mass_call(MASS_TO_LIST, body | {"touser": list(message.openids)})
        if message.to_all:
            return self._mass_call(MASS_TO_TAG, body | {"filter": {"is_to_all": True}})
        tag = self._tag(message.village_id)
        if tag is None:
            return Refused(NO_TAG)
        return self._mass_call(MASS_TO_TAG, body | {"filter": {"is_to_all": False, "tag_id": tag}})

    def _mass_call(self, path: str, body: dict[str, Any]) -> SendResult:
        try:
            answer = self.platform.call(path, body)
        except PlatformError as error:
            if error.code == SENT_BEFORE:
                return Accepted(str(error.answer.get("msg_id", "")))
            raise
        return Accepted(str(answer["msg_id"]))

    def _tag(self, village_id: int | None) -> int | None:
        if village_id is None:
            return None
        try:
            self.tags.synchronise(self.now())
        except PlatformUnclearError as error:  # tagging may be repeated; nothing was sent yet
            raise PlatformError(str(error), -1) from error
        return self.tags.tag_of(village_id)


@dataclass(frozen=True)
class PlatformPushes:
    """Implements `notices.Pushes`."""

    platforms: Platforms
    engine: Engine
    sealer: Sealer
    template: TemplateForm | None
    """The template of the default account."""

    def find(self, account_id: int) -> Push | None:
        """The platform of an account; None where it has no key."""
        platform = self.platforms.find(account_id)
        if platform is None:
            return None
        tags = Tags(self.engine, self.sealer, platform, account_id)
        return PlatformPush(platform, tags, self._template(account_id))

    def kind(self, account_id: int) -> AccountKind:
        """What kind of account it is."""
        return AccountKind.parse(self.platforms.credentials(account_id).kind)

    def has_template(self, account_id: int) -> bool:
        """Whether a template is configured."""
        return self._template(account_id) is not None

    def _template(self, account_id: int) -> TemplateForm | None:
        return self.template if self.platforms.is_default(account_id) else None


def _refusal(error: PlatformError) -> SendResult:
    if error.code is None:
        return Postponed(str(error), RetryAfter.SOON)
    match reaction(error.code):
        case Reaction.RETRY | Reaction.REFRESH:  # somebody else may have pushed out the token again
            return Postponed(str(error), RetryAfter.SOON, error.code)
        case Reaction.NEXT_MINUTE:
            return Postponed(str(error), RetryAfter.MINUTE, error.code)
        case Reaction.NEXT_DAY:
            return Postponed(str(error), RetryAfter.DAY, error.code)
    return Refused(str(error), error.code)


def _text(words: str) -> dict[str, Any]:
    return {"msgtype": "text", "text": {"content": words}}
