"""`fzbot serve`: prepare the database, say where things are, and run the server."""

import errno
import gc
import socket
import threading
import time
from urllib.error import URLError
from urllib.request import ProxyHandler, build_opener

import uvicorn

from fzbot import app, bootstrap, services
from fzbot.commands import waiting
from fzbot.commands.doctor_settings import examine_settings, unknown_variables
from fzbot.commands.limits import SERVER
from fzbot.errors import ConfigError
from fzbot.runtime import logs
from fzbot.settings import Settings

_PORT_TROUBLES = {
    errno.EADDRINUSE: "已被别的程序占用（也许 fzbot 已经开着）：先停掉它，或用 --port 换一个",
    errno.EACCES: "本账号没有权限用：用 --port 换一个 1024 以上的，前面让 nginx 转发",
}
GREETING_PATIENCE_SECONDS = 60


def serve(settings: Settings, host: str, port: int, workers: int) -> None:
    """Serve until stopped. With several workers each is a process of its own on the same port.

    Then `metrics_folder.prepare` must have run before this module is imported.
    """
    logs.configure()
    _check_port(host, port)
    for line in notes(settings):
        print(line, flush=True)  # noqa: T201 - said to the person who started it
    password = None
    if waiting.prepare(settings):
        password = bootstrap.first_admin(settings)
    else:
        waiting.prepare_later(settings)
    threading.Thread(target=_greet, args=(settings, host, port, password), daemon=True).start()
    if workers > 1:
        _serve_together(settings, host, port, workers)
    else:
        uvicorn.run("fzbot.app:from_environment", factory=True, host=host, port=port, **SERVER)


def _check_port(host: str, port: int) -> None:
    """`ConfigError` when nobody could listen there; asked first, so that nothing is promised that cannot be kept."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            why = _PORT_TROUBLES.get(error.errno or 0, f"不能用（{error.strerror}）：看 --host 写得对不对")
            raise ConfigError(f"{host} 的端口 {port} {why}") from error


def notes(settings: Settings) -> list[str]:
    """What is wrong with the settings though it keeps nobody from beginning."""
    said = [str(finding) for finding in examine_settings(settings) if finding.is_bad]
    return said + [str(finding) for finding in unknown_variables()]


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
