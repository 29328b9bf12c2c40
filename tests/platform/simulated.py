"""The simulated platform as a process of its own, and fzbot's client of it."""

import os
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from fzbot.people.account import Credentials
from tests.platform_client import AES_KEY
from tests.servers import free_port

CREDENTIALS = Credentials(
    slug="default",
    token="testtoken",
    app_id="wx0123456789abcdef",
    app_secret="secret-of-the-test",
    aes_key=AES_KEY,
    kind="service",
)


@dataclass
class SimulatedPlatform:
    """Start it, turn its controls, look at what it saw."""

    folder: Path
    kind: str = "service"
    webhook: str = "http://127.0.0.1:1/wechat"
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> "SimulatedPlatform":
        environment = {name: value for name, value in os.environ.items() if not name.startswith("FZBOT_")}
        environment |= {
            "FZBOT_WECHAT_TOKEN": CREDENTIALS.token,
            "FZBOT_WECHAT_APP_ID": CREDENTIALS.app_id,
            "FZBOT_WECHAT_APP_SECRET": CREDENTIALS.app_secret,
            "FZBOT_WECHAT_AES_KEY": CREDENTIALS.aes_key,
        }
        command = [sys.executable, "-m", "fzbot", "simulate", "platform", "--kind", self.kind]
        command += ["--port", str(self.port), "--webhook", self.webhook]
        with (self.folder / "platform.log").open("ab") as log:
            self.process = subprocess.Popen(command, env=environment, stdout=log, stderr=log)
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            assert self.process.poll() is None, (self.folder / "platform.log").read_text()
            try:
                self.state()
            except httpx.TransportError:
                time.sleep(0.02)
            else:
                return self
        raise AssertionError("the simulated platform did not start")

    def stop(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.wait()

    def state(self) -> Any:
        return httpx.get(f"{self.url}/simulated/state", timeout=10, trust_env=False).raise_for_status().json()

    def fans(self) -> Any:
        return httpx.get(f"{self.url}/simulated/fans", timeout=30, trust_env=False).raise_for_status().json()

    def add_fans(self, *openids: str, **values: object) -> None:
        self._post("fans", {"openids": openids, **values})

    def change(self, **controls: object) -> None:
        self._post("change", controls)

    def says(self, openid: str, **words: str) -> Any:
        return self._post("message", {"openid": openid, **words})

    def calls(self, path: str) -> int:
        return int(self.state()["calls"].get(path, 0))

    def answered(self, path: str, code: int) -> int:
        return int(self.state()["answers"].get(f"{path} {code}", 0))

    def _post(self, name: str, body: dict[str, Any]) -> Any:
        answer = httpx.post(f"{self.url}/simulated/{name}", json=body, timeout=30, trust_env=False)
        return answer.raise_for_status().json()
