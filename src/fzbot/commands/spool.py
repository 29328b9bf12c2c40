"""`fzbot spool show` and `fzbot spool replay`."""

from fzbot import bootstrap
from fzbot.interactions.batches import BatchWriter
from fzbot.interactions.spool import Spool
from fzbot.interactions.spool_files import FOLDER, look
from fzbot.settings import Settings


def show(settings: Settings) -> str:
    """What lies in the spool."""
    counts = look(settings.data_dir / FOLDER)
    then = "；查明原因后运行 fzbot spool replay" if counts.refused_bytes else ""
    return (
        f"待补写：{counts.waiting_bytes:,} 字节（上限 {counts.limit_bytes:,}，已用 {counts.share:.0%}）\n"
        f"数据库不收、放在一边的：{counts.refused_bytes:,} 字节{then}\n"
        f"有读不出的行、留着的文件：{counts.damaged_files} 个"
    )


def replay(settings: Settings) -> str:
    """Try the refused rows again, and whatever waits that no running process has; says what became of them."""
    bootstrap.prepare_database(settings)
    engine = bootstrap.open_engine(settings)
    spool = Spool(settings.data_dir / FOLDER)
    before = spool.counts()
    try:
        spool.retry_refused()
        BatchWriter(engine, spool).close()
    finally:
        engine.dispose()
    after = spool.counts()
    if after.refused_bytes:
        return f"还有 {after.refused_bytes:,} 字节数据库不收，仍放在一边；运行 fzbot doctor 看看"
    if after.waiting_bytes:
        return "有的数据库这会儿不收，已排到待补写里，服务运行时会自己补"
    return "都补写进去了" if before.refused_bytes or before.waiting_bytes else "没有要补写的"
