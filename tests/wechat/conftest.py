from collections.abc import Iterator
from dataclasses import replace

import pytest
from fastapi import FastAPI
from sqlalchemy import text

from fzbot import bootstrap
from fzbot.app import build
from fzbot.services import Services, start
from fzbot.settings import Settings
from tests.conftest import SECRET, DataFolder
from tests.platform_client import AES_KEY, PREVIOUS_KEY
from tests.wechat.official_account import Wechat

APP_ID = "wx0123456789abcdef"


@pytest.fixture(scope="session")
def settings(data_folder: DataFolder) -> Settings:
    return Settings(
        data_dir=data_folder(),
        public_url="https://town.example",
        secret_key=SECRET,
        simulator=True,
        follower_per_minute=1000,
        wechat_token="testtoken",
        wechat_app_id=APP_ID,
        wechat_aes_key=AES_KEY,
        wechat_previous_aes_key=PREVIOUS_KEY,
    )


@pytest.fixture(scope="session")
def application(settings: Settings) -> Iterator[tuple[FastAPI, Services]]:
    bootstrap.prepare(settings)
    services = start(settings)
    yield build(services), services
    services.close()


@pytest.fixture
def wechat(application: tuple[FastAPI, Services]) -> Wechat:
    app, services = application
    engine = services.engine
    services.conversation.rate_limiter._buckets.clear()  # one villager writes in all tests, faster than anybody could
    with engine.begin() as connection:
        for table in ("interaction", "session", "follower", "village"):
            connection.execute(text(f"DELETE FROM {table}"))
    return Wechat(app, engine)


@pytest.fixture
def plain(wechat: Wechat, application: tuple[FastAPI, Services], settings: Settings) -> Wechat:
    """The same service where plain posts are taken as well."""
    services = replace(application[1], settings=settings.model_copy(update={"wechat_plain": True}))
    return Wechat(build(services), wechat.engine)
