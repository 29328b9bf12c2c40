"""Proxies of the environment, and whether a call that failed had gone out."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

import pytest

from fzbot.errors import ConfigError, PlatformError, PlatformUnclearError
from fzbot.wechat.connections import MOST_BYTES, make_http, proxy_for
from fzbot.wechat.platform import Platform
from tests.platform.clients import SEND, MemoryShelf, client, make_token, text_to

API = "https://api.weixin.qq.com"
NAMES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY")


@pytest.fixture(autouse=True)
def _no_proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


@contextmanager
def peer(answer: Callable[[socket.socket], None]) -> Iterator[int]:
    """A server on the loopback that does as it is told with each connection."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.settimeout(10)

        def serve() -> None:
            while True:
                try:
                    connection, _ = listening.accept()
                except OSError:
                    return
                with connection, suppress(OSError):  # the client may leave first
                    connection.settimeout(5)
                    answer(connection)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield listening.getsockname()[1]
        listening.shutdown(socket.SHUT_RDWR)
        thread.join(10)


def says(words: bytes) -> Callable[[socket.socket], None]:
    def answer(connection: socket.socket) -> None:
        connection.recv(65_536)
        connection.sendall(words)
        connection.shutdown(socket.SHUT_WR)
        while connection.recv(65_536):  # closing over what was not read would take back what was sent
            continue

    return answer


def ready(base: str) -> Platform:
    store = MemoryShelf()
    store.token = make_token("t")
    return client(make_http(base), store)


@pytest.mark.parametrize(
    "chosen", ["socks5://10.0.0.1:1080", "socks5h://10.0.0.1", "nonsense://x", "http://[::1", "http://a:b:c"]
)
@pytest.mark.parametrize("name", ["ALL_PROXY", "HTTPS_PROXY"])
def test_a_proxy_that_cannot_be_used_keeps_nothing_from_starting(
    monkeypatch: pytest.MonkeyPatch, name: str, chosen: str
) -> None:
    monkeypatch.setenv(name, chosen)
    assert proxy_for(API) is None
    make_http(API).close()


@pytest.mark.parametrize("but", ["::1,[::1]", "[::1", ",,", "*.qq.com:x", "localhost"])
def test_odd_exceptions_keep_nothing_from_starting(monkeypatch: pytest.MonkeyPatch, but: str) -> None:
    monkeypatch.setenv("NO_PROXY", but)
    monkeypatch.setenv("HTTPS_PROXY", "10.0.0.1:3128")
    found = proxy_for(API)
    assert found is not None
    assert str(found.url) == "http://10.0.0.1:3128"
    make_http(API).close()


@pytest.mark.parametrize("but", ["*", "qq.com", ".weixin.qq.com", "api.weixin.qq.com"])
def test_hosts_to_be_reached_without(monkeypatch: pytest.MonkeyPatch, but: str) -> None:
    monkeypatch.setenv("NO_PROXY", but)
    monkeypatch.setenv("HTTPS_PROXY", "http://10.0.0.1:3128")
    assert proxy_for(API) is None


def test_a_proxy_for_another_scheme_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://10.0.0.1:3128")
    assert proxy_for(API) is None


@pytest.mark.parametrize(
    "words",
    [
        b"HTTP/1.1 503 Service Unavailable\r\ncontent-length: 0\r\n\r\n",
        b"HTTP/1.1 407 Who\r\n\r\n",
        b"",
        b"nonsense\r\n\r\n",
    ],
)
def test_a_proxy_that_makes_no_tunnel_is_known_not_to_have_sent(monkeypatch: pytest.MonkeyPatch, words: bytes) -> None:
    with peer(says(words)) as port:
        monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{port}")
        with pytest.raises(PlatformError, match="连不上") as caught:
            ready(API).call(SEND, text_to("o-1"))
    assert not isinstance(caught.value, PlatformUnclearError)


def test_a_host_without_an_address_or_without_tls_was_sent_nothing() -> None:
    with peer(says(b"no tls here")) as port:
        for base in (f"https://127.0.0.1:{port}", "https://no-such-host.invalid"):
            with pytest.raises(PlatformError, match="连不上") as caught:
                ready(base).call(SEND, text_to("o-1"))
            assert not isinstance(caught.value, PlatformUnclearError)


@pytest.mark.parametrize("words", [b"", b"nonsense\r\n\r\n", b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{"])
def test_what_went_out_and_was_not_answered_is_unclear(words: bytes) -> None:
    with peer(says(words)) as port, pytest.raises(PlatformUnclearError):
        ready(f"http://127.0.0.1:{port}").call(SEND, text_to("o-1"))


def test_an_answer_without_an_end_is_broken_off() -> None:
    endless = b"HTTP/1.1 200 OK\r\ncontent-length: 900000000\r\n\r\n" + b" " * (MOST_BYTES + 1)
    with peer(says(endless)) as port, pytest.raises(PlatformUnclearError, match="没完没了"):
        ready(f"http://127.0.0.1:{port}").call(SEND, text_to("o-1"))


def test_a_base_that_is_no_address_names_the_setting() -> None:
    with pytest.raises(ConfigError, match="FZBOT_WECHAT_API_BASE"):
        make_http("https://[::1")
