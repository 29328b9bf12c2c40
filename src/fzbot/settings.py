"""Settings from the environment. Every name starts with `FZBOT_`; a secret may come from a file named by `…_FILE`.

Read by `app` and `cli` only; everything below gets what it needs as parameters.
"""

import os
import re
import secrets
from collections.abc import Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator
from pydantic_core import ErrorDetails

import fzbot
from fzbot.errors import ConfigError
from fzbot.people.account import DEFAULT, Credentials

PREFIX = "FZBOT_"
UPLOADS = "uploads"
SECRET_FILE = "secret.key"  # noqa: S105 - a file's name

_OTHERS = re.compile(r"FZBOT_(SERVICE_|PORT($|_))")
"""What Kubernetes and container links set for a service called fzbot."""

_AES = (
    "要正好 43 个字母和数字，现在是 {length} 个字符。在公众平台“设置与开发 → 基本配置”里把 EncodingAESKey 整个复制过来"
)
_WEB = "要写成 https://域名 这样，开头是 https:// 或 http://"
_FORMS = {
    "wechat_aes_key": _AES,
    "wechat_previous_aes_key": _AES,
    "wechat_token": "要 3 到 32 个字母和数字，和公众平台上填的令牌一样",
    "public_url": "要写成 https://域名，后面不带路径：页面都从网址的根开始，放在子路径下打不开，请给它单独一个域名或端口",
    "wechat_api_base": _WEB,
    "redis_url": "要写成 redis://主机:端口/库号 这样",
}
_KINDS = {
    "bool": "写 1（要）或 0（不要）",
    "int": "要是整数",
    "greater_than_equal": "不能小于 {ge}",
    "less_than_equal": "不能大于 {le}",
    "literal_error": "只能是 {expected}",
}

AccountType = Literal["subscription", "service", "subscription-unverified", "service-unverified"]
Address = Annotated[str, Field(pattern=r"^https?://[^\s/]+(/\S*)?$")]
Origin = Annotated[str, Field(pattern=r"^https?://[^\s/?#]+/?$")]
"""An address without a path: the pages' own addresses begin at the root."""


class Settings(BaseModel):
    """All settings, checked. Field `wechat_token` is `FZBOT_WECHAT_TOKEN`, and so on."""

    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)

    data_dir: Path = Path("data")
    shared_dir: Path = Path()
    database_url: str = Field(default="", repr=False)
    database_password: str = Field(default="", repr=False)
    knowledge_dir: Path = Path()
    public_url: Origin = "http://127.0.0.1:8000"
    secret_key: str = Field(default="", repr=False)
    simulator: bool = False
    turn_threads: int = Field(default=32, ge=1, le=256)
    follower_per_minute: int = Field(default=30, ge=1, le=1000)
    keep_text_days: int = Field(default=180, ge=1, le=3660)
    keep_audit_days: int = Field(default=365, ge=180, le=3660)
    second_person: bool = True
    require_totp: Literal["admin", "all", "none"] = "admin"
    post_max_age: int = Field(default=300, ge=0, le=86_400)
    wechat_token: str = Field(default="", repr=False, pattern=r"^[A-Za-z0-9]{0,32}$")
    wechat_app_id: str = ""
    wechat_app_secret: str = Field(default="", repr=False)
    wechat_aes_key: str = Field(default="", repr=False, pattern=r"^([A-Za-z0-9]{43})?$")
    wechat_previous_aes_key: str = Field(default="", repr=False, pattern=r"^([A-Za-z0-9]{43})?$")
    wechat_plain: bool = False
    wechat_account_type: AccountType = "subscription-unverified"
    wechat_api_base: Address = "https://api.weixin.qq.com"
    wechat_notice_template: str = ""
    wechat_tappable: bool = True
    worker: bool = True
    send_per_minute: int = Field(default=3000, ge=1, le=1_000_000)
    redis_url: str = Field(default="", repr=False, pattern=r"^((rediss?|unix)://\S+)?$")

    @field_validator("public_url", "wechat_api_base")
    @classmethod
    def _no_slash(cls, value: str) -> str:
        return value.rstrip("/")

    @classmethod
    def from_environment(cls, environ: Mapping[str, str] = os.environ) -> Self:
        """The settings; `ConfigError` naming the variable that is wrong."""
        given: dict[str, str] = {}
        for name in cls.model_fields:
            variable = PREFIX + name.upper()
            value = _value(variable, environ)
            if value:
                given[name] = value
        try:
            return cls.model_validate(given)
        except ValidationError as error:
            first = error.errors()[0]
            name = str(first["loc"][0])
            raise ConfigError(f"{PREFIX}{name.upper()} 不对：{_how(name, given[name], first)}") from error

    @classmethod
    def unknown(cls, environ: Mapping[str, str] = os.environ) -> dict[str, str]:
        """Variables that look like ours and are not, each with the likeliest right name (empty if none is near)."""
        known = [PREFIX + name.upper() + end for name in cls.model_fields for end in ("", "_FILE")]
        strangers = [name for name in environ if name.startswith(PREFIX) and name not in known]
        found = {name: get_close_matches(name, known, n=1, cutoff=0.7) for name in strangers if not _OTHERS.match(name)}
        return {name: near[0] if near else "" for name, near in found.items()}

    @property
    def knowledge(self) -> Path:
        """Where the knowledge base is: as configured, or as shipped."""
        return self.knowledge_dir if self.knowledge_dir != Path() else shipped_knowledge()

    @property
    def shared(self) -> Path:
        """Where lies what processes on several machines share: uploads, the log of erasures, when the last backup was."""
        return self.shared_dir if self.shared_dir != Path() else self.data_dir

    @property
    def uploads(self) -> Path:
        """Photos and pictures."""
        return self.shared / UPLOADS

    @property
    def credentials(self) -> Credentials:
        """The default account's credentials."""
        return Credentials(
            slug=DEFAULT,
            token=self.wechat_token,
            app_id=self.wechat_app_id,
            app_secret=self.wechat_app_secret,
            aes_key=self.wechat_aes_key,
            previous_aes_key=self.wechat_previous_aes_key,
            kind=self.wechat_account_type,
        )

    def secret(self) -> str:
        """The secret key: as configured, or made at the first start and kept in the data directory."""
        found = self.find_secret()
        return found if found is not None else self._make_secret()

    def find_secret(self) -> str | None:
        """The secret key as configured or kept, None when there is none yet; `ConfigError` when its file is no good."""
        if self.secret_key:
            return self.secret_key
        path = self.data_dir / SECRET_FILE
        try:
            kept = path.read_text(encoding="ascii").strip()
        except FileNotFoundError:
            return None
        except (OSError, ValueError) as error:
            raise ConfigError(f"密钥文件 {path} 读不出来：{getattr(error, 'strerror', '里面不是密钥')}") from error
        if not kept:
            do = "从另存的那份密钥恢复它；要是这里从来没有启动过，删掉它再启动"
            raise ConfigError(f"密钥文件 {path} 是空的（多半是写的时候磁盘满了或断电）：{do}")
        return kept

    def _make_secret(self) -> str:
        path = self.data_dir / SECRET_FILE
        try:
            self.data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
            descriptor = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        except FileExistsError:  # another process made it just now
            return self.secret()
        except OSError as error:
            raise ConfigError(f"FZBOT_DATA_DIR（{self.data_dir}）写不进去：{error.strerror}") from error
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            made = secrets.token_urlsafe(32)
            file.write(made + "\n")
            file.flush()
            os.fsync(file.fileno())
        return made


def _how(name: str, value: str, error: ErrorDetails) -> str:
    """How a value should be, in plain words."""
    if name in _FORMS:
        return _FORMS[name].format(length=len(value))
    limits = error.get("ctx", {})
    for kind, words in _KINDS.items():
        if error["type"].startswith(kind):
            return words.format(**limits)
    return error["msg"]


def shipped_knowledge() -> Path:
    """The knowledge base that came with the installation: inside the package, or beside it in a checkout."""
    package = Path(fzbot.__file__).parent
    packed = package / "shipped_knowledge"
    return packed if packed.is_dir() else package.parents[1] / "knowledge"


def _value(variable: str, environ: Mapping[str, str]) -> str:
    path = environ.get(f"{variable}_FILE")
    if not path:
        return environ.get(variable, "").strip()
    try:
        return Path(path).read_text(encoding="utf-8").strip()
    except OSError as error:
        raise ConfigError(f"{variable}_FILE 指的文件 {path} 读不出来：{error.strerror}") from error
