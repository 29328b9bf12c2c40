"""`fzbot serve`: prepare the database, say where things are, and run the server."""

import gc
import threading
import time
from urllib.error import URLError
from urllib.request import ProxyHandler, build_opener

import uvicorn

from fzbot import app, bootstrap, services
from fzbot.commands.limits import SERVER
from fzbot.runtime import logs
from fzbot.settings import Settings

GREETING_PATIENCE_SECONDS = 60


def serve(settings: Settings, host: str, port: int, workers: int) -> None:
    """Serve until stopped. With several workers each is a process of its own on the same port.

    Then `metrics_folder.prepare` must have run before this module is imported.
    """
    logs.configure()
    bootstrap.prepare(settings)
    password = bootstrap.first_admin(settings)
    threading.Thread(target=_greet, args=(settings, host, port, password), daemon=True).start()
    if workers > 1:
        _serve_together(settings, host, port, workers)
    else:
        uvicorn.run("fzbot.app:from_environment", factory=True, host=host, port=port, **SERVER)


def _serve_together(settings: Settings, host: str, port: int, workers: int) -> None:
    from fzbot.commands.prefork import Servers  # noqa: PLC0415 - one process does without gunicorn

    ready = services.read_ahead(settings)
    gc.freeze()  # what was read is shared with the processes to come, as long as nobody writes to it
    Servers(lambda: app.create_app(settings, ready), host, port, workers).run()


def _greet(settings: Settings, host: str, port: int, password: str | None) -> None:
    # Said only once the server answers, so that the addresses work when a newcomer clicks them.
    shown = "127.0.0.1" if host in {"0.0.0.0", "::"} else host  # noqa: S104 - a comparison
    address = f"http://[{shown}]:{port}" if ":" in shown else f"http://{shown}:{port}"
    straight = build_opener(ProxyHandler({}))  # a proxy of the environment knows nothing of our own address
    deadline = time.monotonic() + GREETING_PATIENCE_SECONDS
    while time.monotonic() < deadline:
        try:
            straight.open(f"{address}/healthz", timeout=1).close()
            break
        except (URLError, OSError):
            time.sleep(0.05)
    else:
        return
    print(greeting(settings, address, password), flush=True)  # noqa: T201 - said to the person who started it


def greeting(settings: Settings, address: str, password: str | None = None) -> str:
    """Where to look, the first administrator's password if there is one to say, and how to connect a real account."""
    lines = [f"fzbot 已启动：{address}"]
    if settings.simulator:
        lines.append(f"  模拟聊天：{address}/simulator")
    lines += [f"  常见问题：{address}/", f"  后台：{address}/console/"]
    if password:
        lines.append(
            f"    首次登录：登录名 {bootstrap.FIRST_ADMIN}，一次性密码 {password}（只显示这一次，登录后必须改掉）"
        )
    if settings.wechat_token:
        lines.append(f"  公众号接口：{settings.public_url}/wechat")
    else:
        lines += [
            "  连接真实公众号：",
            "    1. 设置环境变量 FZBOT_WECHAT_TOKEN、FZBOT_WECHAT_APP_ID、FZBOT_WECHAT_AES_KEY、FZBOT_PUBLIC_URL 后重新启动；",
            "    2. 在 mp.weixin.qq.com 的“设置与开发 → 基本配置”里，服务器地址填 FZBOT_PUBLIC_URL/wechat，选安全模式，提交。",
            "    详细步骤见 README.zh-CN.md。",
        ]
    lines.append("  停止：Ctrl+C")
    return "\n".join(lines)
