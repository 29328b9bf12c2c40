"""What `fzbot doctor` finds in the settings; a start says the worst of it, too."""

import stat
from collections.abc import Iterator

from fzbot.commands.findings import Finding, Level
from fzbot.errors import ConfigError
from fzbot.settings import SECRET_FILE, Settings


def examine_settings(settings: Settings) -> Iterator[Finding]:
    """What the settings say and what is wrong with them."""
    is_local = "127.0.0.1" in settings.public_url or "localhost" in settings.public_url
    if settings.wechat_token and is_local:
        do = "把 FZBOT_PUBLIC_URL 设成村民手机能打开的 https 地址"
        yield Finding("对外地址", Level.BAD, f"{settings.public_url} 手机打不开", do)
    elif settings.wechat_token and not settings.public_url.startswith("https://"):
        yield Finding(
            "对外地址", Level.WARNING, "不是 https", "在前面的 nginx 配好证书，FZBOT_PUBLIC_URL 写 https 地址"
        )
    else:
        yield Finding("对外地址", Level.GOOD, settings.public_url)
    yield from _account(settings)
    if settings.simulator and settings.wechat_token:
        yield Finding("模拟聊天", Level.WARNING, "正式服务上开着", "去掉 FZBOT_SIMULATOR")
    yield from _secret(settings)


def unknown_variables() -> Iterator[Finding]:
    """Variables of the environment that look like settings and are none."""
    for name, near in Settings.unknown().items():
        do = f"是不是想写 {near}？改名或去掉它" if near else "去掉它，或对照 README 里的变量表"
        yield Finding("环境变量", Level.WARNING, f"不认识 {name}，没有起作用", do)


def _account(settings: Settings) -> Iterator[Finding]:
    if not settings.wechat_token:
        do = "要接公众号，设置 FZBOT_WECHAT_TOKEN 等，步骤见 README.zh-CN.md"
        yield Finding("公众号", Level.WARNING, "默认公众号没有配置", do)
    elif not settings.wechat_aes_key:
        yield Finding("公众号", Level.WARNING, "没有配置消息加密密钥", "公众平台选安全模式，设置 FZBOT_WECHAT_AES_KEY")
    elif not settings.wechat_app_id:
        do = "设置 FZBOT_WECHAT_APP_ID（公众平台“设置与开发 → 基本配置”里 wx 开头的一串）"
        yield Finding("公众号", Level.BAD, "有消息加密密钥，没有 AppID：加密的消息都会被拒，村民收不到答复", do)
    elif settings.wechat_plain:
        do = "去掉 FZBOT_WECHAT_PLAIN；公众平台选安全模式或兼容模式都不需要它"
        yield Finding("公众号", Level.WARNING, "也收明文消息：截到一条消息的网址，就能冒充别人", do)
    else:
        yield Finding("公众号", Level.GOOD, "已配置，安全模式")


def _secret(settings: Settings) -> Iterator[Finding]:
    path = settings.data_dir / SECRET_FILE
    if settings.secret_key:
        return
    try:
        if settings.find_secret() is None:
            yield Finding(
                "密钥文件", Level.WARNING, f"还没有 {path}", "第一次启动时会自动生成；恢复备份的，先把另存的密钥放回去"
            )
            return
    except ConfigError as error:
        yield Finding("密钥文件", Level.BAD, str(error))
        return
    if path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        yield Finding("密钥文件", Level.BAD, f"{path} 别人也能读", f"运行 chmod 600 {path}")
    else:
        yield Finding("密钥文件", Level.GOOD, "只有本账号能读；请另存一份，丢了就解不开关注者编号")
