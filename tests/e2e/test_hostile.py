"""What a proxy would stop, and the server must survive without one: smuggled, endless and dribbling requests."""

import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from tests.conftest import DataFolder
from tests.platform_client import PlatformClient
from tests.servers import Server, post

HEAD = "POST /wechat HTTP/1.1\r\nHost: fzbot\r\n"


@pytest.fixture(scope="module")
def server(data_folder: DataFolder) -> Iterator[Server]:
    server = Server(data_folder()).start()
    yield server
    server.stop()


def raw(server: Server, request: bytes) -> bytes:
    """What comes back until the server closes or has answered once; 10 s at most."""
    with socket.create_connection(("127.0.0.1", server.port), timeout=10) as connection:
        connection.sendall(request)
        received = b""
        while b"\r\n\r\n" not in received and (chunk := connection.recv(4096)):
            received += chunk
    return received


@pytest.mark.parametrize(
    "smuggled",
    [
        "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /console/ HTTP/1.1\r\n\r\n",
        "Content-Length: 4\r\nContent-Length: 40\r\n\r\nabcd",
        "Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n",
        "Content-Length: +4\r\n\r\nabcd",
        "Content-Length : 4\r\n\r\nabcd",
        "Transfer-Encoding: chunked\r\n\r\nzz\r\nabcd\r\n",
    ],
)
def test_a_request_that_can_be_read_in_two_ways_is_refused(server: Server, smuggled: str) -> None:
    assert raw(server, (HEAD + smuggled).encode()).startswith(b"HTTP/1.1 400")


@pytest.mark.parametrize("path", ["/wechat", "/kiosk/messages", "/console/sign-in"])
def test_a_body_that_is_too_large_is_refused(server: Server, path: str) -> None:
    size = (21 << 20) if path.startswith("/console") else (65 << 10)
    response = httpx.post(server.url + path, files={"photo": b"x" * size}, trust_env=False)
    assert response.status_code == 413


def test_slow_clients_keep_nobody_waiting(server: Server) -> None:
    head = f"{HEAD}Content-Length: 100\r\n\r\n<xml>".encode()
    client = PlatformClient()
    with ThreadPoolExecutor(50) as pool, httpx.Client(timeout=2, trust_env=False) as http:
        slow = [pool.submit(raw, server, head) for _ in range(50)]
        assert post(http, server.url, client, client.text("彩礼能不能要回来"))
        answers = {future.result()[:12] for future in slow}
    assert answers == {b"HTTP/1.1 408"}


def test_the_schema_of_the_whole_server_is_nowhere(server: Server) -> None:
    assert httpx.get(f"{server.url}/openapi.json", trust_env=False).status_code == 404
