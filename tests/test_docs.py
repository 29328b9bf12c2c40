"""The documents say what the code does: every setting, command and language version."""

import re
from pathlib import Path

import pytest
from typer.main import get_command

from fzbot.cli import app
from fzbot.runtime import metrics
from fzbot.settings import PREFIX, Settings

ROOT = Path(__file__).parents[1]
READMES = ["README.md", "README.zh-CN.md"]


@pytest.mark.parametrize("readme", READMES)
def test_every_setting_is_documented_and_no_other(readme: str) -> None:
    text = (ROOT / readme).read_text(encoding="utf-8")
    documented = set(re.findall(rf"\| `({PREFIX}\w+)` \|", text))
    assert documented == {PREFIX + name.upper() for name in Settings.model_fields}


@pytest.mark.parametrize("readme", READMES)
def test_every_command_is_documented(readme: str) -> None:
    text = (ROOT / readme).read_text(encoding="utf-8")
    for name, command in get_command(app).commands.items():  # type: ignore[attr-defined]
        for sub in getattr(command, "commands", {"": None}):
            assert f"`fzbot {name} {sub}".rstrip() in text


def test_no_registry_host_is_committed() -> None:
    committed = [
        ROOT / name for name in ("constraints.txt", "package-lock.json", ".npmrc", "pyproject.toml", "Makefile")
    ]
    for path in committed:
        assert "://" not in path.read_text(encoding="utf-8"), path


def test_the_changelog_names_this_version() -> None:
    from fzbot import __version__  # noqa: PLC0415

    assert f"## {__version__}" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")


def test_every_metric_is_documented() -> None:
    text = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
    exposed = re.findall(
        r"^# TYPE (fzbot_\w+) (\w+)", metrics.page(dict.fromkeys(metrics.MADE_AT_A_LOOK, 1.0)).decode(), re.MULTILINE
    )
    for name, _ in exposed:
        if not name.endswith("_created"):
            assert name.removesuffix("_total") in text, name


def commands_in(document: str) -> list[str]:
    text = (ROOT / "docs" / document).read_text(encoding="utf-8")
    lines = "".join(re.findall(r"```sh\n(.*?)```", text, re.DOTALL)).splitlines()
    return [line for line in lines if not line.startswith("#")]


def test_both_guides_have_the_same_lines_and_name_files_that_are_there() -> None:
    lines = commands_in("operations.md")
    assert len(lines) > 20
    assert commands_in("operations.zh-CN.md") == lines
    for named in re.findall(r"deploy/\S+", "\n".join(lines)):
        assert list(ROOT.glob(named)), named


def test_the_guide_makes_every_folder_and_account_that_the_units_name() -> None:
    lines = "\n".join(commands_in("operations.md"))
    units = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "deploy" / "systemd").glob("*.service"))
    for account in set(re.findall(r"^(?:User|Group)=(\S+)", units, re.MULTILINE)):
        assert f"useradd --system --home-dir /var/lib/fzbot --shell /usr/sbin/nologin {account}" in lines
    folders = set(re.findall(r"/(?:var/[a-z]+|opt|etc)/fzbot(?:\.env)?\b", units))
    assert {"/var/lib/fzbot", "/var/backups/fzbot", "/opt/fzbot", "/etc/fzbot.env"} <= folders
    assert [folder for folder in sorted(folders) if folder not in lines] == []
