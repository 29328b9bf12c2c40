"""What the platform leaves out or garbles is an unclear answer, and never an error of another kind."""

import json

import pytest

from fzbot.errors import PlatformError, PlatformUnclearError
from fzbot.wechat import answers
from fzbot.wechat.answers import Answer

NO_OBJECTS = [
    b"",
    b"null",
    b"1",
    b"[]",
    b'"ok"',
    b"<html>502 Bad Gateway</html>",
    b'{"errcode":',
    b"\xff\xfe\x00",
    b"[" * 100_000,
]
NO_CODES = ["x", "", [], {}, 1.5, True, "4" * 40, 10**30]


@pytest.mark.parametrize("content", NO_OBJECTS, ids=range(len(NO_OBJECTS)))
def test_what_is_no_object_is_unclear(content: bytes) -> None:
    with pytest.raises(PlatformUnclearError):
        answers.parse(200, content)


@pytest.mark.parametrize("code", NO_CODES, ids=range(len(NO_CODES)))
def test_a_code_that_is_no_number_is_unclear(code: object) -> None:
    with pytest.raises(PlatformUnclearError):
        answers.parse(200, json.dumps({"errcode": code}).encode())


@pytest.mark.parametrize("code", [40164, "40164"])
def test_a_code_may_be_written_as_text(code: object) -> None:
    with pytest.raises(PlatformError, match="白名单") as caught:
        answers.parse(200, json.dumps({"errcode": code, "errmsg": None}).encode())
    assert caught.value.code == 40164


@pytest.mark.parametrize(("status", "kind"), [(500, PlatformUnclearError), (302, PlatformError), (404, PlatformError)])
def test_other_statuses_are_errors_of_ours(status: int, kind: type[PlatformError]) -> None:
    with pytest.raises(PlatformError) as caught:
        answers.parse(status, b"{}")
    assert type(caught.value) is kind


def test_the_platforms_words_are_shown_without_control_characters() -> None:
    with pytest.raises(PlatformError) as caught:
        answers.parse(200, b'{"errcode": 12345, "errmsg": "a\\u0000b\\ud800c"}')
    assert str(caught.value) == "微信没有接受（abc）（错误码 12345）"


def test_without_a_code_nobody_knows_whether_it_was_carried_out() -> None:
    assert answers.done({"errcode": 0}) == {"errcode": 0}
    with pytest.raises(PlatformUnclearError, match="errcode"):
        answers.done(answers.parse(200, b'{"code":500,"message":"gateway"}'))


@pytest.mark.parametrize(
    "answer",
    [
        {},
        {"msgid": None},
        {"msgid": ""},
        {"msgid": {}},
        {"msgid": True},
        {"msgid": "1" * 33},
        {"msgid": "a\x00"},
        {"msgid": "编号"},
    ],
)
def test_an_id_that_cannot_be_kept_is_unclear(answer: Answer) -> None:
    with pytest.raises(PlatformUnclearError, match="msgid"):
        answers.text(answer, "msgid")


def test_fields_that_can_be_used() -> None:
    assert answers.text({"msgid": 123}, "msgid") == answers.text({"msgid": "123"}, "msgid") == "123"
    assert answers.number({"expires_in": "7200"}, "expires_in") == 7200
    assert answers.part({"tag": {"id": 1}}, "tag") == {"id": 1}
    assert answers.parts({"tags": [{"id": 1}]}, "tags") == [{"id": 1}]


@pytest.mark.parametrize("value", [None, -1, 2**31, 1.5, True, "x", "", [], "99999999999"])
def test_a_number_that_cannot_be_used_is_unclear(value: object) -> None:
    with pytest.raises(PlatformUnclearError):
        answers.number({"id": value}, "id")


@pytest.mark.parametrize("value", [None, {}, "x", [None], [1], [[]]])
def test_a_list_that_is_not_of_objects_is_unclear(value: object) -> None:
    with pytest.raises(PlatformUnclearError):
        answers.parts({"tags": value}, "tags")
