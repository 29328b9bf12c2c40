"""A province's push: encrypted messages at a fixed rate, with workers killed and PostgreSQL restarted when asked for.

    python -m bench.load [--rate 600] [--seconds 60] [--workers 2] [--kill-every 10] [--restart-database]

The load is open: a message is due whether the one before was answered or not. As the platform does, a message without a
reply after five seconds, or whose connection broke, is posted again, three times in all. In the end rows and messages are compared.
"""

import argparse
import asyncio
import os
import signal
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pgserver
import psutil
from sqlalchemy import create_engine, text

from bench.questions import DEV, read
from bench.webhook import OWN
from fzbot.answering.snapshot import Snapshot
from fzbot.bootstrap import CACHE
from fzbot.settings import shipped_knowledge
from tests.platform_client import PlatformClient
from tests.servers import Server

PATIENCE = 5.0
POSTS = 3
SETTLE_SECONDS = 30


@dataclass
class Tally:
    """What became of the messages."""

    taken: list[float] = field(default_factory=list)
    repeated: int = 0
    unanswered: int = 0
    killed: int = 0


def main() -> None:
    """Run and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rate", type=float, default=600)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--kill-every", type=float, default=0)
    parser.add_argument("--restart-database", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as name:
        folder = Path(name)
        folder.chmod(0o755)
        database = pgserver.get_server(folder / "postgres", cleanup_mode="delete")  # type: ignore[attr-defined]
        url = database.get_uri()
        Snapshot.of_folder(shipped_knowledge(), folder / "data" / CACHE)  # training is not what is measured
        server = Server(folder / "data", options.workers, url, more={"FZBOT_POST_MAX_AGE": "0"}).start()
        try:
            tally = asyncio.run(run(server, database, options))
            time.sleep(1)
            rows, keys = settled(url, len(tally.taken))
        finally:
            server.stop()
            database.cleanup()
    answered = len(tally.taken)
    p50, p99, worst = (np.percentile(tally.taken, [50, 99, 100]) * 1000).tolist()
    print(
        f"rate {options.rate:.0f}/s for {options.seconds:.0f} s, {options.workers} workers, "
        f"{tally.killed} workers killed, database restarted: {options.restart_database}"
    )
    print(f"answered {answered}, posted again {tally.repeated}, without a reply {tally.unanswered}")
    print(
        f"p50 {p50:.1f} ms, p99 {p99:.1f} ms, slowest {worst:.0f} ms, over 4.5 s: {sum(t > 4.5 for t in tally.taken)}"
    )
    print(f"rows {rows}, distinct {keys}: lost {answered - min(rows, answered)}, double {rows - keys}")


async def run(server: Server, database: pgserver.PostgresServer, options: argparse.Namespace) -> Tally:  # type: ignore[name-defined]
    """Send, and disturb meanwhile."""
    tally = Tally()
    ending = time.perf_counter() + options.seconds
    disturbers = []
    if options.kill_every:
        disturbers.append(asyncio.create_task(kill_workers(server, tally, options.kill_every, ending)))
    if options.restart_database:
        disturbers.append(asyncio.create_task(restart(database, options.seconds / 2)))
    messages = posts()
    tasks = []
    started = time.perf_counter()
    for number in range(int(options.rate * options.seconds)):
        due = started + number / options.rate
        wait = due - time.perf_counter()
        if wait > 0:
            await asyncio.sleep(wait)
        tasks.append(asyncio.create_task(deliver(server.port, next(messages), tally)))
    await asyncio.gather(*tasks, *disturbers)
    return tally


async def deliver(port: int, message: bytes, tally: Tally) -> None:
    """Post a message until it is answered, as often as the platform does."""
    for attempt in range(POSTS):
        started = time.perf_counter()
        try:
            await asyncio.wait_for(exchange(port, message), PATIENCE)
        except (OSError, TimeoutError, asyncio.IncompleteReadError):
            tally.repeated += attempt < POSTS - 1
            await asyncio.sleep(0.2)
        else:
            tally.taken.append(time.perf_counter() - started)
            return
    tally.unanswered += 1


async def exchange(port: int, message: bytes) -> None:
    """One post on a connection of its own."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        writer.write(message)
        head = await reader.readuntil(b"\r\n\r\n")
        if not head.startswith(b"HTTP/1.1 200"):
            raise ConnectionError(head[:40])
        size = int(head.lower().split(b"content-length:")[1].split(b"\r\n")[0])
        await reader.readexactly(size)
    finally:
        writer.close()


def posts() -> Iterator[bytes]:
    """Raw requests, each a new message of a new villager."""
    words = [question.text for question in read(DEV)] if DEV.exists() else OWN
    client = PlatformClient(mode="secure")
    number = 0
    while True:
        number += 1
        query, body = client.post(client.text(words[number % len(words)], openid=f"o-{number}-{time.time_ns()}"))
        path = "/wechat?" + "&".join(f"{name}={value}" for name, value in query.items())
        head = f"POST {path} HTTP/1.1\r\nHost: fzbot\r\nContent-Type: text/xml\r\nConnection: close\r\n"
        yield f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body


async def kill_workers(server: Server, tally: Tally, every: float, ending: float) -> None:
    """Kill one worker at a time, as a crash would; the server starts another."""
    while time.perf_counter() + every < ending:
        await asyncio.sleep(every)
        workers = psutil.Process(server.pid).children()
        workers[0].kill()
        tally.killed += 1


async def restart(database: pgserver.PostgresServer, after: float) -> None:  # type: ignore[name-defined]
    """Stop PostgreSQL at once, and start it again a second later."""
    await asyncio.sleep(after)
    os.kill(database.get_pid(), signal.SIGQUIT)
    await asyncio.sleep(1)
    await asyncio.to_thread(database.ensure_postgres_running)


def settled(url: str, expected: int) -> tuple[int, int]:
    """Rows and distinct keys, once the spool has emptied itself."""
    engine = create_engine(url.replace("postgresql://", "postgresql+psycopg://"))
    deadline = time.monotonic() + SETTLE_SECONDS
    query = text("SELECT COUNT(*), COUNT(DISTINCT key) FROM interaction")
    while True:
        with engine.connect() as connection:
            rows, keys = connection.execute(query).one()
        if rows >= expected or time.monotonic() > deadline:
            engine.dispose()
            return int(rows), int(keys)
        time.sleep(1)


if __name__ == "__main__":
    main()
