"""The alerts fire in a township: one bad row, one loop that stands. Prometheus' own `promtool` plays it where it is installed."""

import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

ALERTS = Path(__file__).parents[1] / "deploy" / "prometheus" / "alerts.yaml"
PROMTOOL = shutil.which("promtool")
QUIET = {
    'up{job="fzbot"}': "1x200",
    "fzbot_backup_age_seconds": "1000x200",
    "fzbot_disk_free_bytes": "90000000000x200",
    "fzbot_refused_rows_total": "0x200",
    "fzbot_lost_total": "0x200",
    'fzbot_loop_stands{loop="job-count"}': "0x200",
    "fzbot_post_seconds_count": "0+1x200",
}
"""A township where all is well: a message a minute at the very most."""
FIRES = {
    "FzbotRefusedRows": {"fzbot_refused_rows_total": "0x60 1x140"},
    "FzbotLosing": {"fzbot_lost_total": "0x115 1x85"},
    "FzbotLoopStands": {'fzbot_loop_stands{loop="job-count"}': "0x60 1x140"},
    "FzbotBackupOld": {"fzbot_backup_age_seconds": "172900+60x200"},
    "FzbotDiskLow": {"fzbot_disk_free_bytes": "900000000x200"},
    "FzbotSpoolNearlyFull": {"fzbot_spool_share": "0.81x200"},
    "FzbotSpooling": {"fzbot_spool_bytes": "300x200"},
    "FzbotSpoolDamaged": {"fzbot_spool_damaged_files": "1x200"},
    "FzbotRowsInMemory": {"fzbot_held_rows": "1x200"},
    "FzbotDown": {'up{job="fzbot"}': "1x60 0x140"},
    "FzbotNoticePaused": {"fzbot_notices_paused": "1x200"},
    "FzbotOutboxStands": {"fzbot_outbox_oldest_seconds": "3700+60x200"},
    "FzbotRefusesEverything": {'fzbot_posts_refused_total{status="403"}': "_x50 1x10 4x40 7x100"}
    | {"fzbot_post_seconds_count": "0x50 1x10 4x40 7x100"},
}
"""What each township lives through, by the alert that must tell it; a value a minute, looked at after two hours."""
WITHIN_TEN_MINUTES = "FzbotRefusedRows"


def rules() -> dict[str, dict[str, Any]]:
    groups = yaml.safe_load(ALERTS.read_text(encoding="utf-8"))["groups"]
    return {rule["alert"]: rule for group in groups for rule in group["rules"]}


def test_each_says_what_it_is_and_what_to_do() -> None:
    for name, rule in rules().items():
        assert rule["labels"]["severity"] in {"warning", "critical"}, name
        assert set(rule["annotations"]) == {"summary", "action"}, name
    assert set(FIRES) <= set(rules())


def played(series: dict[str, str], minute: int, names: set[str]) -> dict[str, Any]:
    """A test of promtool: which of the alerts fire at that minute; `names` must."""
    values = [{"series": name, "values": text} for name, text in series.items()]
    looks = [{"eval_time": f"{minute}m", "alertname": name, "exp_alerts": []} for name in rules() if name not in names]
    return {"interval": "1m", "input_series": values, "alert_rule_test": looks}


def promtool(folder: Path, test: dict[str, Any]) -> str:
    path = folder / "test.yaml"
    path.write_text(yaml.safe_dump({"rule_files": [str(ALERTS)], "tests": [test]}), encoding="utf-8")
    done = subprocess.run([str(PROMTOOL), "test", "rules", str(path)], capture_output=True, text=True, check=False)
    return "" if done.returncode == 0 else done.stdout + done.stderr


@pytest.mark.skipif(PROMTOOL is None, reason="promtool is not on this machine")
def test_where_all_is_well_none_fires(tmp_path: Path) -> None:
    assert promtool(tmp_path, played(QUIET, 120, set())) == ""


@pytest.mark.skipif(PROMTOOL is None, reason="promtool is not on this machine")
@pytest.mark.parametrize("name", FIRES)
def test_it_fires_when_it_must(name: str, tmp_path: Path) -> None:
    minute = 65 if name == WITHIN_TEN_MINUTES else 120
    test = played(QUIET | FIRES[name], minute, set(rules()) - {name})
    assert f"alertname: {name}" in promtool(tmp_path, test)
