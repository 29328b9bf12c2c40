"""A worker whose leases and waits are short, so that a test need not wait: `python -m tests.fault.hasty_worker READY`.

It makes the file READY once it begins to work: on a busy machine that takes longer than the life that a test gives it.
"""

import sys
from datetime import timedelta
from pathlib import Path

from fzbot import db, outgoing
from fzbot.migrations import tables
from fzbot.notices.sending.outbox import RetryPolicy
from fzbot.people.sealing import Sealer
from fzbot.settings import Settings

PACE = RetryPolicy(
    lease=timedelta(seconds=4),
    backoff=timedelta(seconds=0.2),
    longest_backoff=timedelta(seconds=2),
    reconcile=timedelta(seconds=0.5),
    receipt_wait=timedelta(seconds=15),
    most_attempts=20,
)


def main() -> None:
    assert tables.TABLES
    settings = Settings.from_environment()
    engine = db.make_engine(db.database_url(settings.database_url, settings.data_dir))
    worker = outgoing.open_outgoing(settings, engine, Sealer(settings.secret())).worker(PACE)
    Path(sys.argv[1]).touch()
    worker.run()


if __name__ == "__main__":
    main()
