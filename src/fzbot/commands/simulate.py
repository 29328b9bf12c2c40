"""`fzbot simulate platform`: WeChat's side, to try mass sends and receipts without an account."""

import uvicorn

from fzbot.errors import ConfigError
from fzbot.people.account import Credentials
from fzbot.settings import Settings
from fzbot.simulation.platform import Simulation
from fzbot.simulation.server import application
from fzbot.simulation.simulated_client import SimulatedWeChatClient
from fzbot.simulation.state import PlatformState, SimulatedFollower
from fzbot.simulation.webhook_sender import WebhookSender

TRIAL = Credentials(
    slug="default",
    token="trialtoken",  # noqa: S106 - opens nothing but a trial on this machine
    app_id="wxtrial",
    app_secret="trialsecret",  # noqa: S106
    aes_key="trialtrialtrialtrialtrialtrialtrialtrialtri",
)


def platform(settings: Settings, port: int, webhook: str, followers: int, kind: str) -> None:
    """Serve the simulated platform until stopped; `ConfigError` when the account is configured by halves."""
    credentials = settings.credentials if settings.wechat_app_id else TRIAL
    if not credentials.app_secret or not credentials.aes_key:
        raise ConfigError("模拟平台要用同样的 FZBOT_WECHAT_APP_SECRET 和 FZBOT_WECHAT_AES_KEY，请一起设置")
    print(greeting(credentials, port, kind), flush=True)  # noqa: T201 - said to the person who started it
    simulation = build(credentials, webhook, kind)
    for number in range(1, followers + 1):
        simulation.state.fans[f"o-fan-{number}"] = SimulatedFollower(f"o-fan-{number}")
    uvicorn.run(application(simulation), host="127.0.0.1", port=port, log_level="critical", access_log=False)


def build(credentials: Credentials, webhook: str, kind: str) -> Simulation:
    """The simulated platform of an account."""
    side = SimulatedWeChatClient(credentials.token, credentials.app_id, credentials.aes_key)
    state = PlatformState(credentials.app_id, credentials.app_secret, kind)
    return Simulation(state, WebhookSender(side, webhook))


def greeting(credentials: Credentials, port: int, kind: str) -> str:
    """What to start the service with."""
    return "\n".join(
        [
            f"模拟微信平台：http://127.0.0.1:{port}/",
            "  另开一个终端，用这些环境变量启动 fzbot serve：",
            f"    FZBOT_WECHAT_API_BASE=http://127.0.0.1:{port} FZBOT_WECHAT_ACCOUNT_TYPE={kind} \\",
            f"    FZBOT_WECHAT_TOKEN={credentials.token} FZBOT_WECHAT_APP_ID={credentials.app_id} \\",
            f"    FZBOT_WECHAT_APP_SECRET={credentials.app_secret} FZBOT_WECHAT_AES_KEY={credentials.aes_key}",
            "  粉丝发消息：",
            f'    curl -d \'{{"openid": "o-fan-1", "text": "彩礼怎么退"}}\' http://127.0.0.1:{port}/simulated/message',
            "  停止：Ctrl+C",
        ]
    )
