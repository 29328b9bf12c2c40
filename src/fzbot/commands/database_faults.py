"""What to tell the person at the terminal when the database fails: what it is, and what to do."""

from sqlalchemy.exc import SQLAlchemyError

from fzbot import db_errors

NO_DATABASE = "这个文件不是数据库，或已完全损坏。把它移走，再用 fzbot restore 恢复最近的备份"
CORRUPT = "数据库文件有损坏的地方。先停服务，把整个数据文件夹复制一份留底，换一块好盘，再用 fzbot restore 把最近的备份恢复到新文件夹"
_BY_WORDS = (
    ("file is not a database", NO_DATABASE),
    ("malformed", CORRUPT),
    ("database is locked", "数据库正被别的程序占着。看看是不是有别的 fzbot 或备份软件开着它，过一会儿再试"),
    ("unable to open database file", "数据库文件打不开。看 FZBOT_DATA_DIR 在不在、本账号能不能写"),
    ("disk is full", "磁盘满了。清理磁盘后再试"),
    ("readonly database", "数据库文件不让写。看文件和文件夹的权限"),
    ("no such table", "数据库里还没有表。先运行一次 fzbot serve"),
    ("password authentication failed", "数据库的用户名或密码不对。核对 FZBOT_DATABASE_URL 和 FZBOT_DATABASE_PASSWORD"),
    ("does not exist", "数据库里没有要找的东西（库、用户或表）。核对 FZBOT_DATABASE_URL；新库先运行一次 fzbot serve"),
    ("could not translate host name", "找不到数据库那台机器。核对 FZBOT_DATABASE_URL 里的主机名"),
    ("resolve host", "找不到数据库那台机器。核对 FZBOT_DATABASE_URL 里的主机名"),
    ("connection refused", "数据库没有启动，或地址、端口不对。看数据库服务，核对 FZBOT_DATABASE_URL"),
    ("timeout", "数据库没有在规定时间里回应。看数据库服务和网络"),
)


def describe(error: SQLAlchemyError) -> str:
    """One sentence or two in Chinese."""
    words = str(getattr(error, "orig", None) or error).lower()
    for said, meant in _BY_WORDS:
        if said in words:
            return meant
    if db_errors.is_corrupt(error):
        return CORRUPT
    return f"数据库出错（{db_errors.kind(error)}）。看数据库服务和磁盘，再运行 fzbot doctor"
