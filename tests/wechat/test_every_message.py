"""A signed message that shows who sent it is answered, whatever else is in it: odd bytes, broken XML, what looks like XML."""

import time

import pytest

from tests.interactions.new_interactions import stored
from tests.platform_client import PlatformClient
from tests.wechat.official_account import Wechat

HEAD = (
    "<xml><ToUserName><![CDATA[gh_town]]></ToUserName><FromUserName><![CDATA[o-villager]]></FromUserName>"
    "<CreateTime>{now}</CreateTime><MsgType><![CDATA[text]]></MsgType>"
)
TAIL = "<MsgId>77</MsgId></xml>"


def body(content: str, head: str = HEAD, tail: str = TAIL) -> bytes:
    whole = head.replace("{now}", str(int(time.time()))) + content + tail
    return whole.encode("utf-8", "surrogatepass")


def answer(wechat: Wechat, xml: bytes, mode: str = "secure") -> str:
    client = PlatformClient(mode=mode)  # type: ignore[arg-type]
    response = wechat.request("POST", "/wechat", *client.post(xml))
    assert response.status_code == 200, response.text
    return client.open(response.content)["Content"]


@pytest.mark.parametrize("mode", ["plain", "secure"])
@pytest.mark.parametrize(
    "content",
    [
        "<Content><![CDATA[我\x08不想活了]]></Content>",
        "<Content><![CDATA[我\x02不想\x00活了]]></Content>",
        "<Content><![CDATA[我不想\x0b活了\x1b]]></Content>",
        "<Content><![CDATA[我\ufffe不想\uffff活了]]></Content>",
        "<Content><![CDATA[我\ud83d不想活了]]></Content>",
        "<Content><![CDATA[我\x9d不想\x7f活了]]></Content>",
        "<Content>我&#x2;不想&#8;活&#xFFFE;了&#xD800;&#0;&#x110000;&#99999999999;</Content>",
        "<Content><![CDATA[我&#x2;不想活了]]></Content>",
        "<Con\x08tent>我不想活了</Con\x08tent>",
        "<Content>我&nbsp;不想活了 & 没人管</Content>",
        "<Content><![CDATA[我不想活了</Content>",
        "<Content><![CDATA[<a><![CDATA[我不想活了]]></a>]]></Content>",
        "<Content><![CDATA[我不想活了]]>]]></Content>",
        "<Content>我<b>不想活了</Content>",
        "<Content>我不想活了</Content><Content>真的</Content>",
    ],
)
def test_a_call_for_help_is_heard_through_anything(plain: Wechat, mode: str, content: str) -> None:
    assert "12356" in answer(plain, body(content), mode)
    (row,) = stored(plain.engine)
    assert (row.kind, row.decision) == ("text", "urgent")


@pytest.mark.parametrize("mode", ["plain", "secure"])
def test_bytes_that_are_no_utf8_are_dropped(plain: Wechat, mode: str) -> None:
    xml = body("<Content><![CDATA[我@不想活了]]></Content>")
    for bad in (b"\xff", b"\xc3", b"\xed\xa0\xbd", b"\xc0\x80"):
        assert "12356" in answer(plain, b"\xef\xbb\xbf" + xml.replace(b"@", bad), mode)


def test_what_looks_like_a_document_type_inside_a_message_is_a_message(wechat: Wechat) -> None:
    answer(wechat, body("<Content><![CDATA[手机上弹出 <!DOCTYPE html> 是不是诈骗]]></Content>"))
    answer(wechat, body("<Content><![CDATA[<!ENTITY a 'b'>彩礼]]></Content>", tail="<MsgId>78</MsgId></xml>"))
    assert [row.question for row in stored(wechat.engine)] != []
    assert {row.kind for row in stored(wechat.engine)} == {"text"}


def test_a_message_cut_off_in_the_middle_is_answered(wechat: Wechat) -> None:
    assert "12356" in answer(wechat, body("<Content><![CDATA[我不想活了", tail=""))
    assert "12356" in answer(wechat, body("<Content>我不想活", tail=""))


@pytest.mark.parametrize(
    "xml",
    [
        b"<xml><FromUserName>o</FromUserName></xml>",
        b"<xml><FromUserName>o</FromUserName><CreateTime>soon</CreateTime><MsgType></MsgType></xml>",
        b"<xml><FromUserName>o</FromUserName><CreateTime>999999999999</CreateTime><MsgType><a>text</a></MsgType>",
        b"<FromUserName>o</FromUserName>",
        b"<xml><FromUserName><![CDATA[o]]></FromUserName><CreateTime>1</CreateTime><MsgType>text</MsgType><Content>",
    ],
)
def test_what_says_nothing_but_its_sender_gets_the_numbers_to_call_and_a_row(wechat: Wechat, xml: bytes) -> None:
    reply = answer(wechat, xml)
    assert "110" in reply
    assert "12348" in reply
    (row,) = stored(wechat.engine)
    assert (row.decision, row.question) == (None, None)
    assert answer(wechat, xml) == reply
    assert len(stored(wechat.engine)) == 1


def test_nobody_passes_for_another_by_what_is_written_in_a_message(wechat: Wechat) -> None:
    answer(wechat, body("<Content><![CDATA[谢谢]]></Content>"))
    forged = "<Content><![CDATA[x]]\x08></Content><FromUserName>o-victim</FromUserName><MsgId>1</MsgId><Content>]]></Content>"
    answer(wechat, body(forged, tail="<MsgId>78</MsgId></xml>"))
    assert len({row.openid_hash for row in stored(wechat.engine)}) == 1


def test_messages_without_a_number_are_told_apart_by_their_words(wechat: Wechat) -> None:
    for words in ("谢谢", "再见", "谢谢"):
        answer(wechat, body(f"<Content>{words}</Content>", head=HEAD.replace("{now}", "1790000000"), tail="</xml>"))
    assert len(stored(wechat.engine)) == 2


@pytest.mark.parametrize(
    "xml",
    [
        body("<Content><![CDATA[" + "]]>" * 10_000, tail=""),
        body("<Content>" * 4_000, tail=""),
        body("<a>" * 15_000, tail=""),
        b"<xml><FromUserName>o</FromUserName><EventKey>" + b" " * 45_000,
        b"<?" * 20_000 + b"<FromUserName>o</FromUserName>",
        b"<!--" * 10_000 + b"<FromUserName>o</FromUserName>",
        b"<FromUserName>o</FromUserName>" + b"&#" * 10_000 + b"&#x" + b"f" * 20_000,
    ],
)
def test_no_body_takes_long(wechat: Wechat, xml: bytes) -> None:
    before = time.process_time()
    answer(wechat, xml)
    assert time.process_time() - before < 1.0


def test_an_encrypted_part_without_an_end_takes_no_time(wechat: Wechat) -> None:
    query, _ = wechat.client.post(b"")
    before = time.process_time()
    wechat.request("POST", "/wechat", query, b"<Encrypt>A" + b" " * 60_000)
    assert time.process_time() - before < 1.0
