"""The files of the ledger: its spreadsheet, in and out, and the photos of activities."""

from fastapi import APIRouter, Request
from fastapi.responses import FileResponse, Response

from fzbot import audit
from fzbot.activities import listing, spreadsheet
from fzbot.activities.columns import activity_fields, activity_row, heads
from fzbot.activities.importing import import_activities
from fzbot.activities.ledger import Activity, ActivityPhoto
from fzbot.audit import Change
from fzbot.console.authorization import Services, visitor_of
from fzbot.console.ledger_pages import Filled, context_of, filters_of, workbook_of
from fzbot.console.pages.activities import (
    album_of,
    get_editable,
    get_visible,
    put_photos,
    redraw_photos,
    show_list,
    show_one,
)
from fzbot.console.rendering import XLSX, download, go
from fzbot.db import reading, writing
from fzbot.errors import LedgerError, NotFoundError

router = APIRouter()

NOTES = (
    "一行一个活动，填在“台账”这张表里，从第 2 行开始；列名不要改。",
    "日期要写年月日，如 2026-11-01、2026/11/1、2026年11月1日。合并了的日期、类型、村会按每一行补上；数字不要合并。",
    "隐藏和被筛掉的行、别的工作表不导入，上传后会告诉您有多少。",
    "没有数过的格子空着，不要填 0：空着表示没有登记，0 表示数过、一个也没有。",
    "上传后如有一处不对，会说明是第几行哪一列，一行也不导入；改好再传。",
)


@router.get("/activities/template.xlsx")
def template(services: Services, request: Request) -> Response:
    visitor = visitor_of(request)
    with reading(services.engine) as session:
        fields = activity_fields(context_of(session, services, visitor, visitor.home_account))
    return download(spreadsheet.template(fields, NOTES), "普法台账模板.xlsx", XLSX)


@router.get("/activities/export.xlsx")
def export(services: Services, request: Request) -> Response:
    visitor, filters = visitor_of(request), filters_of(request.query_params)
    with reading(services.engine) as session:
        rows = listing.activities(session, filters.wanted(session, visitor))
        fields = activity_fields(context_of(session, services, visitor, visitor.home_account))
    content = spreadsheet.export("台账", heads(fields), [activity_row(row) for row in rows])
    return download(content, f"普法台账_{filters.year or '全部'}.xlsx", XLSX)


@router.post("/activities/import")
def import_file(services: Services, request: Request, form: Filled) -> Response:
    visitor = visitor_of(request)
    try:
        upload = workbook_of(form, services, visitor, spreadsheet.LARGEST_FILE)
        with reading(services.engine) as session:
            context = context_of(session, services, visitor, visitor.home_account)
        with writing(services.engine) as session:
            result = import_activities(session, upload, context)
    except LedgerError as error:
        return show_list(services, request, filters_of({}), str(error))
    return go("/activities", done="imported", event=str(result.event_id))


@router.get("/activities/{activity_id}/photos/{photo_id}")
def photo(services: Services, request: Request, activity_id: int, photo_id: int) -> Response:
    with reading(services.engine) as session:
        found = _photo(get_visible(session, visitor_of(request), activity_id), photo_id)
    path = album_of(services).path(found.digest)
    if not path.is_file():
        raise NotFoundError("照片的文件不在了，请看备份")
    return FileResponse(path, media_type="image/jpeg")


@router.post("/activities/{activity_id}/photos")
def add_photos(services: Services, request: Request, activity_id: int, form: Filled) -> Response:
    visitor = visitor_of(request)
    with reading(services.engine) as session:
        get_editable(session, visitor, activity_id)
    try:
        pictures = redraw_photos(form)
        if not pictures:
            raise LedgerError("请先选照片")
        with writing(services.engine) as session:
            activity = get_editable(session, visitor, activity_id)
            put_photos(session, services, visitor, activity, pictures)
            change = Change("activity.photos", f"activity:{activity_id}", after={"added": len(pictures)})
            audit.record(session, visitor.actor, change, services.now())
    except LedgerError as error:
        return show_one(services, request, activity_id, str(error))
    return go(f"/activities/{activity_id}", done="added")


@router.post("/activities/{activity_id}/photos/{photo_id}/remove")
def remove_photo(services: Services, request: Request, activity_id: int, photo_id: int) -> Response:
    visitor = visitor_of(request)
    with writing(services.engine) as session:
        activity = get_editable(session, visitor, activity_id)
        found = _photo(activity, photo_id)
        activity.photos.remove(found)
        change = Change("activity.photos", f"activity:{activity_id}", before={"removed": found.digest})
        audit.record(session, visitor.actor, change, services.now())
    with writing(services.engine) as session:
        album_of(services).drop_unused(session, [found.digest])
    return go(f"/activities/{activity_id}", done="removed")


def _photo(activity: Activity, photo_id: int) -> ActivityPhoto:
    for photo in activity.photos:
        if photo.id == photo_id:
            return photo
    raise NotFoundError("没有这张照片，可能已被删除")
