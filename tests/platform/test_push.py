"""Parcels to the simulated platform: each way of sending, and each answer in the outbox's words."""

from datetime import date

import httpx
import pytest
from sqlalchemy import Engine

from fzbot.errors import ConfigError, PlatformError
from fzbot.notices.delivery_methods import DeliveryMethod
from fzbot.notices.push import (
    Accepted,
    Indeterminate,
    OutboundMessage,
    Paused,
    Postponed,
    Refused,
    RetryAfter,
    SendResult,
)
from fzbot.wechat.error_policy import explain
from fzbot.wechat.push import PlatformPush
from fzbot.wechat.tags import Tags
from fzbot.wechat.template import TemplateForm
from tests.notices.town import SEALER, Town
from tests.platform.clients import client
from tests.platform.simulated import SimulatedPlatform

FORM = TemplateForm.parse("TEMPLATE:thing1=title,thing2=text,time3=day")


@pytest.fixture
def town(sqlite_engine: Engine) -> Town:
    return Town(sqlite_engine)


@pytest.fixture
def push(http: httpx.Client, town: Town) -> PlatformPush:
    platform = client(http)
    return PlatformPush(platform, Tags(town.engine, SEALER, platform, town.account), FORM, town.clock)


def message(way: DeliveryMethod, **more: object) -> OutboundMessage:
    values: dict[str, object] = {
        "way": way,
        "client_id": "fzbot-1-1",
        "title": "明天停电",
        "text": "【明天停电】\n请备好蜡烛。",
        "body": "请备好蜡烛。\n请互相转告。" + "长" * 20,
        "link": "https://town.example/a/x?n=1",
        "day": date(2026, 11, 23),
    }
    return OutboundMessage(**values | more)  # type: ignore[arg-type]


def received(simulated: SimulatedPlatform, openid: str) -> list[tuple[str, str]]:
    return [(message["way"], message["content"]) for message in simulated.fans()[openid]["received"]]


def test_a_customer_service_message(simulated: SimulatedPlatform, push: PlatformPush) -> None:
    simulated.add_fans("o-1", allowance=1)
    assert push.send(message(DeliveryMethod.CUSTOMER, openids=("o-1",))) == Accepted()
    assert received(simulated, "o-1") == [("customer", "【明天停电】\n请备好蜡烛。")]
    refused = push.send(message(DeliveryMethod.CUSTOMER, openids=("o-1",)))
    assert isinstance(refused, Refused)
    assert refused.code == 45047


def test_a_template_message(simulated: SimulatedPlatform, push: PlatformPush) -> None:
    simulated.add_fans("o-1")
    result = push.send(message(DeliveryMethod.TEMPLATE, openids=("o-1",)))
    assert isinstance(result, Accepted)
    assert result.msg_id.isdigit()
    assert received(simulated, "o-1") == [("template", "明天停电 请备好蜡烛。 请互相转告。长长长长长长… 2026-11-23")]


def test_a_mass_send_to_all_is_sent_once_however_often_it_is_tried(
    simulated: SimulatedPlatform, push: PlatformPush
) -> None:
    simulated.add_fans("o-1", "o-2")
    first = push.send(message(DeliveryMethod.MASS, to_all=True))
    assert isinstance(first, Accepted)
    assert push.send(message(DeliveryMethod.MASS, to_all=True)) == first
    assert received(simulated, "o-1") == [("mass", "【明天停电】\n请备好蜡烛。")]
    simulated.change(processing=100)
    assert isinstance(push.send(message(DeliveryMethod.MASS, to_all=True)), Postponed)


def test_a_mass_send_to_a_list(simulated: SimulatedPlatform, push: PlatformPush) -> None:
    simulated.add_fans("o-1", "o-2", "o-3")
    assert isinstance(push.send(message(DeliveryMethod.MASS, openids=("o-1", "o-3"))), Accepted)
    assert [len(received(simulated, name)) for name in ("o-1", "o-2", "o-3")] == [1, 0, 1]


def test_a_mass_send_to_a_village_tags_its_followers_first(
    simulated: SimulatedPlatform, push: PlatformPush, town: Town
) -> None:
    town.follow("o-1", "o-2", village=0)
    town.follow("o-3", village=1)
    simulated.add_fans("o-1", "o-2", "o-3")
    assert isinstance(push.send(message(DeliveryMethod.MASS, village_id=town.villages[0])), Accepted)
    assert [len(received(simulated, name)) for name in ("o-1", "o-2", "o-3")] == [1, 1, 0]


def test_a_draft_article_with_its_cover(simulated: SimulatedPlatform, push: PlatformPush) -> None:
    assert push.send(message(DeliveryMethod.DRAFT, title="标题", body="第一段\n\n<第二段>")) == Accepted()
    assert (
        push.send(message(DeliveryMethod.DRAFT, title="标题", body="正文", picture=b"\xff\xd8 a photo")) == Accepted()
    )
    first, _ = simulated.state()["drafts"]
    assert first["articles"][0]["content"] == "<p>第一段</p><p>&lt;第二段&gt;</p>"
    assert simulated.calls("material/add_material") == 2


def test_a_preview_to_ones_own_phone(simulated: SimulatedPlatform, push: PlatformPush) -> None:
    simulated.add_fans("wang-guwen")
    push.preview("先看看", "wang-guwen")
    assert received(simulated, "wang-guwen") == [("preview", "先看看")]
    with pytest.raises(PlatformError, match="openid"):
        push.preview("先看看", "nobody")


@pytest.mark.parametrize(
    ("code", "result"),
    [
        (-1, Postponed("微信系统繁忙，稍后自动再试（错误码 -1）", RetryAfter.SOON, -1)),
        (45011, Postponed("调用太快，下一分钟自动继续（错误码 45011）", RetryAfter.MINUTE, 45011)),
        (45009, Postponed("今天的接口次数用完了，明天自动继续（错误码 45009）", RetryAfter.DAY, 45009)),
        (48001, Paused(explain(48001), 48001)),
        (40164, Paused(explain(40164), 40164)),
        (12345, Paused("微信没有接受（simulated fault）（错误码 12345）", 12345)),
        (45002, Refused("内容太长，请精简（错误码 45002）", 45002)),
        (43004, Paused("对方已取消关注（错误码 43004）", 43004)),
    ],
)
def test_each_refusal_in_the_outboxs_words(
    simulated: SimulatedPlatform, push: PlatformPush, code: int, result: SendResult
) -> None:
    simulated.change(faults=[{"path": "message/*", "kind": "code", "code": code}])
    assert push.send(message(DeliveryMethod.MASS, to_all=True)) == result


def test_a_cut_connection_is_unclear_and_tagging_that_is_cut_is_not(
    simulated: SimulatedPlatform, push: PlatformPush, town: Town
) -> None:
    simulated.change(faults=[{"path": "message/*", "kind": "done-then-cut"}])
    assert isinstance(push.send(message(DeliveryMethod.MASS, to_all=True)), Indeterminate)
    simulated.change(faults=[{"path": "tags/*", "kind": "cut"}])
    result = push.send(message(DeliveryMethod.MASS, village_id=town.villages[0]))
    assert isinstance(result, Postponed)


def test_without_its_store_nothing_is_sent(push: PlatformPush, town: Town) -> None:
    with town.engine.begin() as connection:
        connection.exec_driver_sql("DROP TABLE village_tag")
    assert isinstance(push.send(message(DeliveryMethod.MASS, village_id=town.villages[0])), Postponed)


@pytest.mark.parametrize("text", ["TEMPLATE", "T:thing1=nothing", "T:=title", "T:thing1=title,"])
def test_a_template_setting_that_is_wrong_names_the_variable(text: str) -> None:
    with pytest.raises(ConfigError, match="FZBOT_WECHAT_NOTICE_TEMPLATE"):
        TemplateForm.parse(text)


def test_no_template_is_none() -> None:
    assert TemplateForm.parse("") is None
