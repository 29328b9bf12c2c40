"""A notice to a county's followers: how long it takes to enqueue, how fast it drains over real HTTP, and what memory it takes.

    python -m bench.notices [--recipients 100000] [--drain 10000] [--per-minute 3000] [--database postgresql]

`fzbot worker` and the simulated platform run as processes of their own. `--per-minute` is the rate that is allowed
(FZBOT_SEND_PER_MINUTE); a very large one shows how fast it could go. It ends when `--drain` messages have arrived.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pgserver
import psutil
from sqlalchemy import Engine, func, select

from fzbot import bootstrap, clock
from fzbot.audit import COMMAND_LINE
from fzbot.db import reading, writing
from fzbot.notices.authoring import notice as notices
from fzbot.notices.authoring.audience import Audience
from fzbot.notices.authoring.notice import ApprovalPolicy, Notice, NoticePlan
from fzbot.notices.authoring.wording import NoticeText
from fzbot.notices.delivery import Delivery, DeliveryState
from fzbot.notices.delivery_methods import DeliveryMethod
from fzbot.people import village
from fzbot.people.account import Account
from fzbot.people.sealing import Sealer
from fzbot.settings import Settings
from tests.notices.crowd import gather
from tests.platform.simulated import CREDENTIALS, SimulatedPlatform

VILLAGES = 13
FANS_AT_ONCE = 10_000
LOOK_SECONDS = 0.2
SETTLE_SECONDS = 4.0
MEGABYTE = 1 << 20


@dataclass
class Run:
    """What was measured: seconds, and the worker's memory in bytes over time."""

    enqueued_after: float = 0.0
    drained_after: float = 0.0
    drained: int = 0
    arrived: int = 0
    idle: int = 0
    memory: list[int] = field(default_factory=list)


def main() -> None:
    """Run and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--recipients", type=int, default=100_000)
    parser.add_argument("--drain", type=int, default=10_000)
    parser.add_argument("--per-minute", type=int, default=3000)
    parser.add_argument("--database", choices=["sqlite", "postgresql"], default="sqlite")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as name:
        folder = Path(name)
        folder.chmod(0o755)
        with database(options.database, folder) as url, platform_in(folder) as platform:
            run = measure(environment(folder, url, platform, options.per_minute), platform, options)
    report(run, options)


def measure(variables: dict[str, str], platform: SimulatedPlatform, options: argparse.Namespace) -> Run:
    """Fill a database, start a worker, schedule the notice, and watch."""
    settings = Settings.from_environment(variables)
    bootstrap.prepare(settings)
    engine = bootstrap.open_engine(settings)
    account, openids = populate(engine, settings, options.recipients)
    for first in range(0, len(openids), FANS_AT_ONCE):
        platform.add_fans(*openids[first : first + FANS_AT_ONCE], allowance=5)
    worker = subprocess.Popen([sys.executable, "-m", "fzbot", "worker"], env=variables, stdout=subprocess.DEVNULL)
    try:
        time.sleep(SETTLE_SECONDS)
        return watch(engine, schedule(engine, account), psutil.Process(worker.pid), options, platform)
    finally:
        worker.terminate()
        worker.wait()
        engine.dispose()


def watch(
    engine: Engine, notice_id: int, worker: psutil.Process, options: argparse.Namespace, platform: SimulatedPlatform
) -> Run:
    """Look on until everything is enqueued, and then until enough has arrived."""
    run, started = Run(idle=worker.memory_info().rss), time.monotonic()
    while not is_enqueued(engine, notice_id):
        time.sleep(LOOK_SECONDS)
    run.enqueued_after = time.monotonic() - started
    while run.drained < options.drain:
        run.memory.append(worker.memory_info().rss)
        time.sleep(LOOK_SECONDS)
        run.drained = drained(engine)
    run.drained_after = time.monotonic() - started - run.enqueued_after
    run.arrived = platform.state()["received"].get("customer", 0)
    return run


def report(run: Run, options: argparse.Namespace) -> None:
    """Print the table."""
    middle = run.memory[len(run.memory) // 2]
    lines = [
        ("database", options.database),
        ("recipients", f"{options.recipients:,}"),
        ("enqueued after", f"{run.enqueued_after:.1f} s"),
        ("allowed", f"{options.per_minute:,} a minute"),
        ("drained", f"{run.drained:,} in {run.drained_after:.1f} s"),
        ("rate", f"{run.drained / run.drained_after * 60:,.0f} a minute"),
        ("arrived on the platform", f"{run.arrived:,}"),
        ("memory before", f"{run.idle / MEGABYTE:.0f} MB"),
        ("memory start / middle / end", " / ".join(f"{size / MEGABYTE:.0f}" for size in (run.memory[0], middle, run.memory[-1])) + " MB"),
        ("memory at most", f"{max(run.memory) / MEGABYTE:.0f} MB"),
    ]  # fmt: skip
    for name, value in lines:
        print(f"{name:30}{value:>24}")


def populate(engine: Engine, settings: Settings, number: int) -> tuple[int, list[str]]:
    """Villages and followers who all wrote just now; returns the account and their openids."""
    with writing(engine) as session:
        account = session.scalars(select(Account.id).where(Account.slug == "default")).one()
        villages = [village.add(session, account, f"{one}村").id for one in range(VILLAGES)]
    return account, gather(engine, Sealer(settings.secret()), account, villages, number, clock.now())


def schedule(engine: Engine, account: int) -> int:
    """A notice to everybody, due now."""
    now = clock.now()
    with writing(engine) as session:
        words = NoticeText("放款前先交钱，一定是骗", "没拿到钱先交钱的贷款，都是骗局。已交钱的马上打110。")
        notice = notices.draft(
            session, account, words, NoticePlan(DeliveryMethod.CUSTOMER, Audience()), COMMAND_LINE, now
        )
        notices.approve(session, notice, ApprovalPolicy(), COMMAND_LINE, now)
        notices.schedule(session, notice, now, COMMAND_LINE, now)
        return notice.id


def is_enqueued(engine: Engine, notice_id: int) -> bool:
    """Whether every recipient has a delivery."""
    with reading(engine) as session:
        return bool(session.scalar(select(Notice.is_enqueued).where(Notice.id == notice_id)))


def drained(engine: Engine) -> int:
    """How many deliveries the platform accepted."""
    with reading(engine) as session:
        return session.scalar(select(func.count()).where(Delivery.state == DeliveryState.ACCEPTED)) or 0


def environment(folder: Path, url: str, platform: SimulatedPlatform, per_minute: int) -> dict[str, str]:
    """The settings of the worker."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("FZBOT_")}
    return kept | {
        "FZBOT_DATA_DIR": str(folder / "data"),
        "FZBOT_DATABASE_URL": url,
        "FZBOT_PUBLIC_URL": "https://town.example",
        "FZBOT_WECHAT_TOKEN": CREDENTIALS.token,
        "FZBOT_WECHAT_APP_ID": CREDENTIALS.app_id,
        "FZBOT_WECHAT_APP_SECRET": CREDENTIALS.app_secret,
        "FZBOT_WECHAT_AES_KEY": CREDENTIALS.aes_key,
        "FZBOT_WECHAT_ACCOUNT_TYPE": "service",
        "FZBOT_WECHAT_API_BASE": platform.url,
        "FZBOT_SEND_PER_MINUTE": str(per_minute),
    }


@contextmanager
def database(kind: str, folder: Path) -> Iterator[str]:
    """The address of a fresh database; empty for SQLite."""
    if kind == "sqlite":
        yield ""
        return
    server = pgserver.get_server(folder / "postgres", cleanup_mode="delete")  # type: ignore[attr-defined]
    yield server.get_uri().replace("postgresql://", "postgresql+psycopg://")
    server.cleanup()


@contextmanager
def platform_in(folder: Path) -> Iterator[SimulatedPlatform]:
    """The simulated platform."""
    platform = SimulatedPlatform(folder).start()
    try:
        yield platform
    finally:
        platform.stop()


if __name__ == "__main__":
    main()
