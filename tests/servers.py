"""Real fzbot server processes on real ports."""

import os
import socket
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from tests.platform_client import AES_KEY, PlatformClient

START_SECONDS = 60


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@dataclass
class Server:
    """A server over a data folder; may be killed and started again."""

    data_dir: Path
    workers: int = 1
    database_url: str = ""
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None
    more: dict[str, str] = field(default_factory=dict)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self, patience: float = START_SECONDS) -> "Server":
        self.data_dir.mkdir(parents=True, exist_ok=True)
        arguments = ["--port", str(self.port), "--workers", str(self.workers)]
        self.process = self.spawn("serve", self.data_dir / "server.log", *arguments)
        try:
            self._wait(patience)
        except AssertionError:
            self.kill()  # nobody else would: the test never gets it
            raise
        return self

    @property
    def pid(self) -> int:
        """Of the process that watches over the others, if there are several."""
        assert self.process is not None
        return self.process.pid

    def _environment(self) -> dict[str, str]:
        environment = {name: value for name, value in os.environ.items() if not name.startswith("FZBOT_")}
        environment |= {
            "FZBOT_DATA_DIR": str(self.data_dir),
            "FZBOT_DATABASE_URL": self.database_url,
            "FZBOT_SIMULATOR": "1",
            "FZBOT_PUBLIC_URL": self.url,
            "FZBOT_WECHAT_TOKEN": "testtoken",
            "FZBOT_WECHAT_APP_ID": "wx0123456789abcdef",
            "FZBOT_WECHAT_AES_KEY": AES_KEY,
            "FZBOT_WECHAT_PLAIN": "1",
        }
        return environment | self.more

    def spawn(self, command: str, log: Path, *arguments: str) -> subprocess.Popen[bytes]:
        """Another command over the same data."""
        with log.open("ab") as file:
            return subprocess.Popen(
                [sys.executable, "-m", "fzbot", command, *arguments], env=self._environment(), stdout=file, stderr=file
            )

    def _wait(self, patience: float) -> None:
        deadline = time.monotonic() + patience
        while time.monotonic() < deadline:
            assert self.process is not None
            assert self.process.poll() is None, (self.data_dir / "server.log").read_text()
            try:
                if httpx.get(f"{self.url}/readyz", timeout=5, trust_env=False).status_code == 200:
                    return
            except httpx.TransportError:
                time.sleep(0.02)
        raise AssertionError("the server did not start: " + (self.data_dir / "server.log").read_text())

    def kill(self) -> None:
        """End it at once, as a power cut would."""
        assert self.process is not None
        self.process.kill()
        self.process.wait()

    def stop(self) -> None:
        assert self.process is not None
        self.process.terminate()
        self.process.wait(timeout=30)


def post(http: httpx.Client, url: str, client: PlatformClient, xml: str) -> str:
    """Post a message; returns the reply's text."""
    query, body = client.post(xml)
    response = http.post(f"{url}/wechat", params=query, content=body)
    assert response.status_code == 200, response.text
    return client.open(response.content)["Content"] if response.text != "success" else ""
