"""Canaries in every input: identity numbers, phones, names and openids show up in no log, spool, database or error page."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

import httpx
import pytest

from tests.conftest import DataFolder
from tests.platform_client import PlatformClient
from tests.servers import Server, post

ID_CARD = "642221198005151234"
PHONE = "13987654321"
NAME = "马秀英"
OPENID = "oCanaryCanaryCanary123456789"
CANARIES = (ID_CARD, PHONE, NAME, OPENID)
WORDS = f"我叫{NAME}，身份证{ID_CARD}，电话{PHONE}，彩礼能不能要回来"


@pytest.fixture(scope="module")
def server(data_folder: DataFolder) -> Iterator[Server]:
    server = Server(data_folder()).start()
    yield server
    server.stop()


@contextmanager
def database_away(server: Server) -> Iterator[None]:
    """Another writer holds the database, so that rows go to the spool."""
    connection = sqlite3.connect(server.data_dir / "fzbot.db", isolation_level=None)
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
    finally:
        connection.execute("ROLLBACK")
        connection.close()


def singing(server: Server) -> dict[str, list[str]]:
    """The files of the data folder with the canaries that are in them."""
    found = {}
    for path in server.data_dir.rglob("*"):
        if path.is_file():
            content = path.read_bytes()
            heard = [canary for canary in CANARIES if canary.encode() in content]
            if heard:
                found[str(path.relative_to(server.data_dir))] = heard
    return found


def messages(client: PlatformClient) -> list[str]:
    """A message of every kind that can carry words."""
    own = {"openid": OPENID}
    return [
        client.text(WORDS, **own),
        client.xml(OPENID, MsgType="voice", MediaId="m", Recognition=WORDS, MsgId="1"),
        client.xml(OPENID, MsgType="link", Title=WORDS, Description=WORDS, Url=f"https://x/{PHONE}", MsgId="2"),
        client.xml(OPENID, MsgType="location", Location_X="1", Location_Y="2", Label=WORDS, MsgId="3"),
        client.event("CLICK", WORDS, OPENID),
        client.event("SCAN", WORDS, OPENID),
        client.event("subscribe", f"qrscene_{WORDS}", OPENID),
        client.event(WORDS, WORDS, OPENID),
    ]


def test_what_villagers_write_is_kept_masked_or_not_at_all(server: Server) -> None:
    with httpx.Client(timeout=10, trust_env=False) as http:
        for mode in ("plain", "secure"):
            client = PlatformClient(mode=mode)
            for xml in messages(client):
                post(http, server.url, client, xml)
        client = PlatformClient()
        with database_away(server):
            post(http, server.url, client, client.text(WORDS, openid=OPENID))
            assert any((server.data_dir / "spool").glob("*.spool"))
            assert singing(server) == {}
        visit = "0123456789abcdef" * 2
        assert http.post(f"{server.url}/kiosk/messages", data={"visit": visit, "text": WORDS}).is_success
    assert singing(server) == {}
    kept = b"".join(path.read_bytes() for path in server.data_dir.glob("fzbot.db*"))
    assert "[身份证]".encode() in kept


def test_what_is_refused_is_not_logged(server: Server) -> None:
    client = PlatformClient(mode="plain")
    query, body = client.post(client.text(WORDS, openid=OPENID))
    broken = [
        (query | {"signature": WORDS}, body),
        (query | {"timestamp": PHONE}, body),
        (query, WORDS.encode()),
        (query, f"<xml><{PHONE}>{WORDS}</{PHONE}></xml>".encode()),
        (query, WORDS.encode("gb18030")),
    ]
    with httpx.Client(timeout=10, trust_env=False) as http:
        for params, content in broken:
            response = http.post(f"{server.url}/wechat", params=params, content=content)
            assert 400 <= response.status_code < 500
            assert not [canary for canary in CANARIES if canary in response.text]
        for path in (f"/{PHONE}", f"/a/{NAME}", f"/wechat/{OPENID}", f"/console/{PHONE}", f"/privacy?q={WORDS}"):
            response = http.get(server.url + path, headers={"User-Agent": PHONE, "X-Request-Id": PHONE + OPENID})
            assert not [canary for canary in CANARIES if canary in response.text]
        http.post(f"{server.url}/kiosk/messages", data={"visit": PHONE, "text": WORDS})
        http.get(f"{server.url}/api/v1/entries", headers={"Authorization": f"Bearer {PHONE}{OPENID}"})
        form = http.get(f"{server.url}/console/sign-in")
        token = form.text.split('name="csrf" value="')[1].split('"')[0]
        typed = {"csrf": token, "login": f"nobody {PHONE}", "password": WORDS, "code": ID_CARD}
        assert http.post(f"{server.url}/console/sign-in", data=typed).status_code in {401, 403, 422, 400}
    log = (server.data_dir / "server.log").read_text(encoding="utf-8")
    assert '"status": 404' in log
    assert not [canary for canary in CANARIES if canary in log]
