"""Start to first answer, and the resident memory of a worker, with the shipped knowledge base.

python -m bench.startup
"""

import subprocess
import sys
import tempfile
import time
from pathlib import Path

import httpx
import psutil

from tests.platform_client import PlatformClient
from tests.servers import Server, post

PATIENCE = 300.0
"""Seconds; a first start trains."""


def main() -> None:
    """First start (builds the snapshot), second start (from the cache), two workers."""
    print(f"{'':26}{'to first answer s':>18}{'resident MB':>13}")
    with tempfile.TemporaryDirectory() as folder:
        for name, workers in (("first start, builds", 1), ("second start, cached", 1), ("two workers, cached", 2)):
            server = Server(Path(folder), workers=workers)
            started = time.perf_counter()
            server.start(PATIENCE)
            with httpx.Client(timeout=5, trust_env=False) as http:
                client = PlatformClient()
                post(http, server.url, client, client.text("彩礼能不能要回来"))
            taken = time.perf_counter() - started
            process = psutil.Process(server.pid)
            sizes = [p.memory_info().rss / 2**20 for p in [process, *process.children(recursive=True)]]
            print(f"{name:26}{taken:18.1f}{max(sizes):13.0f}")
            server.stop()
        started = time.perf_counter()
        command = [sys.executable, "-m", "fzbot", "answer", "彩礼能不能要回来"]
        subprocess.run(command, check=True, capture_output=True)
        print(f"{'fzbot answer':26}{time.perf_counter() - started:18.1f}")


if __name__ == "__main__":
    main()
