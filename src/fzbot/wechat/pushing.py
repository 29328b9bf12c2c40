"""Sends parcels of the outbox to the platform, and says what became of them in the outbox's words."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from fzbot import clock
from fzbot.errors import PlatformError, PlatformUnclearError, StoreError
from fzbot.notices.push import Accepted, Fate, Parcel, Pause, Postponed, Push, Refused, Unclear
from fzbot.notices.ways import AccountKind, Way
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

    def send(self, parcel: Parcel) -> Fate:
        """Send a parcel."""
        try:
            return self._send(parcel)
        except PlatformUnclearError as error:
            return Unclear(str(error))
        except PlatformError as error:
            return _refusal(error)
        except (SQLAlchemyError, StoreError) as error:  # on the way to the token, so nothing was sent
            log.warning("no token, for want of a store: %s", type(error).__name__)
            return Postponed("数据库或 Redis 暂时用不了", Pause.SOON)

    def preview(self, text: str, wechat_name: str) -> None:
        """Show a text to one person."""
        self.platform.call(PREVIEW, {"towxname": wechat_name, **_text(text)})

    def _send(self, parcel: Parcel) -> Fate:
        match parcel.way:
            case Way.CUSTOMER:
                self.platform.call(CUSTOMER, {"touser": parcel.openids[0], **_text(parcel.text)})
                return Accepted()
            case Way.TEMPLATE if self.template is not None:
                answer = self.platform.call(TEMPLATE, self.template.fill(parcel))
                return Accepted(str(answer["msgid"]))
            case Way.MASS:
                return self._mass(parcel)
            case Way.DRAFT:
                add_draft(self.platform, parcel)
                return Accepted()
        return Refused(f"不能用“{parcel.way.label}”发送")

    def _mass(self, parcel: Parcel) -> Fate:
        body: dict[str, Any] = {"clientmsgid": parcel.client_id, **_text(parcel.text)}
        if parcel.openids:
            return self._mass_call(MASS_TO_LIST, body | {"touser": list(parcel.openids)})
        if parcel.to_all:
            return self._mass_call(MASS_TO_TAG, body | {"filter": {"is_to_all": True}})
        tag = self._tag(parcel.village_id)
        if tag is None:
            return Refused(NO_TAG)
        return self._mass_call(MASS_TO_TAG, body | {"filter": {"is_to_all": False, "tag_id": tag}})

    def _mass_call(self, path: str, body: dict[str, Any]) -> Fate:
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


def _refusal(error: PlatformError) -> Fate:
    if error.code is None:
        return Postponed(str(error), Pause.SOON)
    match reaction(error.code):
        case Reaction.RETRY | Reaction.REFRESH:  # somebody else may have pushed out the token again
            return Postponed(str(error), Pause.SOON, error.code)
        case Reaction.NEXT_MINUTE:
            return Postponed(str(error), Pause.MINUTE, error.code)
        case Reaction.NEXT_DAY:
            return Postponed(str(error), Pause.DAY, error.code)
    return Refused(str(error), error.code)


def _text(words: str) -> dict[str, Any]:
    return {"msgtype": "text", "text": {"content": words}}
