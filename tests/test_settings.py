"""Settings fail at start and name the variable; secrets may come from files."""

import stat
from pathlib import Path

import pytest

from fzbot.errors import ConfigError
from fzbot.settings import Settings


def test_values_come_from_the_environment_and_from_files(tmp_path: Path) -> None:
    (tmp_path / "token").write_text("filetoken\n")
    (tmp_path / "password").write_text("p@ss#w%rd\n")
    settings = Settings.from_environment(
        {
            "FZBOT_WECHAT_TOKEN_FILE": str(tmp_path / "token"),
            "FZBOT_PUBLIC_URL": "https://town.example/",
            "FZBOT_SIMULATOR": "1",
            "FZBOT_DATABASE_PASSWORD_FILE": str(tmp_path / "password"),
        }
    )
    assert settings.database_password == "p@ss#w%rd"
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


def test_a_wrong_key_is_explained_in_plain_words() -> None:
    with pytest.raises(ConfigError) as refused:
        Settings.from_environment({"FZBOT_WECHAT_AES_KEY": "a" * 42})
    assert str(refused.value) == (
        "FZBOT_WECHAT_AES_KEY 不对：要正好 43 个字母和数字，现在是 42 个字符。"
        "在公众平台“设置与开发 → 基本配置”里把 EncodingAESKey 整个复制过来"
    )


@pytest.mark.parametrize(
    ("name", "value", "how"),
    [
        ("FZBOT_SIMULATOR", "maybe", "写 1（要）或 0（不要）"),
        ("FZBOT_TURN_THREADS", "many", "要是整数"),
        ("FZBOT_TURN_THREADS", "0", "不能小于 1"),
        ("FZBOT_KEEP_TEXT_DAYS", "9999", "不能大于 3660"),
        ("FZBOT_PUBLIC_URL", "fz.example", "要写成 https://域名"),
        ("FZBOT_PUBLIC_URL", "https://fz.example/sub", "要写成 https://域名，后面不带路径"),
        ("FZBOT_REQUIRE_TOTP", "some", "只能是 "),
    ],
)
def test_every_wrong_value_is_explained_in_chinese(name: str, value: str, how: str) -> None:
    with pytest.raises(ConfigError, match=f"^{name} 不对：{how}"):
        Settings.from_environment({name: value})


def test_a_variable_that_is_none_of_ours_is_named_with_the_likeliest_right_one() -> None:
    environ = {
        "FZBOT_WECHAT_APPID": "wx1",
        "FZBOT_DATABSE_URL": "x",
        "FZBOT_SECRET_KEY_FIEL": "x",
        "FZBOT_QQQQ": "x",
        "FZBOT_SECRET_KEY_FILE": "/x",
        "FZBOT_WORKER": "1",
        "FZBOT_PORT_8000_TCP": "tcp://10.0.0.1:8000",
        "FZBOT_SERVICE_HOST": "10.0.0.1",
        "PATH": "/bin",
    }
    assert Settings.unknown(environ) == {
        "FZBOT_WECHAT_APPID": "FZBOT_WECHAT_APP_ID",
        "FZBOT_DATABSE_URL": "FZBOT_DATABASE_URL",
        "FZBOT_SECRET_KEY_FIEL": "FZBOT_SECRET_KEY_FILE",
        "FZBOT_QQQQ": "",
    }
