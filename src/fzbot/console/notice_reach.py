"""What staff are told before they send: the ways that are open, whom a notice reaches, and what is left of the allowance."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from fzbot.console.services import ConsoleServices
from fzbot.errors import NoticeError
from fzbot.notices.authoring import validation
from fzbot.notices.authoring.audience import Audience, AudienceSize, size
from fzbot.notices.authoring.notice import NoticePlan
from fzbot.notices.delivery_methods import DeliveryMethod
from fzbot.notices.sending import quota
from fzbot.notices.sending.quota import QuotaStop

MEANING = {
    DeliveryMethod.MASS: "选中的人都收到一条公众号消息，占群发次数。",
    DeliveryMethod.CUSTOMER: "只有 48 小时内给公众号发过消息的人收得到，不占群发次数。",
    DeliveryMethod.TEMPLATE: "一人一条服务通知，有送达回执；不能是营销内容。",
    DeliveryMethod.DRAFT: "在公众号后台的草稿箱里存一篇图文，您到后台核对后自己发布；配图作封面，没有就用单色封面。",
    DeliveryMethod.NEXT_REPLY: "不主动发；村民下次给公众号发消息时，连同回复一起看到，一人一次，30 天内有效。",
    DeliveryMethod.GROUP: "系统不发；审批后您复制文字或长图，转到村微信群，再登记群名和人数。",
}


@dataclass(frozen=True)
class WayChoice:
    """A way, and why it is closed (empty where it is open)."""

    way: DeliveryMethod
    obstacle: str

    @property
    def meaning(self) -> str:
        """What happens."""
        return MEANING[self.way]


@dataclass(frozen=True)
class Reach:
    """Whom a plan reaches. `mass_left` is None where the way uses no mass send; `stop` says until when the platform refuses."""

    size: AudienceSize
    obstacle: str
    mass_left: int | None
    span: str
    stop: QuotaStop | None


def choices(services: ConsoleServices, account_id: int) -> list[WayChoice]:
    """All ways, the open ones first."""
    found = [WayChoice(way, _obstacle(services, account_id, NoticePlan(way, Audience()))) for way in DeliveryMethod]
    return sorted(found, key=lambda choice: bool(choice.obstacle))


def reach(session: Session, services: ConsoleServices, account_id: int, plan: NoticePlan) -> Reach:
    """What is so now."""
    now, kind = services.now(), services.pushes.kind(account_id)
    left = None
    if plan.way is DeliveryMethod.MASS:
        left = quota.mass_left(session, account_id, kind, plan.audience.villages, now)
    return Reach(
        size=size(session, account_id, plan.audience, plan.way, now),
        obstacle=_obstacle(services, account_id, plan),
        mass_left=left,
        span="本月" if kind.is_service else "今天",
        stop=quota.stopped(session, now).get((account_id, plan.way.value)),
    )


def _obstacle(services: ConsoleServices, account_id: int, plan: NoticePlan) -> str:
    try:
        validation.check(account_id, plan, services.pushes)
    except NoticeError as error:
        return str(error)
    return ""
