"""What a server process allows a connection, however many of them there are."""

from typing import Any

SHUTDOWN_SECONDS = 10
SERVER: dict[str, Any] = {
    "log_level": "warning",
    "log_config": None,
    "access_log": False,
    "timeout_keep_alive": 60,
    "timeout_graceful_shutdown": SHUTDOWN_SECONDS,
    "h11_max_incomplete_event_size": 64 * 1024,
}
