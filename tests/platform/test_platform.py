"""Calls to the platform: token, error policy, time-outs, against a server that behaves like it."""

import concurrent.futures

import httpx
import pytest

from fzbot.errors import PlatformError, PlatformUnclearError
from fzbot.wechat.connections import make_http
from fzbot.wechat.error_policy import Reaction, explain, reaction
from fzbot.wechat.platform import Key, Platform
from tests.platform.clients import KEY, SEND, MemoryShelf, client, make_token, text_to
from tests.platform.simulated import SimulatedPlatform


def test_a_call_fetches_one_token_and_keeps_it(simulated: SimulatedPlatform, http: httpx.Client) -> None:
    simulated.add_fans("o-1", allowance=5)
    platform = client(http)
    assert platform.call(SEND, text_to("o-1"))["errcode"] == 0
    assert platform.call(SEND, text_to("o-1", "再说一句"))["errcode"] == 0
    assert simulated.calls("stable_token") == 1
    assert [message["content"] for message in simulated.fans()["o-1"]["received"]] == ["您好", "再说一句"]


def test_many_threads_fetch_one_token(simulated: SimulatedPlatform, http: httpx.Client) -> None:
    platform = Platform(http, KEY, MemoryShelf())
    with concurrent.futures.ThreadPoolExecutor(20) as pool:
        list(pool.map(lambda _: platform.call("/cgi-bin/tags/get"), range(100)))
    assert (simulated.calls("stable_token"), simulated.calls("tags/get")) == (1, 100)


def test_a_token_that_somebody_pushed_out_is_renewed_once(simulated: SimulatedPlatform, http: httpx.Client) -> None:
    platform = client(http)
    platform.call("/cgi-bin/tags/get")
    simulated.change(tokens="renew")
    platform.call("/cgi-bin/tags/get")
    assert simulated.calls("stable_token") == 2


def test_a_revoked_token_is_forced_out(simulated: SimulatedPlatform, http: httpx.Client) -> None:
    store = MemoryShelf()
    platform = client(http, store)
    platform.call("/cgi-bin/tags/get")
    simulated.change(tokens="revoke")
    platform.call("/cgi-bin/tags/get")
    assert (simulated.calls("stable_token"), store.forced) == (3, 1)


def test_a_token_refused_again_and_again_is_not_fetched_without_end(
    simulated: SimulatedPlatform, http: httpx.Client
) -> None:
    simulated.change(faults=[{"path": "tags/get", "kind": "code", "code": 40001}])
    platform = client(http)
    with pytest.raises(PlatformError, match="AppSecret"):
        platform.call("/cgi-bin/tags/get")
    assert simulated.calls("tags/get") == 2
    assert simulated.calls("stable_token") == 3


def test_forced_refreshes_end_at_the_days_allowance(simulated: SimulatedPlatform, http: httpx.Client) -> None:
    store = MemoryShelf()
    store.forced = 20
    platform = client(http, store)
    platform.call("/cgi-bin/tags/get")
    simulated.change(tokens="revoke")
    with pytest.raises(PlatformError, match="满 20 次"):
        platform.call("/cgi-bin/tags/get")
    assert not store.claimed


def test_a_token_is_renewed_before_it_ends(simulated: SimulatedPlatform, http: httpx.Client) -> None:
    store = MemoryShelf()
    store.token = make_token("about to end", lasts=200, age=7000)
    client(http, store).call("/cgi-bin/tags/get")
    assert store.token.value != "about to end"
    assert simulated.answered("tags/get", 0) == 1


def test_while_another_process_renews_the_old_token_is_used(simulated: SimulatedPlatform, http: httpx.Client) -> None:
    client(http, store := MemoryShelf()).call("/cgi-bin/tags/get")
    assert store.token is not None
    busy = MemoryShelf(claimed=True)
    busy.token = make_token(store.token.value, lasts=200, age=7000)
    client(http, busy).call("/cgi-bin/tags/get")
    assert simulated.calls("stable_token") == 1


def test_waiting_for_another_process_ends(simulated: SimulatedPlatform, http: httpx.Client) -> None:
    with pytest.raises(PlatformError, match="等不到"):
        client(http, MemoryShelf(claimed=True)).call("/cgi-bin/tags/get")
    assert simulated.calls("stable_token") == 0


@pytest.mark.parametrize(("key", "words"), [(Key("wx-other", "x"), "AppID"), (Key(KEY.app_id, "wrong"), "AppSecret")])
def test_a_wrong_key_is_said_to_staff(http: httpx.Client, key: Key, words: str) -> None:
    store = MemoryShelf()
    with pytest.raises(PlatformError, match=words):
        client(http, store, key).call("/cgi-bin/tags/get")
    assert not store.claimed


def test_a_busy_platform_is_asked_again(simulated: SimulatedPlatform, http: httpx.Client) -> None:
    simulated.change(faults=[{"path": "tags/get", "kind": "code", "code": -1, "times": 2}])
    client(http).call("/cgi-bin/tags/get")
    assert simulated.calls("tags/get") == 3


def test_what_stays_busy_is_given_up(simulated: SimulatedPlatform, http: httpx.Client) -> None:
    simulated.change(faults=[{"path": "tags/get", "kind": "code", "code": -1}])
    with pytest.raises(PlatformError, match="系统繁忙") as caught:
        client(http).call("/cgi-bin/tags/get")
    assert (caught.value.code, simulated.calls("tags/get")) == (-1, 3)


@pytest.mark.parametrize(
    ("fan", "code", "words"),
    [
        ({"allowance": 0}, 45047, "条数用完"),
        ({"allowance": 5, "follows": False}, 43004, "取消关注"),
        ({"allowance": 5, "blocks": True}, 43019, "黑名单"),
        ({}, 45015, "48 小时"),
    ],
)
def test_refusals_are_not_tried_again(
    simulated: SimulatedPlatform, http: httpx.Client, fan: dict[str, object], code: int, words: str
) -> None:
    simulated.add_fans("o-1", **fan)
    with pytest.raises(PlatformError, match=words) as caught:
        client(http).call(SEND, text_to("o-1"))
    assert (caught.value.code, simulated.calls("message/custom/send")) == (code, 1)


@pytest.mark.parametrize("kind", ["cut", "done-then-cut"])
def test_a_cut_connection_leaves_it_unclear(simulated: SimulatedPlatform, http: httpx.Client, kind: str) -> None:
    simulated.add_fans("o-1", allowance=5)
    simulated.change(faults=[{"path": "message/custom/send", "kind": kind}])
    with pytest.raises(PlatformUnclearError):
        client(http).call(SEND, text_to("o-1"))
    assert simulated.calls("message/custom/send") == 1


def test_a_slow_answer_leaves_it_unclear(simulated: SimulatedPlatform) -> None:
    simulated.add_fans("o-1", allowance=5)
    simulated.change(faults=[{"path": "message/custom/send", "kind": "done-then-slow", "seconds": 1}])
    with httpx.Client(base_url=simulated.url, timeout=0.3) as http:
        platform = Platform(http, KEY, MemoryShelf())
        with pytest.raises(PlatformUnclearError, match="没有回话"):
            platform.call(SEND, text_to("o-1"))
    assert len(simulated.fans()["o-1"]["received"]) == 1


def test_a_platform_that_is_not_reached_did_nothing() -> None:
    with make_http("http://127.0.0.1:1") as http, pytest.raises(PlatformError, match="连不上") as caught:
        client(http).call("/cgi-bin/tags/get")
    assert not isinstance(caught.value, PlatformUnclearError)


def test_an_answer_that_is_no_json_leaves_it_unclear() -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        if "stable_token" in request.url.path:
            return httpx.Response(200, json={"access_token": "t", "expires_in": 7200})
        return httpx.Response(200, text="<html>login</html>")

    http = httpx.Client(base_url="http://platform", transport=httpx.MockTransport(answer))
    with pytest.raises(PlatformUnclearError, match="读不懂"):
        client(http).call("/cgi-bin/tags/get")


def test_every_code_has_a_reaction_and_a_chinese_explanation() -> None:
    assert reaction(45011) is Reaction.NEXT_MINUTE
    assert reaction(45009) is Reaction.NEXT_DAY
    for code in (45015, 45047, 43004, 43019, 48002, 45059, 49003, 40003):
        assert reaction(code) is Reaction.SET_ASIDE
    for code in (48001, 48004, 50002, 40164, 45028, 40125, 12345):
        assert reaction(code) is Reaction.PAUSE
    assert reaction(45002) is Reaction.GIVE_UP
    assert reaction(45159) is Reaction.RETRY
    assert explain(48001).startswith("本公众号没有这个接口的权限")
    assert explain(48001).endswith("（错误码 48001）")
    assert explain(12345, "some words") == "微信没有接受（some words）（错误码 12345）"
