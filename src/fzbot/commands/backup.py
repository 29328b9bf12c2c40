"""`fzbot backup` and `fzbot restore`."""

from pathlib import Path

from fzbot import bootstrap, clock
from fzbot.backups import backup, last_backup
from fzbot.backups.backup import Place
from fzbot.errors import BackupError
from fzbot.migrations.tables import METADATA
from fzbot.people.erasure_log import FILE, ErasureLog
from fzbot.people.sealing import Sealer
from fzbot.settings import SECRET_FILE, Settings


def make(settings: Settings, target: Path, keys: Path | None) -> str:
    """Write a backup, and the secret key to a file of its own when asked."""
    bootstrap.prepare_database(settings)
    place = _place(settings)
    try:
        manifest = backup.make(place, target, clock.now())
    finally:
        place.engine.dispose()
    last_backup.note(settings.shared, clock.now())
    said = [f"已备份到 {target}：{sum(manifest.rows.values()):,} 行"]
    if keys is not None:
        _save_key(settings, keys)
        said.append(f"密钥在 {keys}，请和备份分开保管；没有它，备份里的公众号密钥和关注者编号解不开")
    else:
        said.append("密钥不在备份里。头一次请加 --keys 文件名，把密钥另存一份，分开保管")
    return "\n".join(said)


def restore(settings: Settings, source: Path, erasures: Path | None) -> str:
    """Restore onto a blank installation."""
    secret = settings.find_secret()
    if secret is None:
        do = f"请先把备份时用 --keys 另存的密钥放到 {settings.data_dir / SECRET_FILE}，或设成 FZBOT_SECRET_KEY"
        raise BackupError(f"这里还没有密钥，恢复出来也解不开关注者编号。{do}")
    place = _place(settings, erasures)
    try:
        manifest, erased = backup.restore(place, source, Sealer(secret))
    finally:
        place.engine.dispose()
    rows = sum(manifest.rows.values())
    return f"已恢复 {manifest.made_at} 的备份：{rows:,} 行，与备份清单一致；补删了 {erased} 人的信息"


def _place(settings: Settings, erasures: Path | None = None) -> Place:
    bootstrap.tighten(settings)
    log = ErasureLog(erasures or settings.shared / FILE)
    return Place(bootstrap.open_engine(settings), METADATA, settings.uploads, log)


def _save_key(settings: Settings, target: Path) -> None:
    if target.exists():
        raise BackupError(f"{target} 已存在，请换一个文件名")
    target.touch(mode=0o600)
    target.write_text(settings.secret() + "\n", encoding="ascii")
