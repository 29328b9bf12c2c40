"""Wiring of everything that goes out to the platform: tokens, calls, the outbox and its worker."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial

from sqlalchemy import Engine

from fzbot import clock
from fzbot.knowledge.menu import load_menu
from fzbot.notices.authoring import pictures
from fzbot.notices.authoring.wording import Links
from fzbot.notices.sending.message_builder import MessageBuilder
from fzbot.notices.sending.outbox import RetryPolicy
from fzbot.notices.sending.sender import WAVE, Sender
from fzbot.notices.sending.worker import NoticeWorker
from fzbot.people.sealing import Sealer
from fzbot.settings import Settings
from fzbot.wechat.account_admin import WeChatAccountAdmin
from fzbot.wechat.connections import make_http
from fzbot.wechat.platforms import Platforms
from fzbot.wechat.push import PlatformPushes
from fzbot.wechat.template import TemplateForm
from fzbot.wechat.token_table import TableTokenStore
from fzbot.wechat.tokens import TokenStore

PACE = RetryPolicy()


@dataclass(frozen=True)
class Outgoing:
    """What sends."""

    settings: Settings
    engine: Engine
    sealer: Sealer
    platforms: Platforms
    pushes: PlatformPushes

    def worker(self, pace: RetryPolicy = PACE) -> NoticeWorker:
        """A worker, not started yet."""
        settings = self.settings
        picture = partial(pictures.load, settings.uploads)
        loader = MessageBuilder(self.sealer, Links(settings.public_url), picture)
        pool = ThreadPoolExecutor(WAVE, thread_name_prefix="push")
        sender = Sender(self.engine, self.pushes, loader, pool, settings.send_per_minute, pace, clock.now)
        return NoticeWorker(self.engine, self.pushes, sender, pace, clock.now)

    def account_admin(self) -> WeChatAccountAdmin:
        """Menu, tags and QR codes."""
        menu = partial(load_menu, self.settings.knowledge)
        return WeChatAccountAdmin(self.platforms, self.engine, self.sealer, menu, self.settings.public_url)

    def close(self) -> None:
        """Close the connections to the platform."""
        self.platforms.close()


def open_outgoing(settings: Settings, engine: Engine, sealer: Sealer) -> Outgoing:
    """Everything that sends, as the settings say; nothing is called yet."""
    http = make_http(settings.wechat_api_base)
    platforms = Platforms(engine, sealer, http, settings.credentials, _stores(settings, engine, sealer))
    template = TemplateForm.parse(settings.wechat_notice_template)
    return Outgoing(settings, engine, sealer, platforms, PlatformPushes(platforms, engine, sealer, template))


def _stores(settings: Settings, engine: Engine, sealer: Sealer) -> Callable[[int], TokenStore]:
    """Where an account's token is kept: in Redis where there is one, in the database otherwise."""
    if not settings.redis_url:
        return lambda account_id: TableTokenStore(engine, sealer, account_id)
    from redis import Redis  # noqa: PLC0415 - the server starts a tenth of a second sooner without

    from fzbot.wechat.token_redis import RedisTokenStore  # noqa: PLC0415

    client = Redis.from_url(settings.redis_url)
    return lambda account_id: RedisTokenStore(client, sealer, account_id)
