"""Throughput of the webhook on one pinned core, beside a raw ASGI echo and a FastAPI route that parses.

    python -m bench.webhook [--seconds 8] [--connections 32]

The server runs pinned to one core, the load from a process of its own on another. Every fzbot message is new: it is
decrypted, matched, recorded and committed (synchronous=FULL) before its reply is counted.
"""

import argparse
import asyncio
import multiprocessing
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator

import httpx
import numpy as np

from bench.questions import DEV, read
from tests.platform_client import AES_KEY, Mode, PlatformClient
from tests.servers import free_port

ENVIRONMENT = {
    "FZBOT_WECHAT_TOKEN": "testtoken",
    "FZBOT_WECHAT_APP_ID": "wx0123456789abcdef",
    "FZBOT_WECHAT_AES_KEY": AES_KEY,
    "FZBOT_WECHAT_PLAIN": "1",
    "FZBOT_POST_MAX_AGE": "0",
}
OWN = [
    "彩礼能不能要回来",
    "老板欠我三个月工钱不给咋弄",
    "邻居盖房把我家光挡了",
    "承包地让人占了",
    "借条过了三年还有用吗",
]


def main() -> None:
    """Run the four servers one after the other and print the table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=float, default=8)
    parser.add_argument("--connections", type=int, default=32)
    arguments = parser.parse_args()
    rows = {}
    runs: list[tuple[str, str, Mode]] = [
        ("raw ASGI echo", "bench.echoes:raw", "plain"),
        ("FastAPI, parses, constant", "bench.echoes:parsing", "plain"),
        ("fzbot plain", "fzbot.app:from_environment", "plain"),
        ("fzbot encrypted", "fzbot.app:from_environment", "secure"),
    ]
    for name, target, mode in runs:
        rows[name] = measure(target, mode, arguments.seconds, arguments.connections)
    base = rows["FastAPI, parses, constant"][0]
    print(f"{'':28}{'req/s':>8}{'ratio':>8}{'p50 ms':>9}{'p99 ms':>9}")
    for name, (rate, p50, p99) in rows.items():
        print(f"{name:28}{rate:8.0f}{rate / base:8.2f}{p50:9.1f}{p99:9.1f}")


def measure(target: str, mode: Mode, seconds: float, connections: int) -> tuple[float, float, float]:
    """Requests a second, and the median and 99th percentile of latency in milliseconds."""
    with tempfile.TemporaryDirectory() as folder:
        port = free_port()
        environment = os.environ | ENVIRONMENT | {"FZBOT_DATA_DIR": folder}
        if "fzbot" in target:
            subprocess.run([sys.executable, "-c", PREPARE], env=environment, check=True)
        command = [
            sys.executable,
            "-m",
            "uvicorn",
            target,
            "--port",
            str(port),
            "--log-level",
            "warning",
            "--no-access-log",
        ]
        server = subprocess.Popen(
            [*pinned(0), *command, *(["--factory"] if "fzbot" in target else [])], env=environment
        )
        try:
            wait(port)
            run_load(port, mode, min(2.0, seconds), connections)
            return run_load(port, mode, seconds, connections)
        finally:
            server.terminate()
            server.wait()


PREPARE = (
    "from fzbot import bootstrap; from fzbot.settings import Settings; bootstrap.prepare(Settings.from_environment())"
)


def pinned(core: int) -> list[str]:
    """The command prefix that keeps a process on one core."""
    return ["taskset", "-c", str(core)]


def wait(port: int) -> None:
    """Until the server answers at all."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            httpx.get(f"http://127.0.0.1:{port}/healthz", timeout=2, trust_env=False)
        except httpx.TransportError:
            time.sleep(0.05)
        else:
            return
    raise SystemExit("the server did not start")


def run_load(port: int, mode: Mode, seconds: float, connections: int) -> tuple[float, float, float]:
    """The load in a process of its own, on the other core."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(load, (port, mode, seconds, connections))


def load(port: int, mode: Mode, seconds: float, connections: int) -> tuple[float, float, float]:
    """Keep `connections` requests under way for `seconds`."""
    os.sched_setaffinity(0, {1})
    return asyncio.run(_load(port, mode, seconds, connections))


async def _load(port: int, mode: Mode, seconds: float, connections: int) -> tuple[float, float, float]:
    taken: list[float] = []
    posts = requests(port, mode)
    end = time.perf_counter() + seconds

    async def one() -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        while time.perf_counter() < end:
            started = time.perf_counter()
            writer.write(next(posts))
            head = await reader.readuntil(b"\r\n\r\n")
            if not head.startswith(b"HTTP/1.1 200"):
                raise SystemExit(f"refused: {head[:60]!r}")
            size = int(head.lower().split(b"content-length:")[1].split(b"\r\n")[0])
            await reader.readexactly(size)
            taken.append(time.perf_counter() - started)
        writer.close()

    await asyncio.gather(*(one() for _ in range(connections)))
    p50, p99 = np.percentile(taken, [50, 99]) * 1000
    return len(taken) / seconds, float(p50), float(p99)


def requests(port: int, mode: Mode) -> Iterator[bytes]:
    """Raw HTTP requests, each a new message of a new villager."""
    words = [question.text for question in read(DEV)] if DEV.exists() else OWN
    client = PlatformClient(mode=mode)
    number = 0
    while True:
        number += 1
        query, body = client.post(client.text(words[number % len(words)], openid=f"o-{number}-{time.time_ns()}"))
        path = "/wechat?" + "&".join(f"{name}={value}" for name, value in query.items())
        yield (
            f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nContent-Type: text/xml\r\n"
            f"Content-Length: {len(body)}\r\n\r\n"
        ).encode() + body


if __name__ == "__main__":
    main()
