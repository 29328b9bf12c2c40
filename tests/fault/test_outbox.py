"""Sending through random faults with workers killed and restarted: everything ends somewhere, and nobody gets it twice."""

import math
import random
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, func, select

from fzbot import clock, db
from fzbot.audit import COMMAND_LINE
from fzbot.db import reading, writing
from fzbot.notices.authoring import notice as notices
from fzbot.notices.authoring.audience import Audience
from fzbot.notices.authoring.notice import ApprovalPolicy, Notice, NoticePlan, NoticeState
from fzbot.notices.authoring.wording import NoticeText
from fzbot.notices.delivery import Delivery, DeliveryState
from fzbot.notices.delivery_methods import AccountKind, DeliveryMethod
from fzbot.notices.sending import quota
from fzbot.people import village
from fzbot.people.account import Account
from fzbot.people.sealing import Sealer
from tests.conftest import DataFolder
from tests.notices.crowd import gather
from tests.platform.simulated import CREDENTIALS, SimulatedPlatform
from tests.servers import Server

WORKERS = 2
LIFE_SECONDS = (1.5, 5.0)
LIFE_SHARE = (0.15, 0.35)
"""Of the deliveries: a worker is killed once so many were sent since it began, however fast the machine is."""
PATIENCE_SECONDS = 900
SEND = "message/*send*"
FAULTS = [
    {"path": SEND, "kind": "code", "code": -1, "chance": 0.03},
    {"path": SEND, "kind": "code", "code": 42001, "chance": 0.01},
    {"path": SEND, "kind": "cut", "chance": 0.01},
    {"path": SEND, "kind": "done-then-cut", "chance": 0.02},
    {"path": SEND, "kind": "slow", "seconds": 0.3, "chance": 0.01},
    {"path": "message/mass/*", "kind": "done-then-cut", "chance": 0.5},
    {"path": "stable_token", "kind": "cut", "chance": 0.1},
    {"path": "tags/*", "kind": "done-then-cut", "chance": 0.1},
]
SPARE = 200
"""What a wave that was granted in one minute and sent in the next may add to that."""


class Hasty:
    """A worker that is killed some seconds or deliveries after it began to work; starting does not count."""

    def __init__(self, server: Server, number: int, seconds: float, deliveries: float) -> None:
        self.ready = server.data_dir / f"worker-{number}.ready"
        self.seconds, self.deliveries = seconds, deliveries
        self.ends = (math.inf, math.inf)
        command = [sys.executable, "-m", "tests.fault.hasty_worker", str(self.ready)]
        with (server.data_dir / "worker.log").open("ab") as log:
            root = Path(__file__).parents[2]
            self.process = subprocess.Popen(command, env=server._environment(), stdout=log, stderr=log, cwd=root)

    def is_over(self, sent: int) -> bool:
        """Whether it has worked for as long as it may, or while as many were sent."""
        if self.ends[0] == math.inf and self.ready.exists():
            self.ends = (time.monotonic() + self.seconds, sent + self.deliveries)
        return time.monotonic() >= self.ends[0] or sent >= self.ends[1]

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()


class Trial:
    """A town with a crowd, pushing through trouble."""

    def __init__(self, server: Server, platform: SimulatedPlatform, engine: Engine, number: int) -> None:
        self.server, self.platform, self.engine = server, platform, engine
        self.number, self.started = number, 0
        now = clock.now()
        secret = (server.data_dir / "secret.key").read_text().strip()
        with writing(engine) as session:
            self.account = session.scalars(select(Account.id).where(Account.slug == "default")).one()
            self.villages = [village.add(session, self.account, name).id for name in ("红庄村", "白庄村", "黑庄村")]
        people = number // 2
        openids = gather(engine, Sealer(secret), self.account, self.villages, people, now)
        platform.add_fans(*openids, allowance=5)
        platform.add_fans(*openids[:: max(1, people // 10)], blocks=True)
        everyone, first = Audience(), Audience((self.villages[0],))
        several = Audience(tuple(self.villages[1:]))
        wanted = [
            (DeliveryMethod.CUSTOMER, everyone),
            (DeliveryMethod.TEMPLATE, everyone),
            (DeliveryMethod.MASS, first),
            (DeliveryMethod.MASS, several),
        ]
        self.notices = [self._push(way, audience, number) for number, (way, audience) in enumerate(wanted)]

    def _push(self, way: DeliveryMethod, audience: Audience, number: int) -> int:
        now = clock.now()
        words = NoticeText(f"通知{number}", f"第{number}条通知的内容")
        with writing(self.engine) as session:
            notice = notices.draft(session, self.account, words, NoticePlan(way, audience), COMMAND_LINE, now)
            notices.approve(session, notice, ApprovalPolicy(), COMMAND_LINE, now)
            notices.schedule(session, notice, now, COMMAND_LINE, now)
            return notice.id

    def go_through(self, dice: random.Random) -> int:
        """Kill and restart workers until every notice is done; returns how many were killed."""
        workers = [self._worker(dice) for _ in range(WORKERS)]
        killed, deadline = 0, time.monotonic() + PATIENCE_SECONDS
        try:
            while not self._is_done():
                assert time.monotonic() < deadline, self._log()
                sent = self._sent()
                for one, worker in enumerate(workers):
                    assert worker.process.poll() is None, self._log()
                    if worker.is_over(sent):
                        worker.kill()
                        killed += 1
                        workers[one] = self._worker(dice)
                if dice.random() < 0.05:
                    self.platform.change(tokens="renew")
                time.sleep(0.1)
        finally:
            for worker in workers:
                worker.kill()
        return killed

    def _worker(self, dice: random.Random) -> Hasty:
        self.started += 1
        return Hasty(self.server, self.started, dice.uniform(*LIFE_SECONDS), self.number * dice.uniform(*LIFE_SHARE))

    def _sent(self) -> int:
        with reading(self.engine) as session:
            open_ = [DeliveryState.QUEUED, DeliveryState.CLAIMED]
            return session.scalar(select(func.count()).where(Delivery.state.not_in(open_))) or 0

    def _is_done(self) -> bool:
        with reading(self.engine) as session:
            open_ = select(func.count()).where(Notice.state.in_([NoticeState.SCHEDULED, NoticeState.SENDING]))
            if session.scalar(open_):
                return False
        receipts = self.platform.state()["receipts"]
        return bool(receipts["owed"] == receipts["posted"])

    def _log(self) -> str:
        return (self.server.data_dir / "worker.log").read_text()[-4000:]

    def rows(self, way: DeliveryMethod) -> list[Delivery]:
        with reading(self.engine) as session:
            return list(session.scalars(select(Delivery).where(Delivery.way == way)))


@pytest.mark.parametrize("kind", ["sqlite", "postgres"])
def test_everything_ends_and_nobody_gets_anything_twice(
    kind: str, request: pytest.FixtureRequest, data_folder: DataFolder, tmp_path: Path
) -> None:
    number: int = request.config.getoption("--deliveries")
    per_minute = max(400, number // 3)
    folder = data_folder()
    url = ""
    if kind == "postgres":
        url = request.getfixturevalue("postgres_engine").url.render_as_string(hide_password=False)
    platform = SimulatedPlatform(tmp_path)
    settings = {
        "FZBOT_WECHAT_API_BASE": platform.url,
        "FZBOT_WECHAT_APP_SECRET": CREDENTIALS.app_secret,
        "FZBOT_WECHAT_ACCOUNT_TYPE": "service",
        "FZBOT_WECHAT_NOTICE_TEMPLATE": "TEMPLATE:thing1=title",
        "FZBOT_SEND_PER_MINUTE": str(per_minute),
        "FZBOT_WORKER": "0",
    }
    server = Server(folder, database_url=url, more=settings)
    platform.webhook = f"{server.url}/wechat"
    platform.start()
    try:
        server.start()
        engine = db.make_engine(db.database_url(url, folder))
        trial = Trial(server, platform, engine, number)
        limits = {"message/custom/send": per_minute + SPARE, "message/template/send": per_minute + SPARE}
        platform.change(faults=FAULTS, per_minute=limits | {"message/mass/send*": 60})
        killed = trial.go_through(random.Random(20261123))
        check(trial, platform.state(), platform.fans())
        assert killed
        engine.dispose()
        server.stop()
    finally:
        platform.stop()


def check(trial: Trial, state: Any, fans: Any) -> None:
    received = Counter(
        (openid, message["way"], message["content"]) for openid, fan in fans.items() for message in fan["received"]
    )
    assert [what for what, times in received.items() if times > 1] == []
    arrived = Counter(way for _, way, _ in received)
    for way in (DeliveryMethod.CUSTOMER, DeliveryMethod.TEMPLATE, DeliveryMethod.MASS):
        rows = trial.rows(way)
        assert rows
        assert {row.state for row in rows} <= {
            DeliveryState.ACCEPTED,
            DeliveryState.DELIVERED,
            DeliveryState.FAILED,
            DeliveryState.UNKNOWN,
        }
        assert [row.id for row in rows if row.reconcile_at is not None] == []
    # What receipts confirm is exactly what arrived; where none come, what is unknown is the difference.
    assert sum(row.people_delivered for row in trial.rows(DeliveryMethod.TEMPLATE)) == arrived["template"]
    assert sum(row.people_delivered for row in trial.rows(DeliveryMethod.MASS)) == arrived["mass"]
    customer = Counter(row.state for row in trial.rows(DeliveryMethod.CUSTOMER))
    assert (
        customer[DeliveryState.ACCEPTED]
        <= arrived["customer"]
        <= customer[DeliveryState.ACCEPTED] + customer[DeliveryState.UNKNOWN]
    )
    assert [row.state for row in trial.rows(DeliveryMethod.MASS)] == [DeliveryState.DELIVERED, DeliveryState.DELIVERED]
    assert len(state["jobs"]) == 2
    assert [answer for answer in state["answers"] if answer.endswith((" 45011", " 45028", " 45047", " 45015"))] == []
    with reading(trial.engine) as session:
        kind = AccountKind(is_service=True, is_verified=True)
        left = [quota.mass_left(session, trial.account, kind, (one,), clock.now()) for one in trial.villages]
    assert left == [3, 3, 3]
