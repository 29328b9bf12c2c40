"""What the platform posts, and what an attacker posts, at the real application over ASGI."""

import logging
import time
from collections.abc import Callable

import pytest
from sqlalchemy import text

from fzbot import bootstrap, db
from fzbot.settings import Settings
from tests.interactions.new_interactions import stored
from tests.platform_client import PREVIOUS_KEY, PlatformClient
from tests.wechat.official_account import Wechat


def test_the_address_is_verified_in_plain_and_secure_mode(wechat: Wechat) -> None:
    client = wechat.client
    stamp = str(int(time.time()))
    plain = {"timestamp": stamp, "nonce": "n", "signature": client.sign(stamp, "n"), "echostr": "5927"}
    assert wechat.request("GET", "/wechat", plain).text == "5927"
    echo = client.encrypt("5928")
    secure = {"timestamp": stamp, "nonce": "n", "msg_signature": client.sign(stamp, "n", echo), "echostr": echo}
    assert wechat.request("GET", "/wechat", secure).text == "5928"


@pytest.mark.parametrize("path", ["/wechat/", "/wechat/default", "/wechat/default/"])
def test_the_address_may_be_written_in_other_ways(wechat: Wechat, path: str) -> None:
    client = wechat.client
    stamp = str(int(time.time()))
    query = {"timestamp": stamp, "nonce": "n", "signature": client.sign(stamp, "n"), "echostr": "5927"}
    assert wechat.request("GET", path, query).text == "5927"
    response = wechat.request("POST", path, *client.post(client.text("彩礼能不能要回来")))
    assert "依据：《" in client.open(response.content)["Content"]


def test_an_account_without_a_token_cannot_be_reached(wechat: Wechat) -> None:
    client = PlatformClient(token="", mode="plain")
    response = wechat.request("POST", "/wechat/kiosk", *client.post(client.text("彩礼能不能要回来")))
    assert response.status_code == 404


def test_a_wrong_signature_is_refused_at_verification(wechat: Wechat) -> None:
    wrong = {"timestamp": str(int(time.time())), "nonce": "n", "signature": "0" * 40, "echostr": "5927"}
    response = wechat.request("GET", "/wechat", wrong)
    assert response.status_code == 403
    assert "5927" not in response.text


@pytest.mark.parametrize("mode", ["plain", "compatible", "secure"])
def test_a_question_is_answered_and_counted_in_each_mode(plain: Wechat, mode: str) -> None:
    client = PlatformClient(mode=mode)  # type: ignore[arg-type]
    reply = plain.send(client.text("彩礼能不能要回来"), client)
    assert "依据：《" in reply
    (row,) = stored(plain.engine)
    assert (row.decision, row.entry, row.kind, row.channel) == ("answer", "marriage.bride-price", "text", "wechat")
    assert row.reply == reply
    assert row.reply_bytes == len(reply.encode())
    assert row.latency_ms > 0
    assert "o-villager" not in row.openid_hash


def test_the_previous_key_still_opens_posts_and_seals_the_reply_to_them(wechat: Wechat) -> None:
    client = PlatformClient(aes_key=PREVIOUS_KEY)
    assert wechat.send(client.text("谢谢"), client)


VOICE = {"MsgType": "voice", "MediaId": "m", "Format": "amr", "MsgId": "77"}


def test_voice_is_answered_by_what_was_recognised(wechat: Wechat) -> None:
    assert "依据：《" in wechat.send(wechat.client.xml(**VOICE, Recognition="彩礼能不能要回来。"))
    assert stored(wechat.engine)[0].kind == "voice"


@pytest.mark.parametrize("more", [{}, {"Recognition": ""}])
def test_voice_without_recognition_is_asked_for_again(wechat: Wechat, more: dict[str, str]) -> None:
    assert "没能听出字来" in wechat.send(wechat.client.xml(**VOICE, **more))


@pytest.mark.parametrize(
    "fields",
    [
        {"MsgType": "image", "PicUrl": "u", "MediaId": "m"},
        {"MsgType": "video", "MediaId": "m", "ThumbMediaId": "t"},
        {"MsgType": "shortvideo", "MediaId": "m", "ThumbMediaId": "t"},
        {"MsgType": "location", "Location_X": "36.0", "Location_Y": "106.2", "Scale": "20", "Label": "固原"},
        {"MsgType": "link", "Url": "u"},
        {"MsgType": "something-new"},
    ],
)
def test_what_cannot_be_read_is_asked_for_in_words(wechat: Wechat, fields: dict[str, str]) -> None:
    reply = wechat.send(wechat.client.xml(**fields, MsgId="5"))
    assert "打字" in reply or "打给我" in reply
    assert stored(wechat.engine)[0].decision is None


@pytest.mark.parametrize("kind", ["link", "miniprogrampage"])
def test_a_forwarded_link_is_read_by_its_title(wechat: Wechat, kind: str) -> None:
    title = {"MsgType": kind, "Title": "网上刷单做任务，一天赚三百", "Description": "点进来先垫后返", "Url": "u"}
    reply = wechat.send(wechat.client.xml(**title, MsgId="6"))
    assert reply.startswith("链接我点不开，只看了题目“网上刷单做任务，一天赚三百”")
    row = stored(wechat.engine)[0]
    assert (row.kind, row.entry) == ("link", "fraud.brushing")


def test_a_new_follower_is_greeted_with_the_menu(wechat: Wechat) -> None:
    reply = wechat.send(wechat.client.event("subscribe"))
    assert reply.startswith("您好，我是普法小助手")
    assert "1. " in reply
    assert stored(wechat.engine)[0].kind == "subscribe"


def test_a_follower_who_came_by_a_villages_code_is_of_that_village(wechat: Wechat) -> None:
    with wechat.engine.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO village (account_id, name, scene) SELECT id, '石窑村', 'v7' FROM account WHERE slug = 'default'"
            )
        )
    assert "石窑村" in wechat.send(wechat.client.event("subscribe", "qrscene_v7"))
    wechat.says("彩礼能不能要回来")
    assert all(row.village_id is not None for row in stored(wechat.engine))


def test_scan_click_and_silent_events(wechat: Wechat) -> None:
    client = wechat.client
    assert "结婚离婚" in wechat.send(client.event("CLICK", "topic:marriage"))
    assert "依据：《" in wechat.send(client.event("CLICK", "marriage.bride-price"))
    for event in ("unsubscribe", "SCAN", "VIEW", "LOCATION"):
        assert wechat.send(client.event(event, "x")) == ""
    assert len(stored(wechat.engine)) == 6


def test_receipts_are_kept_and_are_nobodys_interaction(wechat: Wechat) -> None:
    counts = {"TotalCount": "100", "FilterCount": "99", "SentCount": "98", "ErrorCount": "1"}
    mass = {"MsgType": "event", "Event": "MASSSENDJOBFINISH", "MsgID": "1000001", "Status": "send success", **counts}
    template = {"MsgType": "event", "Event": "TEMPLATESENDJOBFINISH", "MsgID": "200163836", "Status": "success"}
    for fields in (mass, mass, template):
        assert wechat.send(wechat.client.xml("o-mphelper", **fields)) == ""
    with wechat.engine.connect() as connection:
        rows = connection.execute(text("SELECT msg_id, way, status, total, sent FROM receipt ORDER BY msg_id")).all()
        followers = connection.scalar(text("SELECT count(*) FROM follower"))
    assert [tuple(row) for row in rows] == [
        ("1000001", "mass", "send success", 100, 98),
        ("200163836", "template", "success", 1, 1),
    ]
    assert (stored(wechat.engine), followers) == ([], 0)


def test_a_receipt_without_a_number_is_refused(wechat: Wechat) -> None:
    xml = wechat.client.xml(MsgType="event", Event="MASSSENDJOBFINISH", Status="send success")
    assert wechat.request("POST", "/wechat", *wechat.client.post(xml)).status_code == 400


def test_three_posts_of_one_message_get_one_reply_and_one_row(wechat: Wechat) -> None:
    xml = wechat.client.text("邻居盖房挡光咋办")
    posts = [("POST", "/wechat", *wechat.client.post(xml)) for _ in range(3)]
    replies = {wechat.client.open(response.content)["Content"] for response in wechat.requests(posts)}
    assert len(replies) == 1
    assert len(stored(wechat.engine)) == 1


def test_a_repeated_number_pick_does_not_pick_twice(wechat: Wechat) -> None:
    wechat.says("菜单")
    xml = wechat.client.text("1")
    assert wechat.send(xml) == wechat.send(xml)
    assert len(stored(wechat.engine)) == 2


def test_events_are_told_apart_by_their_key_and_messages_by_their_sender(wechat: Wechat) -> None:
    client = PlatformClient(clock=time.time())
    wechat.send(client.event("CLICK", "topic:land"), client)
    wechat.send(client.event("CLICK", "topic:loan"), client)
    same_id = {"MsgType": "text", "Content": "谢谢", "MsgId": "1"}
    wechat.send(client.xml("o-one", **same_id), client)
    wechat.send(client.xml("o-two", **same_id), client)
    assert len(stored(wechat.engine)) == 4


def test_a_stale_or_future_post_is_refused(wechat: Wechat) -> None:
    for clock in (time.time() - 3600, time.time() + 3600):
        client = PlatformClient(clock=clock)
        assert wechat.request("POST", "/wechat", *client.post(client.text("彩礼"))).status_code == 403


def _tamper_signature(query: dict[str, str], body: bytes) -> tuple[dict[str, str], bytes]:
    return query | {"msg_signature": "0" * 40}, body


def _drop_query(query: dict[str, str], body: bytes) -> tuple[dict[str, str], bytes]:  # noqa: ARG001
    return {}, body


def _change_body(query: dict[str, str], body: bytes) -> tuple[dict[str, str], bytes]:
    return query, body.replace(b"<Encrypt><![CDATA[", b"<Encrypt><![CDATA[AAAA")


@pytest.mark.parametrize("damage", [_tamper_signature, _drop_query, _change_body])
def test_a_damaged_post_is_refused_and_nothing_is_stored(
    wechat: Wechat,
    damage: Callable[[dict[str, str], bytes], tuple[dict[str, str], bytes]],
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG, logger="fzbot")
    response = wechat.request("POST", "/wechat", *damage(*wechat.client.post(wechat.client.text("我叫马国强"))))
    assert 400 <= response.status_code < 500
    assert len(response.text) < 200
    assert stored(wechat.engine) == []
    assert "马国强" not in caplog.text
    assert "o-villager" not in caplog.text


def test_the_wrong_app_id_is_refused(wechat: Wechat) -> None:
    stranger = PlatformClient(app_id="wxstranger")
    response = wechat.request("POST", "/wechat", *stranger.post(stranger.text("彩礼")))
    assert (response.status_code, "app id" in response.text) == (403, True)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"not xml",
        b"<xml>",
        b"<xml></xml>",
        b"<xml>text</xml>",
        b"<xml><MsgType>text</MsgType></xml>",
        b"<xml><MsgType><a>text</a></MsgType></xml>",
        b"<xml><FromUserName></FromUserName><CreateTime>1</CreateTime><MsgType>text</MsgType></xml>",
        b'<!DOCTYPE xml [<!ENTITY a "aaaa">]><xml><FromUserName>o</FromUserName><Content>&a;</Content></xml>',
        b'<?xml version="1.0"?><!-- <xml> --><!doctype xml><xml><FromUserName>o</FromUserName></xml>',
        b"\xef\xbb\xbf\x02<\x08!ENTITY a 'b'><xml><FromUserName>o</FromUserName></xml>",
        b"<?xml version='1.0' encoding='utf-16'?><xml/>",
        b"\xff\xfe\x00\x00",
        b"<other/>",
    ],
)
def test_bodies_that_show_no_sender_or_declare_a_document_type_are_a_400(plain: Wechat, body: bytes) -> None:
    for client in (PlatformClient(mode="plain"), PlatformClient()):
        query, sealed = client.post(body)
        assert plain.request("POST", "/wechat", query, sealed).status_code == 400
    assert stored(plain.engine) == []


def test_nobody_is_answered_because_his_query_was_captured(wechat: Wechat) -> None:
    query, _ = wechat.client.post(wechat.client.text("彩礼能不能要回来"))
    forged = wechat.client.text("确认删除", openid="o-victim").encode()
    response = wechat.request("POST", "/wechat", query, forged)
    assert (response.status_code, "FZBOT_WECHAT_PLAIN" in response.text) == (403, True)
    assert stored(wechat.engine) == []


def test_in_compatible_mode_the_encrypted_part_is_read_whatever_stands_before_it(wechat: Wechat) -> None:
    client = PlatformClient(mode="compatible")
    query, body = client.post(client.text("彩礼能不能要回来"))
    forged = body.replace("彩礼能不能要回来".encode(), "<Encrypt>AAAA</Encrypt>确认删除".encode())
    assert "依据：《" in client.open(wechat.request("POST", "/wechat", query, forged).content)["Content"]


def test_a_body_over_64_kb_is_refused(wechat: Wechat) -> None:
    client = PlatformClient(mode="plain")
    response = wechat.request("POST", "/wechat", *client.post(client.text("长" * 30_000)))
    assert response.status_code == 413


def test_what_would_break_xml_in_a_reply_is_harmless(plain: Wechat) -> None:
    for mode in ("plain", "secure"):
        client = PlatformClient(mode=mode)
        xml = client.xml(MsgType="text", Content="]]&gt;<b>&amp;\x0b彩礼", MsgId="9")
        assert plain.send(xml, client)


def test_control_characters_in_voice_text_are_not_stored(wechat: Wechat) -> None:
    wechat.send(wechat.client.text("彩礼\u2028\ufffe怎么退"))
    assert stored(wechat.engine)[0].question == "彩礼怎么退"


def test_an_unknown_account_is_a_404(wechat: Wechat) -> None:
    response = wechat.request("POST", "/wechat/nowhere", *wechat.client.post(wechat.client.text("彩礼")))
    assert response.status_code == 404


def test_a_further_account_has_its_own_door_and_rows(wechat: Wechat, settings: Settings) -> None:
    simulated = bootstrap.simulator_credentials(settings)
    client = PlatformClient(simulated.token, simulated.app_id, simulated.aes_key)
    response = wechat.request("POST", "/wechat/simulator", *client.post(client.text("彩礼能不能要回来")))
    assert "依据：《" in client.open(response.content)["Content"]
    wechat.says("彩礼能不能要回来")
    assert len({row.account_id for row in stored(wechat.engine)}) == 2


def test_personal_data_never_reaches_the_table(wechat: Wechat) -> None:
    wechat.says("我叫马国强，身份证642221199001011234，电话13895012345，工钱不给咋办")
    with db.reading(wechat.engine) as session:
        dump = " ".join(str(row) for row in session.execute(text("SELECT * FROM interaction")))
    for secret in ("马国强", "642221199001011234", "13895012345", "o-villager"):
        assert secret not in dump


def test_the_longest_reply_fits_the_platforms_limit(wechat: Wechat) -> None:
    longest = max(
        (wechat.send(wechat.client.event("CLICK", key)) for key in ("marriage.bride-price", "topic:marriage")),
        key=lambda reply: len(reply.encode()),
    )
    assert len(longest.encode()) <= 2047
