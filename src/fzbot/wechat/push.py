"""Sends messages of the outbox to the platform, and says what became of them in the outbox's words."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from fzbot import clock
from fzbot.errors import FzbotError, PlatformError, PlatformUnclearError
from fzbot.notices.delivery_methods import AccountKind, DeliveryMethod
from fzbot.notices.push import (
    Accepted,
    Indeterminate,
    OutboundMessage,
    Paused,
    Postponed,
    Push,
    Refused,
    RetryAfter,
    SendResult,
)
from fzbot.people.sealing import Sealer
from fzbot.wechat import answers
from fzbot.wechat.articles import add_draft
from fzbot.wechat.error_policy import Reaction, reaction
from fzbot.wechat.platform import Platform
from fzbot.wechat.platforms import Platforms
from fzbot.wechat.tags import Tags
from fzbot.wechat.template import TemplateForm

CUSTOMER = "/cgi-bin/message/custom/send"
TEMPLATE = "/cgi-bin/message/template/send"
MASS_TO_TAG = "/cgi-bin/message/mass/sendall"
MASS_TO_LIST = "/cgi-bin/message/mass/send"
PREVIEW = "/cgi-bin/message/mass/preview"
NO_TAG = "这个村在公众号上建不成标签，请到后台“公众号”比对村标签，按提示改好"
NO_STORE = "数据库或 Redis 暂时用不了"


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
            return _refusal(error, message.way)
        except SQLAlchemyError:  # on the way to the token, so nothing was sent
            return Postponed(NO_STORE, RetryAfter.SOON)
        except FzbotError as error:  # the token's store is away, or what it keeps cannot be opened
            return Postponed(str(error), RetryAfter.SOON)

    def preview(self, text: str, wechat_name: str) -> None:
        """Show a text to one person."""
        self.platform.order(PREVIEW, {"towxname": wechat_name, **_text(text)})

    def _send(self, message: OutboundMessage) -> SendResult:
        match message.way:
            case DeliveryMethod.CUSTOMER:
                self.platform.order(CUSTOMER, {"touser": message.openids[0], **_text(message.text)})
                return Accepted()
            case DeliveryMethod.TEMPLATE if self.template is not None:
                return Accepted(answers.text(self.platform.order(TEMPLATE, self.template.fill(message)), "msgid"))
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
        return self._mass_to_village(body, message.village_id)

    def _mass_to_village(self, body: dict[str, Any], village_id: int | None) -> SendResult:
        tag = self._tag(village_id)
        if tag is None or village_id is None:
            return Paused(NO_TAG)
        note = self.tags.set_aside(village_id)  # asked for first: once it is sent, nothing may go wrong any more
        return replace(self._mass_call(MASS_TO_TAG, body | {"filter": {"is_to_all": False, "tag_id": tag}}), note=note)

    def _mass_call(self, path: str, body: dict[str, Any]) -> Accepted:
        try:
            answer = self.platform.order(path, body)
        except PlatformError as error:
            if error.code is None or reaction(error.code) is not Reaction.SENT_BEFORE:
                raise
            answer = error.answer
        return Accepted(answers.text(answer, "msg_id"))

    def _tag(self, village_id: int | None) -> int | None:
        if village_id is None:
            return None
        try:
            self.tags.synchronise(self.now())
        except PlatformUnclearError as error:  # tagging may be repeated; nothing was sent yet
            raise PlatformError(str(error)) from error
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


def _refusal(error: PlatformError, way: DeliveryMethod) -> SendResult:
    if error.code is None:
        return Postponed(str(error), RetryAfter.SOON)
    match reaction(error.code):
        case Reaction.RETRY | Reaction.REFRESH:  # somebody else may have pushed out the token again
            return Postponed(str(error), RetryAfter.SOON, error.code)
        case Reaction.NEXT_MINUTE:
            return Postponed(str(error), RetryAfter.MINUTE, error.code)
        case Reaction.NEXT_DAY:
            return Postponed(str(error), RetryAfter.DAY, error.code)
        case Reaction.SET_ASIDE if way.is_personal:
            return Refused(str(error), error.code)
        case Reaction.GIVE_UP | Reaction.SENT_BEFORE:
            return Refused(str(error), error.code)
    return Paused(
        str(error), error.code
    )  # also what is about one follower, said to a whole batch: nobody knows of which


def _text(words: str) -> dict[str, Any]:
    return {"msgtype": "text", "text": {"content": words}}
