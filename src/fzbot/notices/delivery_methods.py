"""The ways to reach villagers, and which of them an account's kind allows (platform rules; facts of 2026-11)."""

from dataclasses import dataclass
from enum import StrEnum


class DeliveryMethod(StrEnum):
    """A way of sending."""

    MASS = "mass"
    CUSTOMER = "customer"
    TEMPLATE = "template"
    DRAFT = "draft"
    NEXT_REPLY = "contact"
    GROUP = "group"

    @property
    def label(self) -> str:
        """Its Chinese name."""
        return {
            "mass": "群发",
            "customer": "客服消息",
            "template": "模板消息",
            "draft": "存为草稿图文",
            "contact": "下次来消息时显示",
            "group": "转发到村微信群",
        }[self.value]

    @property
    def is_personal(self) -> bool:
        """Whether each recipient gets a delivery of their own."""
        return self in {DeliveryMethod.CUSTOMER, DeliveryMethod.TEMPLATE, DeliveryMethod.NEXT_REPLY}

    @property
    def calls_platform(self) -> bool:
        """Whether the worker sends it to the platform."""
        return self in {DeliveryMethod.MASS, DeliveryMethod.CUSTOMER, DeliveryMethod.TEMPLATE, DeliveryMethod.DRAFT}


@dataclass(frozen=True)
class AccountKind:
    """Subscription (订阅号) or service (服务号) account, verified or not."""

    is_service: bool
    is_verified: bool

    @classmethod
    def parse(cls, kind: str) -> "AccountKind":
        """From `subscription`, `service`, `subscription-unverified` or `service-unverified`."""
        return cls(kind.startswith("service"), not kind.endswith("-unverified"))

    @property
    def label(self) -> str:
        """Its Chinese name."""
        return ("认证" if self.is_verified else "未认证") + ("服务号" if self.is_service else "订阅号")


def methods_of(kind: AccountKind, has_template: bool = False) -> tuple[DeliveryMethod, ...]:
    """The ways open to an account; template messages need a template to be configured as well."""
    if not kind.is_verified:
        return (DeliveryMethod.NEXT_REPLY, DeliveryMethod.GROUP)
    template = (DeliveryMethod.TEMPLATE,) if kind.is_service and has_template else ()
    return (
        DeliveryMethod.MASS,
        DeliveryMethod.CUSTOMER,
        *template,
        DeliveryMethod.DRAFT,
        DeliveryMethod.NEXT_REPLY,
        DeliveryMethod.GROUP,
    )


def describe(kind: AccountKind) -> str:
    """What the account's kind allows, in a sentence or two for staff."""
    if not kind.is_verified:
        return f"本号为{kind.label}：微信不让主动发，通知随村民下次来消息时显示，也可转发到村微信群。"
    mass = "每人每月4次群发，可发给几个村" if kind.is_service else "每天1次群发，发给所有人或一个村"
    personal = "48小时内来过消息的人可发客服消息"
    template = "，可发模板消息（不能是营销）" if kind.is_service else ""
    return f"本号为{kind.label}：{mass}；{personal}{template}；其余的随村民下次来消息时显示，或转发到村微信群。"
