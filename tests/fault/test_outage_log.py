"""PostgreSQL away under load: replies go on, every row follows, and the log says so in a few lines."""

import json
import socket
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import httpx
from sqlalchemy import NullPool, create_engine, make_url, text

from fzbot.answering.snapshot import Snapshot
from fzbot.bootstrap import CACHE
from tests.conftest import new_database
from tests.platform_client import PlatformClient
from tests.servers import Server, post

MESSAGES = 400
SOCKET = ".s.PGSQL.5432"


@dataclass
class Relay:
    """Stands between fzbot and PostgreSQL, so that the server can go away for fzbot alone."""

    folder: Path
    to: Path
    _open: list[socket.socket] = field(default_factory=list)

    def start(self) -> None:
        (self.folder / SOCKET).unlink(missing_ok=True)
        self._listening = socket.socket(socket.AF_UNIX)
        self._listening.bind(str(self.folder / SOCKET))
        self._listening.listen(64)
        threading.Thread(target=self._accept, args=(self._listening,), daemon=True).start()

    def stop(self) -> None:
        for one in (self._listening, *self._open):
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()
        self._open.clear()
        (self.folder / SOCKET).unlink()

    def _accept(self, listening: socket.socket) -> None:
        with suppress(OSError):
            while True:
                near, _ = listening.accept()
                far = socket.socket(socket.AF_UNIX)
                far.connect(str(self.to))
                self._open += [near, far]
                for pair in ((near, far), (far, near)):
                    threading.Thread(target=self._pump, args=pair, daemon=True).start()

    def _pump(self, source: socket.socket, target: socket.socket) -> None:
        with suppress(OSError):
            while content := source.recv(65536):
                target.sendall(content)
        with suppress(OSError):
            target.shutdown(socket.SHUT_RDWR)


def test_an_outage_under_load_is_a_few_lines_with_a_count(postgres: str, small: Path, tmp_path: Path) -> None:
    url = new_database(postgres, "TEMPLATE migrated")
    relay = Relay(tmp_path, Path(make_url(url).query["host"]) / SOCKET)  # type: ignore[arg-type]
    relay.start()
    Snapshot.of_folder(small, tmp_path / "data" / CACHE)
    through = make_url(url).update_query_dict({"host": str(tmp_path)}).render_as_string(hide_password=False)
    server = Server(tmp_path / "data", database_url=through, more={"FZBOT_KNOWLEDGE_DIR": str(small)}).start()
    log, client = tmp_path / "data" / "server.log", PlatformClient()
    with httpx.Client(timeout=10, trust_env=False) as http, ThreadPoolExecutor(8) as pool:

        def ask(number: int) -> str:
            return post(http, server.url, client, client.text("彩礼能不能要回来", f"o-{number}"))

        assert ask(0)
        before = len(log.read_text(encoding="utf-8").splitlines())
        relay.stop()
        assert all(pool.map(ask, range(1, MESSAGES)))
        assert {http.get(f"{server.url}/readyz").status_code for _ in range(9)} == {503}
    said = [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines()[before:]]
    repeated = Counter(line["message"] for line in said)
    relay.start()
    server.stop()
    assert sum(repeated.values()) < 15, repeated
    assert any("rows go to the spool" in message for message in repeated)
    with create_engine(url, poolclass=NullPool).connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM interaction")) == MESSAGES
