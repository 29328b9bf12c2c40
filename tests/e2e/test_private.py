"""What a running service and its backups leave on the disk is for its own account alone, whatever umask it was started with."""

import os
import secrets
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.conftest import DataFolder
from tests.servers import Server

OTHERS = 0o077


@pytest.fixture
def careless() -> Iterator[None]:
    """Everybody may read what is made without a thought."""
    before = os.umask(0)
    yield
    os.umask(before)


def open_to_others(folder: Path, but: frozenset[str]) -> list[str]:
    found = [folder, *folder.rglob("*")]
    return [
        f"{path} {path.stat().st_mode:o}" for path in found if path.name not in but and path.stat().st_mode & OTHERS
    ]


@pytest.mark.usefixtures("careless")
def test_nobody_else_reads_what_a_service_and_its_backup_leave(data_folder: DataFolder, tmp_path: Path) -> None:
    server = Server(data_folder()).start()
    try:
        visit = {"visit": secrets.token_hex(16), "text": "彩礼能不能要回来"}
        assert httpx.post(f"{server.url}/kiosk/messages", data=visit, timeout=10, trust_env=False).is_success
        kept = tmp_path / "backups" / "today.tar.gz"
        log, keys = server.data_dir / "server.log", tmp_path / "backups" / "keys"
        assert server.spawn("backup", log, str(kept), "--keys", str(keys)).wait(timeout=60) == 0
        ours_not = frozenset({"server.log"})  # the test's own
        assert open_to_others(server.data_dir, ours_not) + open_to_others(kept.parent, ours_not) == []
        names = {path.name for path in server.data_dir.iterdir()} | {path.name for path in kept.parent.iterdir()}
        assert {"fzbot.db", "spool", "cache", "secret.key", "today.tar.gz", "keys"} <= names
    finally:
        server.stop()
