"""What several machines share lies in the shared folder; what is a machine's own stays in its data folder."""

import tarfile
from pathlib import Path

from fzbot import bootstrap
from fzbot.commands import backup
from fzbot.people.erasure_log import ErasureLog
from fzbot.services import Services, health_of, start
from fzbot.settings import Settings
from tests.conftest import SECRET, DataFolder


def made(settings: Settings) -> Services:
    bootstrap.prepare_database(settings)
    return start(settings)


def test_uploads_erasures_and_the_last_backup_are_shared(data_folder: DataFolder, tmp_path: Path) -> None:
    shared = tmp_path / "shared"
    settings = Settings(data_dir=data_folder(), shared_dir=shared, secret_key=SECRET, worker=False)
    services = made(settings)
    try:
        assert services.conversation.erasures == ErasureLog(shared / "erasures.jsonl")
        (shared / "uploads").mkdir()
        (shared / "uploads" / "photo.jpg").write_bytes(b"photo")
        backup.make(settings, tmp_path / "b.tar.gz", None)
        assert "uploads/photo.jpg" in tarfile.open(tmp_path / "b.tar.gz").getnames()  # noqa: SIM115
        assert health_of(services).gauges()["fzbot_backup_age_seconds"] < 60
    finally:
        services.close()
    assert {path.name for path in shared.iterdir()} == {"uploads", "last-backup"}
    assert {"spool", "cache", "loops"} <= {path.name for path in settings.data_dir.iterdir()}


def test_without_one_everything_lies_in_the_data_folder(tmp_path: Path) -> None:
    assert Settings(data_dir=tmp_path).uploads == tmp_path / "uploads"
