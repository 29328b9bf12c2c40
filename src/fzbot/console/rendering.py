"""Pages from templates: the frame, the menu that fits the visitor, and how values are shown."""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

from fastapi.responses import RedirectResponse, Response
from starlette.requests import Request
from starlette.templating import Jinja2Templates

from fzbot import clock
from fzbot.console.authorization import CSRF_FIELD
from fzbot.console.permissions import allows
from fzbot.console.visitor import Visitor
from fzbot.conversation.choices import without_taps

HERE = Path(__file__).parent
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

MENU: tuple[tuple[str, tuple[tuple[str, str], ...]], ...] = (
    ("", (("/", "总览"),)),
    (
        "问答",
        (
            ("/handovers", "转人工"),
            ("/unanswered", "待完善问题"),
            ("/knowledge", "知识库"),
            ("/laws", "法律变化"),
            ("/test-bench", "试一试"),
        ),
    ),
    ("通知", (("/notices", "通知"), ("/pushes", "通知统计"))),
    ("台账", (("/activities", "普法台账"), ("/services", "服务记录"), ("/report", "年度报告"))),
    (
        "管理",
        (
            ("/villages", "村和村顾问"),
            ("/platform", "公众号"),
            ("/staff", "人员"),
            ("/tokens", "接口令牌"),
            ("/audit-log", "操作记录"),
        ),
    ),
)
"""The menu: groups of (path, name). Only what the rules open to a visitor is shown."""

DONE = {
    "wording": "已加成问法，约一分钟后生效",
    "draft": "草稿已保存",
    "proposed": "已存成草稿，县里核对发布后生效",
    "notice": "草稿已保存，看看效果，再往下走",
    "approved": "已审批",
    "scheduled": "已安排发送；这一页会显示发到了哪一步",
    "withdrawn": "已撤回",
    "reopened": "已退回草稿，可以改了，改完要重新审批",
    "stopped": "已停止，没看到的人不会再看到",
    "resumed": "继续发送了，已经发到的人不会再收到",
    "ended": "不再发了，没收到的人不会再收到",
    "previewed": "已发到您的微信，请打开公众号看",
    "forwarded": "已登记",
    "queued": "已提交，正在构建和核对，约一分钟后生效；没通过会写明原因",
    "answered": "已答复，正在用客服消息发到对方微信",
    "answered-later": "已答复。现在不能主动发，对方下次来消息时，连同回复一起显示；急事请打电话",
    "menu": "菜单已放到公众号上，一般几分钟后看到，最多 24 小时",
    "tags": "标签已同步",
    "saved": "已保存",
    "added": "已添加",
    "removed": "已删除",
    "issued": "已定稿，在下面“已定稿”里下载",
    "imported": "已导入，下面能看到",
    "changed-password": "密码已更改",
    "totp-on": "动态码已启用，以后登录要填",
}
"""What a page says after a change; the address carries only the key."""


def moment(value: datetime | None) -> str:
    """A moment as people in China read it."""
    return value.astimezone(clock.CHINA).strftime("%Y-%m-%d %H:%M") if value else "—"


def local(value: datetime | str) -> str:
    """A moment as an input field for local time takes it; what somebody typed stays as it is."""
    return value.astimezone(clock.CHINA).strftime("%Y-%m-%dT%H:%M") if isinstance(value, datetime) else value


def number(value: float | None) -> str:
    """A number with thousands separators; a dash for none."""
    if value is None:
        return "—"
    return f"{value:,}" if isinstance(value, int) else f"{value:,.1f}"


def percent(part: int, whole: int) -> str:
    """A share with one decimal; a dash where there is nothing to share."""
    return f"{part / whole:.1%}" if whole else "—"


templates = Jinja2Templates(HERE / "templates")
templates.env.filters |= {"moment": moment, "local": local, "number": number, "without_taps": without_taps}
templates.env.globals |= {"percent": percent}
templates.env.trim_blocks = True
templates.env.lstrip_blocks = True


def render(request: Request, template: str, context: Mapping[str, Any] | None = None, status: int = 200) -> Response:
    """A page of the console in its frame."""
    visitor = getattr(request.state, "visitor", None)
    frame = {
        "visitor": visitor,
        "menu": menu_for(visitor),
        "here": request.scope.get("path", "").removeprefix(request.scope.get("root_path", "")) or "/",
        "csrf": visitor.csrf if visitor else "",
        "csrf_field": CSRF_FIELD,
        "done": DONE.get(request.query_params.get("done", "")),
    }
    return templates.TemplateResponse(request, template, frame | dict(context or {}), status_code=status)


def menu_for(visitor: Visitor | None) -> list[tuple[str, list[tuple[str, str]]]]:
    """The groups of the menu with what is open to the visitor."""
    if visitor is None:
        return []
    groups = [(title, [item for item in items if allows("GET", item[0], visitor.role)]) for title, items in MENU]
    return [(title, items) for title, items in groups if items]


def go(path: str, **query: str) -> Response:
    """Redirect to a page of the console after a change (303, so that a reload does not repeat it)."""
    return RedirectResponse(f"/console{path}" + (f"?{urlencode(query)}" if query else ""), 303)


def download(content: bytes, name: str, media_type: str) -> Response:
    """A file to save under a name."""
    headers = {"content-disposition": f"attachment; filename*=UTF-8''{quote(name)}"}
    return Response(content, media_type=media_type, headers=headers)
