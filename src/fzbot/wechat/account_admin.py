"""What staff do with an account on the platform besides sending: its menu, its villages' tags, their QR codes."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Engine

from fzbot.errors import PlatformError
from fzbot.knowledge.menu import Menu
from fzbot.notices.delivery_methods import AccountKind
from fzbot.people.sealing import Sealer
from fzbot.wechat import answers
from fzbot.wechat import menu as menus
from fzbot.wechat.platform import Platform
from fzbot.wechat.platforms import Platforms
from fzbot.wechat.tags import Tags

TAGGED_AT_ONCE = 2_500
CODE = "/cgi-bin/qrcode/create"
CODE_CHARS = 512
NOT_CONNECTED = "这个公众号没有配 AppID 和 AppSecret，程序管不了它的菜单、标签和二维码"
NOT_VERIFIED = "未认证的公众号，微信不让程序管菜单和标签；村民发“菜单”一样能用"
NO_CODES = "只有认证的服务号能做带村的二维码；别的号请村民发“我是某某村”加入"


@dataclass(frozen=True)
class WeChatAccountAdmin:
    """Accounts on the platform. `menu` reads the configured menu; every method may raise `PlatformError`."""

    platforms: Platforms
    engine: Engine
    sealer: Sealer
    menu: Callable[[], Menu]
    public_url: str

    def kind(self, account_id: int) -> AccountKind:
        """What kind of account it is."""
        return AccountKind.parse(self.platforms.credentials(account_id).kind)

    def makes_codes(self, account_id: int) -> bool:
        """Whether there are QR codes that carry a village."""
        kind = self.kind(account_id)
        return kind.is_service and kind.is_verified and self.platforms.find(account_id) is not None

    def obstacle(self, account_id: int) -> str:
        """Why menu and tags cannot be managed, in Chinese; empty where they can."""
        if self.platforms.find(account_id) is None:
            return NOT_CONNECTED
        return "" if self.kind(account_id).is_verified else NOT_VERIFIED

    def check_token(self, account_id: int) -> None:
        """Get a token; raises where the platform does not let us."""
        self._connected(account_id).check_token()

    def menu_differences(self, account_id: int) -> list[str]:
        """How the platform's menu differs from the configured one."""
        return menus.compare(self._open(account_id), self.menu(), self.public_url)

    def put_menu(self, account_id: int) -> None:
        """Put the configured menu on the platform."""
        menus.put(self._open(account_id), self.menu(), self.public_url)

    def tag_differences(self, account_id: int) -> list[str]:
        """How the platform's tags differ from the villages."""
        return self._tags(account_id).compare()

    def synchronise_tags(self, account_id: int, now: datetime) -> int:
        """Bring the platform's tags in step with the villages, by so many followers that nobody waits for long.

        Returns how many were tagged or freed; the rest is for the next time.
        """
        return self._tags(account_id).synchronise(now, TAGGED_AT_ONCE)

    def code(self, account_id: int, scene: str) -> str:
        """The words of a lasting QR code through which followers come with a scene."""
        if not self.makes_codes(account_id):
            raise PlatformError(NO_CODES)
        wanted = {"action_name": "QR_LIMIT_STR_SCENE", "action_info": {"scene": {"scene_str": scene}}}
        return answers.text(self._connected(account_id).call(CODE, wanted), "url", CODE_CHARS)

    def _tags(self, account_id: int) -> Tags:
        return Tags(self.engine, self.sealer, self._open(account_id), account_id)

    def _open(self, account_id: int) -> Platform:
        obstacle = self.obstacle(account_id)
        if obstacle:
            raise PlatformError(obstacle)
        return self._connected(account_id)

    def _connected(self, account_id: int) -> Platform:
        platform = self.platforms.find(account_id)
        if platform is None:
            raise PlatformError(NOT_CONNECTED)
        return platform
