"""`/api/v1`: scoped, revocable, rate-limited tokens; and no input breaks it (schemathesis)."""

import itertools
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from fastapi import FastAPI
from hypothesis import HealthCheck, given, settings
from schemathesis import checks
from sqlalchemy import Engine
from starlette.testclient import TestClient

from fzbot import clock
from fzbot.answering.current_snapshot import CurrentSnapshot
from fzbot.answering.snapshot import Snapshot
from fzbot.audit import COMMAND_LINE
from fzbot.db import reading, writing
from fzbot.interactions.store import store
from fzbot.people import token as tokens
from fzbot.people.token import ApiToken
from fzbot.site.api import api
from fzbot.statistics.figures.figure import Surface
from fzbot.statistics.figures.registry import shown_on
from fzbot.web.rate_limiter import MINUTE, RateLimiter
from tests.interactions.new_interactions import make_account, make_row

ALL = ["answer", "stats", "entries"]


class Caller:
    def __init__(self, engine: Engine, snapshot: Snapshot) -> None:
        self.engine = engine
        self.account = make_account(engine)
        self.application: FastAPI = api(engine, CurrentSnapshot(snapshot), "https://town.example")
        self.http = TestClient(self.application)

    def token(self, scopes: list[str] = ALL) -> dict[str, str]:
        with writing(self.engine) as session:
            _, text = tokens.issue(session, self.account, "大屏", scopes, COMMAND_LINE, clock.now())
        return {"authorization": f"Bearer {text}"}


@pytest.fixture
def caller(engine: Engine, snapshot: Snapshot) -> Iterator[Caller]:
    yield Caller(engine, snapshot)


def test_a_question_is_answered_as_in_the_chat(caller: Caller) -> None:
    answer = caller.http.post("/answer", json={"text": "彩礼能不能要回来"}, headers=caller.token())
    assert answer.status_code == 200
    said = answer.json()
    assert (said["decision"], said["entries"][0]["id"]) == ("answer", "marriage.bride-price")
    danger = caller.http.post("/answer", json={"text": "我不想活了"}, headers=caller.token()).json()
    assert danger["decision"] == "urgent"
    assert "12356" in danger["reply"].splitlines()[0]
    assert "依据" in said["reply"]


def test_figures_are_those_of_the_console(caller: Caller) -> None:
    with caller.engine.begin() as connection:
        store(connection, [make_row(caller.account, str(number), openid_hash="a") for number in range(3)])
    answer = caller.http.get("/stats?from=2026-11-23&to=2026-11-23", headers=caller.token()).json()
    assert (answer["interactions"], answer["people"], answer["themes"]) == (3, 1, {"marriage": 3})
    assert [figure["key"] for figure in answer["figures"]] == [figure.key for figure in shown_on(Surface.API)]
    shown = {figure["key"]: figure for figure in answer["figures"]}
    assert (shown["answered"]["value"], shown["handed-over"]["value"], shown["groups"]["is_by_hand"]) == (3, 0, True)
    assert (shown["direct-rate"]["value"], shown["direct-rate"]["whole"], shown["direct-rate"]["share"]) == (3, 3, 1.0)
    assert caller.http.get("/stats?from=2026-11-24&to=2026-11-23", headers=caller.token()).status_code == 400


def test_entries_are_found_and_read(caller: Caller) -> None:
    headers = caller.token()
    ids = [one["id"] for one in caller.http.get("/entries?q=彩礼", headers=headers).json()]
    assert "marriage.bride-price" in ids
    assert caller.http.get("/entries/marriage.bride-price", headers=headers).json()["basis"].startswith("《")
    assert caller.http.get("/entries/no.such", headers=headers).status_code == 404


def test_only_a_live_token_of_the_right_scope_opens(caller: Caller) -> None:
    post = {"json": {"text": "彩礼"}}
    assert caller.http.post("/answer", **post).status_code == 401
    assert caller.http.post("/answer", headers={"authorization": "Bearer fz_wrong"}, **post).status_code == 401
    headers = caller.token(["stats"])
    assert caller.http.post("/answer", headers=headers, **post).status_code == 403
    with writing(caller.engine) as session:
        tokens.revoke(session, session.get_one(ApiToken, 1), COMMAND_LINE, clock.now())
    assert caller.http.get("/stats?from=2026-11-23&to=2026-11-23", headers=headers).status_code == 401


def test_the_last_use_is_kept_and_the_text_is_not(caller: Caller) -> None:
    headers = caller.token()
    caller.http.get("/entries", headers=headers)
    with reading(caller.engine) as session:
        row = session.get_one(ApiToken, 1)
    assert row.used_at is not None
    assert row.token_hash not in headers["authorization"]


def test_too_many_calls_have_to_wait(caller: Caller) -> None:
    now = 0.0
    caller.application.state.limit = RateLimiter(tokens.PER_MINUTE, clock=lambda: now)
    headers = caller.token()
    codes = [caller.http.get("/entries/chat.thanks", headers=headers).status_code for _ in range(61)]
    assert codes == [200] * 60 + [429]
    another = caller.http.get("/entries/chat.thanks", headers=caller.token())
    now = MINUTE
    later = caller.http.get("/entries/chat.thanks", headers=headers)
    assert (another.status_code, later.status_code) == (200, 200)


@pytest.mark.parametrize(
    ("method", "path"), [("POST", "/answer"), ("GET", "/stats"), ("GET", "/entries"), ("GET", "/entries/{entry_id}")]
)
def test_no_input_breaks_the_interface(sqlite_engine: Engine, snapshot: Snapshot, method: str, path: str) -> None:
    caller = Caller(sqlite_engine, snapshot)
    caller.application.state.limit = RateLimiter(tokens.PER_MINUTE, clock=itertools.count(step=MINUTE).__next__)
    headers = caller.token()
    operation = schemathesis.openapi.from_asgi("/openapi.json", caller.application)[path][method]

    @given(case=operation.as_strategy())
    @settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck), database=None)
    def holds(case: Any) -> None:
        case.validate_response(
            case.call(headers=headers), checks=[checks.not_a_server_error, checks.response_schema_conformance]
        )

    holds()
