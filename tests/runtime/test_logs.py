"""Logs say what happened and where, with the number of the request, and nothing that a person wrote."""

import json
import logging
import sys
import threading
from collections.abc import Iterator

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from fzbot.runtime import logs
from fzbot.runtime.logs import JsonLines, request_id
from fzbot.web.request_log import HEADER, RequestLog, broken

SECRET = "马秀英 13912345678"


def line(name: str, message: str, *arguments: object, error: BaseException | None = None) -> dict[str, object]:
    found = (type(error), error, error.__traceback__) if error else None
    record = logging.LogRecord(name, logging.WARNING, __file__, 1, message, arguments, found)
    said: dict[str, object] = json.loads(JsonLines().format(record))
    return said


def test_our_message_is_said_with_its_arguments() -> None:
    said = line("fzbot.runtime.jobs", "job %s failed", "count")
    assert (said["level"], said["logger"], said["message"]) == ("WARNING", "fzbot.runtime.jobs", "job count failed")
    assert str(said["at"]).endswith("+00:00")


def test_a_foreign_message_is_said_without_its_arguments() -> None:
    assert line("multipart", "got %r", SECRET)["message"] == "got %r"
    assert line("asyncio", f"never retrieved\nfuture: {SECRET}")["message"] == "never retrieved"


def test_an_error_is_said_by_its_types_and_places_only() -> None:
    try:
        try:
            raise KeyError(SECRET)
        except KeyError as inner:
            raise ValueError(SECRET) from inner
    except ValueError as error:
        said = line("fzbot", "broke", error=error)
    assert said["error"] == ["ValueError", "KeyError"]
    assert "test_an_error_is_said" in str(said["where"])
    assert SECRET not in json.dumps(said, ensure_ascii=False)


@pytest.fixture
def lines(caplog: pytest.LogCaptureFixture) -> Iterator[list[dict[str, object]]]:
    found: list[dict[str, object]] = []

    class Kept(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            found.append(json.loads(JsonLines().format(record)))

    handler = Kept()
    logger = logging.getLogger("fzbot.web.request_log")
    logger.addHandler(handler)
    caplog.set_level(logging.INFO)
    yield found
    logger.removeHandler(handler)


@pytest.fixture
def client() -> TestClient:
    app = FastAPI()

    @app.get("/a/{entry}")
    def page(entry: str) -> str:
        return request_id.get() + (str(1 / 0) if entry == "broken" else "")

    app.add_exception_handler(Exception, broken)
    app.add_middleware(RequestLog)
    return TestClient(app, raise_server_exceptions=False)


def test_a_request_has_one_number_in_threads_response_and_log(
    client: TestClient, lines: list[dict[str, object]]
) -> None:
    response = client.get(f"/a/{SECRET}?q={SECRET}")
    number = response.headers[HEADER]
    assert response.json() == number
    (said,) = lines
    assert (said["request"], said["method"], said["route"], said["status"]) == (number, "GET", "/a/{entry}", 200)
    assert SECRET not in json.dumps(said, ensure_ascii=False)


@pytest.mark.parametrize(("given", "is_taken"), [("0123456789abcdef", True), ('x" ; DROP', False), (SECRET, False)])
def test_a_proxy_may_give_the_number_but_nothing_else(client: TestClient, given: str, is_taken: bool) -> None:
    response = client.get("/a/b", headers={HEADER: given.encode()})
    assert (response.headers[HEADER] == given) is is_taken


def test_what_nobody_expected_says_the_number_and_not_the_cause(
    client: TestClient, lines: list[dict[str, object]]
) -> None:
    response = client.get("/a/broken")
    assert response.status_code == 500
    assert str(lines[-1]["request"]) in response.text
    assert "division" not in response.text
    assert lines[-1]["status"] == 500


def test_an_unhandled_error_of_a_thread_is_logged_in_the_same_form(capsys: pytest.CaptureFixture[str]) -> None:

    before = (sys.excepthook, logging.getLogger().handlers[:], logging.getLogger().level)

    hook = threading.excepthook
    try:
        logs.configure()
        thread = threading.Thread(target=dict[str, str]().__getitem__, args=(SECRET,))
        thread.start()
        thread.join()
    finally:
        sys.excepthook, logging.getLogger().handlers[:] = before[0], before[1]
        logging.getLogger().setLevel(before[2])
        threading.excepthook = hook
    said = json.loads(capsys.readouterr().err)
    assert (said["message"], said["error"]) == ("unhandled", ["KeyError"])
