"""The `fzbot` command. Every subcommand is thin: it reads the settings, calls one function, prints."""

import json
import os
import sys
from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from fzbot import clock, private_files
from fzbot.errors import FzbotError
from fzbot.runtime import metrics_folder
from fzbot.settings import Settings

app = typer.Typer(no_args_is_help=True, pretty_exceptions_enable=False, add_completion=False)
knowledge = typer.Typer(no_args_is_help=True, help="知识库：检查。")
statutes = typer.Typer(no_args_is_help=True, help="法律全文：导入。")
account = typer.Typer(no_args_is_help=True, help="公众号：添加、查看。")
staff = typer.Typer(no_args_is_help=True, help="后台人员：添加、重置、查看。")
menu = typer.Typer(no_args_is_help=True, help="公众号底部的菜单：查看、放上去。")
app.add_typer(menu, name="menu")
app.add_typer(staff, name="staff")
app.add_typer(knowledge, name="knowledge")
app.add_typer(account, name="account")
app.add_typer(statutes, name="statutes")
spool = typer.Typer(no_args_is_help=True, help="暂存的互动记录：查看、补写。")
app.add_typer(spool, name="spool")
simulate = typer.Typer(no_args_is_help=True, help="试用：模拟微信平台。")
app.add_typer(simulate, name="simulate")


def run() -> None:
    """The entry point: whatever goes wrong is one line for a person, never a traceback."""
    private_files.by_default()
    try:
        app()
    except Exception as error:  # noqa: BLE001 - the last place that can say it
        typer.secho(f"fzbot：{_said(error)}", err=True, fg="red")
        raise SystemExit(1) from None


def _said(error: Exception) -> str:
    from sqlalchemy.exc import SQLAlchemyError  # noqa: PLC0415 - keeps `fzbot answer` light

    from fzbot.commands.database_faults import describe  # noqa: PLC0415
    from fzbot.runtime import crash_log  # noqa: PLC0415

    if isinstance(error, FzbotError):
        return str(error)
    if isinstance(error, SQLAlchemyError):
        return describe(error)
    if isinstance(error, OSError) and error.strerror:
        return f"{error.filename or '系统'}：{error.strerror}"
    path = crash_log.note(error, Path(os.environ.get("FZBOT_DATA_DIR", "data")))
    where = f"，经过写在 {path}，请交给开发者看" if path else ""
    return f"没有料到的错误（{type(error).__name__}）{where}"


@app.command()
def serve(host: str = "127.0.0.1", port: int = 8000, workers: int = 1) -> None:
    """启动服务。"""
    settings = Settings.from_environment()
    if workers > 1:
        metrics_folder.prepare(settings.data_dir / "metrics")
    from fzbot.commands.serve import serve as serve_forever  # noqa: PLC0415 - keeps `fzbot answer` light

    serve_forever(settings, host, port, workers)


@app.command()
def worker() -> None:
    """发送通知，单独一个进程；serve 里默认已带一个。"""
    from fzbot.commands import worker as worker_command  # noqa: PLC0415

    worker_command.work(Settings.from_environment())


@app.command()
def answer(
    text: Annotated[str | None, typer.Argument(help="要问的话")] = None,
    jsonl: Annotated[bool, typer.Option(help='从标准输入读 {"id","text"} 行，逐行输出判定')] = False,
    explain: Annotated[bool, typer.Option(help="说明为什么这样判定")] = False,
) -> None:
    """问一句，看怎么答；不用数据库。"""
    from fzbot.commands import answer as answer_command  # noqa: PLC0415

    settings = Settings.from_environment()
    if jsonl:
        answer_command.answer_lines(settings, sys.stdin, sys.stdout)
    elif text is None:
        raise typer.BadParameter("请写上要问的话，或用 --jsonl 从标准输入读")
    elif explain:
        typer.echo(answer_command.explain(settings, text))
    else:
        typer.echo(answer_command.answer(settings, text))


@app.command()
def demo(
    folder: Annotated[Path, typer.Argument(help="放演示数据的新文件夹")] = Path("data/demo"),
) -> None:
    """建一个演示库：一个虚构的镇，13 个村，一年的数据；不动真实数据。"""
    from fzbot.commands import demo as demo_command  # noqa: PLC0415

    typer.echo(demo_command.fill(Settings.from_environment(), folder, clock.today()))


@app.command()
def backup(
    target: Annotated[Path, typer.Argument(help="备份文件，如 fzbot-20261123.tar.gz")],
    keys: Annotated[Path | None, typer.Option(help="把密钥另存到这个文件，和备份分开保管")] = None,
) -> None:
    """备份数据库和上传的图片；运行中也能备份。"""
    from fzbot.commands import backup as backup_command  # noqa: PLC0415

    typer.echo(backup_command.make(Settings.from_environment(), target, keys))


@app.command()
def restore(
    source: Annotated[Path, typer.Argument(help="备份文件")],
    erasures: Annotated[Path | None, typer.Option(help="删除记录 erasures.jsonl；备份之后删过的人再删一遍")] = None,
) -> None:
    """恢复到一个空的安装；换机器、SQLite 换 PostgreSQL 也用它。"""
    from fzbot.commands import backup as backup_command  # noqa: PLC0415

    typer.echo(backup_command.restore(Settings.from_environment(), source, erasures))


@app.command()
def partition() -> None:
    """PostgreSQL：把互动记录按月分开存放。从旧版本升级来的库，等所有机器都升级后做一次。"""
    from fzbot.commands import partition as partition_command  # noqa: PLC0415

    typer.echo(partition_command.split(Settings.from_environment()))


@app.command()
def doctor() -> None:
    """体检：配置、数据库、时钟、磁盘、字体、网络、复核日期、操作记录；逐条说怎么办。"""
    from fzbot.commands import doctor as doctor_command  # noqa: PLC0415

    findings = doctor_command.examine(Settings.from_environment())
    for finding in findings:
        typer.echo(str(finding))
    raise typer.Exit(1 if any(finding.is_bad for finding in findings) else 0)


@knowledge.command("check")
def knowledge_check(
    statutes_dir: Annotated[Path | None, typer.Option("--statutes", help="法律全文所在的文件夹，核对引用")] = None,
    only: Annotated[Path | None, typer.Option(help="只看这个文件或文件夹里的")] = None,
) -> None:
    """检查知识库，逐条说明错在哪里、怎么改。"""
    from fzbot.knowledge import checks, files  # noqa: PLC0415
    from fzbot.knowledge.statutes import read_statutes  # noqa: PLC0415

    base = files.load(Settings.from_environment().knowledge)
    texts = read_statutes(statutes_dir) if statutes_dir else {}
    faults = checks.check(base, clock.today(), texts)
    if only:
        faults = [fault for fault in faults if fault.file.resolve().is_relative_to(only.resolve())]
    for fault in faults:
        typer.echo(str(fault))
    errors = sum(fault.severity is files.Severity.ERROR for fault in faults)
    typer.echo(f"共 {len(base.entries)} 条，错误 {errors}，提醒 {len(faults) - errors}")
    raise typer.Exit(1 if errors else 0)


@knowledge.command("export")
def knowledge_export(target: Annotated[Path, typer.Argument(help="新的文件夹")]) -> None:
    """把知识库连同后台改过的条目写成文件。"""
    from fzbot.commands import knowledge as knowledge_command  # noqa: PLC0415

    typer.echo(knowledge_command.export(Settings.from_environment(), target))


@knowledge.command("import")
def knowledge_import(source: Annotated[Path, typer.Argument(help="别处导出的知识库文件夹")]) -> None:
    """把文件夹里不一样的条目检查、试过以后发布。"""
    from fzbot.commands import knowledge as knowledge_command  # noqa: PLC0415

    typer.echo(knowledge_command.import_files(Settings.from_environment(), source))


@knowledge.command("affected")
def knowledge_affected(law: Annotated[str, typer.Argument(help="法律的简称，如 治安管理处罚法")]) -> None:
    """某部法变了，列出依据它的要点。"""
    from fzbot.commands import knowledge as knowledge_command  # noqa: PLC0415

    typer.echo(knowledge_command.affected(Settings.from_environment(), law))


@app.command()
def stats(
    first: Annotated[str, typer.Option("--from", help="起始日，如 2026-11-01")],
    last: Annotated[str, typer.Option("--to", help="截止日（含）")],
    as_json: Annotated[bool, typer.Option("--json")] = False,
) -> None:
    """统计一段日子的互动。"""
    from fzbot.commands import stats as stats_command  # noqa: PLC0415

    report = stats_command.report(Settings.from_environment(), _day(first), _day(last))
    if as_json:
        typer.echo(json.dumps(report.model_dump(mode="json"), ensure_ascii=False, indent=2))
    else:
        typer.echo(stats_command.table(report))


@app.command()
def report(
    year: Annotated[int, typer.Option(help="哪一年，如 2026")],
    output: Annotated[Path, typer.Option("-o", "--output", help="写到哪个 .docx 文件")],
    account: Annotated[str, typer.Option(help="哪个公众号的短名")] = "default",
    org: Annotated[str, typer.Option(help="单位名称；不填用上次定稿的，没有就用公众号名称")] = "",
    issue: Annotated[bool, typer.Option("--issue", help="定稿：固定数字，编号存档")] = False,
    number: Annotated[int | None, typer.Option(help="再出一份已定稿的第几号")] = None,
) -> None:
    """年度普法工作报告，公文版式的 Word 文件。"""
    from fzbot.commands import report as report_command  # noqa: PLC0415

    order = report_command.Order(year, account, org, issue, number)
    typer.echo(report_command.write(Settings.from_environment(), order, output))


@statutes.command("import")
def statutes_import(
    paths: Annotated[list[Path], typer.Argument(help="官方 .docx、.md、.txt 文件，或它们所在的文件夹")],
) -> None:
    """导入法律全文：答案页显示法条原文，“民法典1079条”能直接回答。"""
    from fzbot.commands import statutes as statutes_command  # noqa: PLC0415

    typer.echo(statutes_command.import_files(Settings.from_environment(), paths))


@account.command("add")
def account_add(
    slug: Annotated[str, typer.Argument(help="短名，用在网址 /wechat/短名")],
    name: Annotated[str, typer.Option(help="公众号名称")],
    app_id: Annotated[str, typer.Option(help="AppID")],
    kind: Annotated[str, typer.Option(help="subscription|service，未认证加 -unverified")] = "subscription-unverified",
) -> None:
    """添加一个公众号；令牌和密钥逐项询问，不留在命令历史里。"""
    from fzbot.commands import accounts as account_command  # noqa: PLC0415

    secrets = {
        "token": typer.prompt("令牌 Token", hide_input=True),
        "app_secret": typer.prompt("AppSecret（没有就直接回车）", default="", hide_input=True, show_default=False),
        "aes_key": typer.prompt("EncodingAESKey（明文模式直接回车）", default="", hide_input=True, show_default=False),
    }
    typer.echo(account_command.add(Settings.from_environment(), slug, name, app_id, kind, secrets))


@account.command("list")
def account_list() -> None:
    """列出公众号。"""
    from fzbot.commands import accounts as account_command  # noqa: PLC0415

    typer.echo(account_command.listing(Settings.from_environment()))


@menu.command("show")
def menu_show() -> None:
    """看配置好的菜单（knowledge/menu.yaml）。"""
    from fzbot.commands import menu as menu_command  # noqa: PLC0415

    typer.echo(menu_command.show(Settings.from_environment()))


@menu.command("put")
def menu_put(account: Annotated[str, typer.Option(help="哪个公众号的短名")] = "default") -> None:
    """把菜单放到公众号上。"""
    from fzbot.commands import menu as menu_command  # noqa: PLC0415

    typer.echo(menu_command.put(Settings.from_environment(), account))


@staff.command("add")
def staff_add(
    login: Annotated[str, typer.Argument(help="登录名，小写字母和数字")],
    name: Annotated[str, typer.Option(help="姓名")],
    role: Annotated[str, typer.Option(help="admin|editor|adviser|viewer")],
    account: Annotated[str, typer.Option(help="所属公众号的短名；留空为县级，能看全部公众号")] = "",
) -> None:
    """添加后台人员，打印一次性密码。"""
    from fzbot.commands import staff as staff_command  # noqa: PLC0415

    typer.echo(staff_command.add(Settings.from_environment(), login, name, role, account))


@staff.command("reset")
def staff_reset(login: Annotated[str, typer.Argument(help="登录名")]) -> None:
    """重置密码和动态码，打印新的一次性密码。"""
    from fzbot.commands import staff as staff_command  # noqa: PLC0415

    typer.echo(staff_command.reset(Settings.from_environment(), login))


@staff.command("list")
def staff_list() -> None:
    """列出后台人员。"""
    from fzbot.commands import staff as staff_command  # noqa: PLC0415

    typer.echo(staff_command.listing(Settings.from_environment()))


@spool.command("show")
def spool_show() -> None:
    """看有多少记录等着写进数据库，有多少被数据库拒收。"""
    from fzbot.commands import spool as spool_command  # noqa: PLC0415

    typer.echo(spool_command.show(Settings.from_environment()))


@spool.command("replay")
def spool_replay() -> None:
    """把数据库拒收、放在一边的记录再补写一遍；服务运行时也能用。"""
    from fzbot.commands import spool as spool_command  # noqa: PLC0415

    typer.echo(spool_command.replay(Settings.from_environment()))


@simulate.command("platform")
def simulate_platform(
    port: int = 8001,
    webhook: Annotated[str, typer.Option(help="回执和粉丝消息发到哪里")] = "http://127.0.0.1:8000/wechat",
    followers: Annotated[int, typer.Option(help="先有多少个粉丝")] = 0,
    kind: Annotated[str, typer.Option(help="subscription|service，未认证加 -unverified")] = "service",
) -> None:
    """模拟微信平台：群发、客服消息、模板消息、回执、限额，都在本机。"""
    from fzbot.commands import simulate as simulate_command  # noqa: PLC0415

    simulate_command.platform(Settings.from_environment(), port, webhook, followers, kind)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise typer.BadParameter(f"“{text}”不是日期，请写成 2026-11-01 这样") from error
