"""What to do about each error code of the platform, and how to put it to staff (platform documents; facts of 2026-11)."""

from enum import Enum


class Reaction(Enum):
    """What an error code asks for."""

    RETRY = "back off and try again"
    REFRESH = "refresh the token once, and try again once"
    NEXT_MINUTE = "stop until the next minute"
    NEXT_DAY = "stop for the day"
    NEVER = "never try again"


REACTIONS = {
    -1: Reaction.RETRY,
    40001: Reaction.REFRESH,
    40014: Reaction.REFRESH,
    42001: Reaction.REFRESH,
    45011: Reaction.NEXT_MINUTE,
    45009: Reaction.NEXT_DAY,
    45066: Reaction.RETRY,
}
EXPLANATIONS = {
    -1: "微信系统繁忙，稍后自动再试",
    40001: "AppSecret 或 access_token 不对，请核对 AppSecret",
    40013: "AppID 不对，请核对",
    40014: "access_token 不对",
    40125: "AppSecret 不对，请到公众平台重置后重新填写",
    40164: "本服务器的公网 IP 不在公众平台的 IP 白名单里，请在“基本配置”里加上",
    40003: "这个人的 openid 不属于本公众号",
    40037: "模板编号不对，请核对模板设置",
    40132: "微信号或 openid 不对",
    42001: "access_token 过期",
    43004: "对方已取消关注",
    43019: "对方在黑名单里",
    43101: "对方没有同意接收订阅通知",
    45002: "内容太长，请精简",
    45009: "今天的接口次数用完了，明天自动继续",
    45011: "调用太快，下一分钟自动继续",
    45015: "对方超过 48 小时没有发消息，微信不让主动发",
    45028: "群发次数用完了",
    45047: "对方回复之前，能主动发的条数用完了",
    45056: "标签超过 100 个",
    45057: "标签下粉丝太多，不能直接删除",
    45059: "对方的标签超过 20 个",
    45065: "同一条群发已经提交过",
    45066: "上一次群发还在处理",
    45067: "群发编号太长",
    45157: "标签名不能用，可能重名",
    45158: "标签名太长，最多 30 个字节",
    47003: "模板字段不对，请核对模板设置",
    48001: "本公众号没有这个接口的权限（未认证，或没有开通）",
    48002: "对方设置了不接收公众号消息",
    48004: "这个接口被微信封禁，请登录公众平台查看通知",
    48006: "接口次数已用完，今天不能再清零",
    50002: "公众号被限制，请登录公众平台查看通知",
}


def reaction(code: int) -> Reaction:
    """What to do about a code; those not listed are not tried again."""
    return REACTIONS.get(code, Reaction.NEVER)


def explain(code: int, message: str = "") -> str:
    """The code for staff, in Chinese; the platform's own words where we have none."""
    said = EXPLANATIONS.get(code) or f"微信没有接受（{message[:80] or '没有说明'}）"
    return f"{said}（错误码 {code}）"
