"""What an error of the database means: is the database away or broken, or is it the row that is wrong?"""

import sqlite3

from sqlalchemy.exc import DBAPIError, OperationalError, SQLAlchemyError, TimeoutError  # noqa: A004 - the pool's own

_SQLITE_BROKEN = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})
_POSTGRESQL_BROKEN = ("XX001", "XX002")
"""data_corrupted, index_corrupted"""
_POSTGRESQL_AWAY = ("08", "25006", "28", "3D", "40", "42501", "42703", "42P01", "53", "55", "57", "58", "XX")
"""Classes and codes of PostgreSQL that say nothing against the row (documentation, appendix A)."""


def is_corrupt(error: BaseException) -> bool:
    """Whether the database's file or pages are damaged, or are no database."""
    original = getattr(error, "orig", None)
    code = getattr(original, "sqlite_errorcode", None)
    if code is not None:
        return code & 0xFF in _SQLITE_BROKEN
    return (getattr(original, "sqlstate", None) or "").startswith(_POSTGRESQL_BROKEN)


def is_away(error: BaseException) -> bool:
    """Whether the database cannot take any row just now, so that this one had better wait."""
    if isinstance(error, TimeoutError | OperationalError):
        return True
    if not isinstance(error, DBAPIError):
        return False
    state = getattr(error.orig, "sqlstate", None) or ""
    return error.connection_invalidated or is_corrupt(error) or state.startswith(_POSTGRESQL_AWAY)


def is_passing(error: BaseException) -> bool:
    """Whether the database may be back by itself: it is away or locked, and not broken."""
    return is_away(error) and not is_corrupt(error) and not _stays(error)


def _stays(error: BaseException) -> bool:
    """SQLite has no server that comes back: only a lock or a full disk passes."""
    code = getattr(getattr(error, "orig", None), "sqlite_errorcode", None)
    return code is not None and code & 0xFF not in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_FULL}


def kind(error: BaseException) -> str:
    """What to call an error in a log: its types, never its words, which may hold a person's."""
    original = getattr(error, "orig", None)
    own = type(error).__name__
    return f"{own}({type(original).__name__})" if isinstance(error, SQLAlchemyError) and original else own
