"""The worker: starts what is due, fills the outbox, sends, clears up. Any number may run on one database."""

import logging
import secrets
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from fzbot.db import reading, writing
from fzbot.notices.authoring.notice import Notice
from fzbot.notices.push import Pushes
from fzbot.notices.results import receipts
from fzbot.notices.sending import completion, enqueue, handover_answers, next_reply, outbox, quota
from fzbot.notices.sending.outbox import Lease, RetryPolicy
from fzbot.notices.sending.sender import Sender
from fzbot.runtime.repeated_log import RepeatedLog
from fzbot.runtime.supervisor import Supervisor

log = logging.getLogger(__name__)

IDLE_SECONDS = 1.0
STANDS_SECONDS = 900.0
"""How long sending what was claimed at once may take: a slow platform is waited for, call after call."""
CLAIMED_AT_ONCE = 160


@dataclass
class NoticeWorker:
    """One worker; `name` tells its claims from those of others."""

    engine: Engine
    pushes: Pushes
    sender: Sender
    retry_policy: RetryPolicy
    now: Callable[[], datetime]
    name: str = field(default_factory=lambda: secrets.token_hex(12))
    _stop: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None
    _trouble: RepeatedLog = field(default_factory=lambda: RepeatedLog(log))

    def start(self) -> None:
        """Work on a thread of its own until closed."""
        self._thread = threading.Thread(target=self.run, name="notices", daemon=True)
        self._thread.start()

    def wait(self) -> None:
        """Wait until somebody closes it."""
        self._stop.wait()

    def close(self) -> None:
        """Finish the wave under way, and stop."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join()
        self.sender.pool.shutdown()

    def run(self) -> None:
        """Work until `close` is called; trouble of any kind is waited out."""
        Supervisor("notices", STANDS_SECONDS, self._stop.wait).run(self._turn)

    def _turn(self) -> bool:
        if not self._stop.is_set() and not self.tick():
            self._stop.wait(IDLE_SECONDS)
        return not self._stop.is_set()

    def tick(self) -> bool:
        """Do what there is to do, a bounded piece of it; returns whether there was anything to send."""
        self._begin()
        self._clear_up()
        was_busy = self._send()
        with writing(self.engine) as session:
            completion.complete(session, self.pushes, self.now())
        return was_busy

    def _begin(self) -> None:
        for notice_id in self._due():
            self._start(notice_id)
        with reading(self.engine) as session:
            unfinished = enqueue.unfinished(session)
        for notice_id in unfinished:
            while not self._stop.is_set() and self._fill(notice_id):
                continue

    def _start(self, notice_id: int) -> None:
        try:
            with writing(self.engine) as session:
                notice = session.get_one(Notice, notice_id)
                enqueue.start(session, notice, self.pushes, self.now())
        except SQLAlchemyError:
            raise
        except Exception as error:  # noqa: BLE001 - the notices behind it go on; it is logged, and tried again
            self._trouble.say("a notice cannot begin", error)

    def _due(self) -> list[int]:
        with reading(self.engine) as session:
            return [notice.id for notice in enqueue.due(session, self.now())]

    def _fill(self, notice_id: int) -> int:
        with writing(self.engine) as session:
            return enqueue.add_chunk(session, notice_id, self.now())

    def _clear_up(self) -> None:
        now = self.now()
        with writing(self.engine) as session:
            handover_answers.send_all(session, self.pushes, now)
            next_reply.record_shown(session, now)
            next_reply.lapse(session, now)
            outbox.sweep(session, self.retry_policy, now)
            receipts.find_all_lost(session)
            outbox.close_unknown(session, self.retry_policy, now)
            quota.clear_old(session, now)

    def _send(self) -> bool:
        now = self.now()
        lease = Lease(self.name, now, now + self.retry_policy.lease)
        with writing(self.engine) as session:
            closed = quota.stopped(session, now)
            ids = outbox.claim(session, lease, CLAIMED_AT_ONCE, closed)
            ids += outbox.claim_unknown(session, lease, CLAIMED_AT_ONCE, closed)
        if ids:
            self.sender.send(self.name, ids)
        return bool(ids)
