"""What `fzbot doctor` finds in the data folder: what waits in the spool, the reserve, the last backup, who may read it."""

import stat
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

from fzbot import clock
from fzbot.backups import last_backup
from fzbot.commands.findings import Finding, Level
from fzbot.interactions.spool_files import (
    FOLDER,
    LINES,
    RESERVE,
    LockedFile,
    SpoolCounts,
    look,
    read_rows,
    waiting_files,
)

MUCH = 0.8
SOON_READ = 64 << 20
BACKUP_AGE = timedelta(days=2)


def examine_storage(folder: Path, shared: Path) -> Iterator[Finding]:
    """All findings."""
    counts = look(folder / FOLDER)
    yield _waiting(counts)
    if counts.refused_bytes:
        do = "升级或修好数据库后运行 fzbot spool replay，会再补写一遍；还不收就把文件夹 spool 交给开发者看"
        yield Finding("被拒的行", Level.BAD, f"数据库不收的行有 {counts.refused_bytes:,} 字节", do)
    if torn := _torn(folder / FOLDER):
        do = "启动服务，会把读得出的补写，读不出的留在 .torn 结尾的文件里；留好它，交给开发者看"
        yield Finding("坏了的暂存", Level.WARNING, f"{'、'.join(torn)} 里有读不出的行", do)
    if counts.damaged_files:
        do = f"留着 {folder / FOLDER} 里 .torn 结尾的文件，交给开发者看；别的行都已补写"
        yield Finding("坏了的暂存", Level.WARNING, f"有 {counts.damaged_files} 个暂存文件里有读不出的行", do)
    if (folder / FOLDER).is_dir() and not (folder / FOLDER / RESERVE).exists():
        yield Finding("备用空间", Level.WARNING, "已经用掉，或还没留出来", "清理磁盘；服务运行时会自动再留")
    yield _backup(shared)
    if folder.is_dir() and folder.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        yield Finding("数据文件夹", Level.WARNING, f"{folder} 别人也能看", f"运行 chmod 700 {folder}")


def _torn(folder: Path) -> list[str]:
    """The waiting files of processes that are gone, of those that are soon read, with records that cannot be read."""
    return [path.name for path in waiting_files(folder) if path.stat().st_size <= SOON_READ and not _is_sound(path)]


def _is_sound(path: Path) -> bool:
    with LockedFile(path, is_ours=False) as file:
        if file is None:  # it is being written
            return True
        return all(is_sound for _, _, is_sound in read_rows(file, 0, is_lines=path.suffix == LINES))


def _waiting(counts: SpoolCounts) -> Finding:
    said = f"{counts.waiting_bytes:,} 字节，占上限的 {counts.share:.0%}"
    if counts.share >= MUCH:
        return Finding("待补写", Level.BAD, said, "快满了：马上恢复数据库，满了以后的消息只能留在内存里")
    do = "数据库恢复后会自动补写；一直不减少就看日志" if counts.waiting_bytes else ""
    return Finding("待补写", Level.WARNING if counts.waiting_bytes else Level.GOOD, said, do)


def _backup(folder: Path) -> Finding:
    made = last_backup.read(folder)
    do = "运行 fzbot backup，或装上 deploy/systemd 里每晚备份的定时器"
    if made is None:
        return Finding("备份", Level.WARNING, "还没有做过备份", do)
    said = f"上一次是 {made.astimezone(clock.CHINA):%Y-%m-%d %H:%M}"
    is_old = clock.now() - made > BACKUP_AGE
    return Finding("备份", Level.WARNING if is_old else Level.GOOD, said, do if is_old else "")
