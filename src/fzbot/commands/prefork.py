"""Several server processes on one port: forked from one that has read everything, so that a new one serves at once.

gunicorn watches over them and replaces one that dies; what the first process has read is memory that all share.
"""

import logging
import os
import signal
import time
from collections.abc import Callable
from typing import Any

from fastapi import FastAPI
from gunicorn.app.base import BaseApplication
from gunicorn.glogging import Logger
from sqlalchemy.exc import OperationalError
from uvicorn_worker import UvicornWorker

from fzbot.commands.limits import SERVER, SHUTDOWN_SECONDS

log = logging.getLogger(__name__)

DATABASE_SECONDS = 0.5
HEARTBEAT_SECONDS = 30
"""A process whose event loop stands still so long is replaced."""


class ServerProcess(UvicornWorker):  # type: ignore[misc]  # without types of its own
    """One server process; it ends when the one that watches over it is gone."""

    CONFIG_KWARGS = SERVER

    async def callback_notify(self) -> None:
        """Called every now and then."""
        await super().callback_notify()
        if os.getppid() != self.ppid:
            os.kill(os.getpid(), signal.SIGTERM)


class OurLogs(Logger):  # type: ignore[misc]
    """What gunicorn and uvicorn say goes where everything goes."""

    def setup(self, _: Any) -> None:
        """Takes the place of handlers of its own."""
        for log in (self.error_log, self.access_log):
            log.handlers = logging.getLogger().handlers
            log.propagate = False
            log.setLevel(logging.WARNING)


class Servers(BaseApplication):  # type: ignore[misc]
    """The server processes of one address."""

    def __init__(self, make: Callable[[], FastAPI], host: str, port: int, count: int) -> None:
        """`make` is called in each process, for its own application."""
        self._make = make
        self._wanted = {
            "bind": f"[{host}]:{port}",  # in brackets IPv6 is read right, and any other host as well
            "workers": count,
            "worker_class": ServerProcess,
            "logger_class": OurLogs,
            "timeout": HEARTBEAT_SECONDS,
            "graceful_timeout": SHUTDOWN_SECONDS,
            "control_socket_disable": True,
        }
        super().__init__()

    def load_config(self) -> None:
        """Called by the library."""
        for name, value in self._wanted.items():
            self.cfg.set(name, value)

    def load(self) -> FastAPI:
        """Called by the library in each process.

        It ends all of them when one cannot begin, which is right for a fault of ours; while the database is away one waits.
        """
        while True:
            try:
                return self._make()
            except OperationalError as error:
                log.warning("a server process waits for the database: %s", type(error).__name__)
                time.sleep(DATABASE_SECONDS)
