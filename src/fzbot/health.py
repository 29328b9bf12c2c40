"""`/healthz` (the process), `/readyz` (database, snapshot and loops) and `/metrics`."""

import logging
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from fastapi.responses import JSONResponse, PlainTextResponse, Response
from sqlalchemy import Engine, func, not_, select, text
from sqlalchemy.exc import SQLAlchemyError

from fzbot import clock, db, db_errors
from fzbot.answering.current_snapshot import CurrentSnapshot
from fzbot.backups import last_backup
from fzbot.handovers import handover
from fzbot.interactions.interaction import Interaction
from fzbot.interactions.record import Recorder
from fzbot.notices.sending import outbox, pausing
from fzbot.people.account import Account
from fzbot.runtime import metrics
from fzbot.runtime.heartbeats import RUNNING
from fzbot.runtime.log_limit import OncePerMinute

log = logging.getLogger(__name__)
log.addFilter(OncePerMinute())

NEEDED_TO_ANSWER = frozenset({"recorder"})
"""Loops without which nobody is answered. When another stands, villagers still are, so that traffic must go on coming."""


@dataclass(frozen=True)
class Health:
    """What is looked at. `release` is the number of the live release, 0 for the shipped base."""

    engine: Engine
    current_snapshot: CurrentSnapshot
    recorder: Recorder
    release: Callable[[], int]
    data_dir: Path
    shared: Path

    def gauges(self) -> dict[str, float]:
        """The gauges as they are now; those of the database are left out while it is away."""
        spool = self.recorder.waiting
        found = {
            "fzbot_spool_bytes": float(spool.waiting_bytes),
            "fzbot_spool_share": spool.share,
            "fzbot_spool_refused_bytes": float(spool.refused_bytes),
            "fzbot_spool_damaged_files": float(spool.damaged_files),
            "fzbot_held_rows": float(self.recorder.held),
            "fzbot_disk_free_bytes": float(
                min(shutil.disk_usage(folder).free for folder in (self.data_dir, self.shared))
            ),
            "fzbot_entries": float(len(self.current_snapshot.snapshot.entries)),
            "fzbot_release": float(self.release()),
            "fzbot_snapshot_age_seconds": self.current_snapshot.age_seconds,
        }
        if (made := last_backup.read(self.shared)) is not None:
            found["fzbot_backup_age_seconds"] = (clock.now() - made).total_seconds()
        try:
            with db.reading(self.engine) as session:
                uncounted = select(func.count()).select_from(Interaction).where(not_(Interaction.counted))
                found["fzbot_uncounted_rows"] = float(session.scalar(uncounted) or 0)
                everyone = tuple(session.scalars(select(Account.id)))
                found["fzbot_handovers_open"] = float(handover.count_open(session, everyone))
                due, oldest = outbox.backlog(session, clock.now())
                found["fzbot_outbox_due"] = float(due)
                found["fzbot_outbox_oldest_seconds"] = oldest.total_seconds()
                found["fzbot_notices_paused"] = float(pausing.number_paused(session))
        except SQLAlchemyError as error:
            log.warning("gauges of the database are missing: %s", type(error).__name__)
        return found


def add_health(app: FastAPI, health: Health) -> None:
    """Add the three routes."""

    @app.get("/healthz", include_in_schema=False)
    def healthz() -> Response:
        return PlainTextResponse("ok")

    @app.get("/readyz", include_in_schema=False)
    def readyz() -> Response:
        try:
            with db.reading(health.engine) as session:
                session.execute(text("SELECT 1"))
        except SQLAlchemyError as error:
            return JSONResponse({"database": db_errors.kind(error)} | _loops(), 503)
        if health.recorder.is_database_corrupt:
            return JSONResponse({"database": "corrupt", "do": "fzbot doctor"} | _loops(), 503)
        found: dict[str, Any] = {"database": "ok", "entries": len(health.current_snapshot.snapshot.entries)} | _loops()
        return JSONResponse(found, 503 if NEEDED_TO_ANSWER & found["standing"].keys() else 200)

    @app.get("/metrics", include_in_schema=False)
    def page() -> Response:
        return Response(
            metrics.page(health.gauges(), RUNNING.ages_of_machine()), media_type="text/plain; version=0.0.4"
        )


def _loops() -> dict[str, Any]:
    """The loops of this process: how long ago each turned, in seconds, and which of them stand."""
    ages = RUNNING.ages()
    return {
        "loops": {loop.name: round(loop.seconds, 1) for loop in ages},
        "standing": {loop.name: round(loop.seconds) for loop in ages if loop.stands},
    }
