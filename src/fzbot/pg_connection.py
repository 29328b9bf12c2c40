"""A connection to PostgreSQL that gives up by itself when a deadline is past, even if the server says nothing any more."""

from typing import Any

from psycopg import Connection, OperationalError

from fzbot import deadline
from fzbot.deadline import Deadline

GRACE_SECONDS = 0.2
"""The server's own timeouts come first: they leave the connection whole."""


class BoundedConnection(Connection[Any]):
    """As psycopg's, but a wait within a deadline ends shortly after it, and the connection with it."""

    def wait(self, gen: Any, *arguments: Any, **named: Any) -> Any:
        """Run one exchange with the server; `OperationalError` when the deadline is past."""
        limit = deadline.current()
        if limit is None:
            return super().wait(gen, *arguments, **named)
        try:
            return super().wait(_until(gen, Deadline(limit.at + GRACE_SECONDS, limit.clock)), *arguments, **named)
        except _PastDeadline as late:
            self.pgconn.finish()
            raise OperationalError("the server did not answer in time") from late


class _PastDeadline(Exception):  # noqa: N818 - never leaves this module
    """The server said nothing until the deadline."""


def _until(exchange: Any, limit: Deadline) -> Any:
    """Psycopg's generator of what to wait for; it is resumed with nothing ready several times a second."""
    try:
        wanted = next(exchange)
        while True:
            ready = yield wanted
            if not ready and not limit.left:
                raise _PastDeadline
            wanted = exchange.send(ready)
    except StopIteration as done:
        return done.value
