"""Settings fail at start and name the variable; secrets may come from files."""

import stat
from pathlib import Path

import pytest

from fzbot.errors import ConfigError
from fzbot.settings import Settings


def test_values_come_from_the_environment_and_from_files(tmp_path: Path) -> None:
    (tmp_path / "token").write_text("filetoken\n")
    settings = Settings.from_environment(
        {
            "FZBOT_WECHAT_TOKEN_FILE": str(tmp_path / "token"),
            "FZBOT_PUBLIC_URL": "https://town.example/",
            "FZBOT_SIMULATOR": "1",
        }
    )
    assert settings.wechat_token == "filetoken"
    assert settings.public_url == "https://town.example"
    assert settings.simulator


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("FZBOT_WECHAT_AES_KEY", "too short"),
        ("FZBOT_WECHAT_TOKEN", "has spaces"),
        ("FZBOT_PUBLIC_URL", "town.example"),
        ("FZBOT_TURN_THREADS", "many"),
        ("FZBOT_WECHAT_ACCOUNT_TYPE", "personal"),
    ],
)
def test_a_wrong_value_names_its_variable_and_shows_no_secret(variable: str, value: str) -> None:
    with pytest.raises(ConfigError) as error:
        Settings.from_environment({variable: value})
    assert str(error.value).startswith(variable)
    assert value not in str(error.value)


def test_a_missing_secret_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="FZBOT_SECRET_KEY_FILE"):
        Settings.from_environment({"FZBOT_SECRET_KEY_FILE": str(tmp_path / "nowhere")})


def test_the_secret_is_made_once_and_only_the_owner_reads_it(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path / "data")
    first = settings.secret()
    assert settings.secret() == first
    assert len(first) >= 32
    assert stat.S_IMODE((tmp_path / "data" / "secret.key").stat().st_mode) == 0o600


def test_secrets_are_not_shown() -> None:
    assert "hushhush" not in repr(Settings(wechat_token="hushhush", secret_key="hushhush" * 3))
