"""What came in, and which way: the two columns of an interaction that figures, windows and rules tell apart."""

from enum import StrEnum


class MessageKind(StrEnum):
    """What came in. Stored by value: a new kind is a new member with its label here, and nothing else."""

    TEXT = "text"
    VOICE = "voice"
    IMAGE = "image"
    VIDEO = "video"
    SHORT_VIDEO = "shortvideo"
    LOCATION = "location"
    LINK = "link"
    OTHER = "other"
    SUBSCRIBE = "subscribe"
    UNSUBSCRIBE = "unsubscribe"
    SCAN = "scan"
    CLICK = "click"
    VIEW = "view"
    REPORT_LOCATION = "report-location"
    OTHER_EVENT = "other-event"
    THROTTLED = "throttled"

    @property
    def label(self) -> str:
        """What staff read."""
        return _LABELS[self]

    @property
    def is_question(self) -> bool:
        """Whether it is made of words, written or spoken, and so counts as asked."""
        return self in {MessageKind.TEXT, MessageKind.VOICE}

    @property
    def is_event(self) -> bool:
        """Whether it is something done rather than something said."""
        return self in _EVENTS


class Channel(StrEnum):
    """The way a message came."""

    WECHAT = "wechat"
    KIOSK = "kiosk"


_LABELS = {
    MessageKind.TEXT: "文字",
    MessageKind.VOICE: "语音",
    MessageKind.IMAGE: "图片",
    MessageKind.VIDEO: "视频",
    MessageKind.SHORT_VIDEO: "小视频",
    MessageKind.LOCATION: "位置",
    MessageKind.LINK: "链接",
    MessageKind.OTHER: "其他消息",
    MessageKind.SUBSCRIBE: "关注",
    MessageKind.UNSUBSCRIBE: "取关",
    MessageKind.SCAN: "扫码",
    MessageKind.CLICK: "点菜单",
    MessageKind.VIEW: "点菜单链接",
    MessageKind.REPORT_LOCATION: "上报位置",
    MessageKind.OTHER_EVENT: "其他事件",
    MessageKind.THROTTLED: "发得太快",
}
_EVENTS = {
    MessageKind.SUBSCRIBE,
    MessageKind.UNSUBSCRIBE,
    MessageKind.SCAN,
    MessageKind.CLICK,
    MessageKind.VIEW,
    MessageKind.REPORT_LOCATION,
    MessageKind.OTHER_EVENT,
}

QUESTION_KINDS = tuple(kind for kind in MessageKind if kind.is_question)
"""As queries take them."""
