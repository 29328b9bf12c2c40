"""Why a notice cannot go out as planned; said while composing, and checked again when sending begins."""

from fzbot.errors import NoticeError, NoticeWaitsError
from fzbot.notices.authoring.audience import Audience
from fzbot.notices.authoring.notice import NoticePlan
from fzbot.notices.delivery_methods import AccountKind, DeliveryMethod, methods_of
from fzbot.notices.push import Pushes


def check(account_id: int, plan: NoticePlan, pushes: Pushes) -> AccountKind:
    """`NoticeError` saying why the account cannot send like this; returns the account's kind."""
    kind = pushes.kind(account_id)
    if plan.way not in methods_of(kind, pushes.has_template(account_id)):
        raise NoticeError(_not_open(kind, plan.way))
    if plan.way.calls_platform and pushes.find(account_id) is None:
        raise NoticeWaitsError("没有配置 AppSecret，不能主动发；可用“下次来消息时显示”或转发到村微信群")
    if plan.way is DeliveryMethod.MASS and not is_one_send(plan.audience) and not kind.is_service:
        raise NoticeError("订阅号一次群发只能发给所有人或一个村，请改选")
    return kind


def is_one_send(audience: Audience) -> bool:
    """Whether a single mass send by tag, or to all, reaches the audience."""
    return audience.theme is None and (audience.villages is None or len(audience.villages) == 1)


def _not_open(kind: AccountKind, way: DeliveryMethod) -> str:
    if way is DeliveryMethod.TEMPLATE and kind.is_service and kind.is_verified:
        return "没有配置模板消息的模板（FZBOT_WECHAT_NOTICE_TEMPLATE）"
    return f"本号是{kind.label}，不能用“{way.label}”"
