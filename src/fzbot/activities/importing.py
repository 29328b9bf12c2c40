"""Taking a filled-in template into the ledger or the service log: every row of it, or none."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from fzbot import audit, clock
from fzbot.activities import ledger, service_log, spreadsheet
from fzbot.activities.columns import KNOWN, LedgerContext, activity_facts, activity_fields, service_fields
from fzbot.activities.ledger import Activity, ActivityFacts
from fzbot.activities.listing import ActivityFilter, activities, services
from fzbot.activities.service_log import ServiceFacts
from fzbot.audit import Actor, AuditEvent, Change
from fzbot.db import take_turns

TURNS = "ledger import"
IMPORTS = {"activity": "activity.import", "service": "service.import"}
"""The actions in the audit log."""


@dataclass(frozen=True)
class Upload:
    """A file that somebody sends in. `may_repeat` takes rows that are there already once more."""

    content: bytes
    name: str
    account_id: int
    actor: Actor
    at: datetime
    may_repeat: bool = False


@dataclass(frozen=True)
class ImportResult:
    """What came of an upload; `event_id` is the audit event that keeps it."""

    read: int
    imported: int
    left_out: tuple[str, ...]
    event_id: int = 0

    @property
    def summary(self) -> str:
        """What to tell whoever sent it."""
        return "。".join([f"读到 {self.read} 行，导入 {self.imported} 行", *self.left_out])


def import_activities(session: Session, upload: Upload, context: LedgerContext) -> ImportResult:
    """Write down every row. `LedgerError` with all faults, and nothing is written."""
    # Read before the session is used for the first time: nobody waits for a lock meanwhile.
    reading = spreadsheet.read(upload.content, activity_fields(context), KNOWN)
    found = [(number, activity_facts(values)) for number, values in reading.rows]
    take_turns(session, TURNS)
    days = [facts.day for _, facts in found]
    there = activities(session, ActivityFilter((upload.account_id,), min(days), max(days)))
    _refuse_repeated(upload, [(n, _same_activity(facts)) for n, facts in found], [_as_facts(row) for row in there])
    ledger.insert_many(session, upload.account_id, [facts for _, facts in found], upload.actor.name, upload.at)
    return _written(session, upload, "activity", reading)


def import_services(session: Session, upload: Upload, context: LedgerContext) -> ImportResult:
    """Write down every row. `LedgerError` with all faults, and nothing is written."""
    reading = spreadsheet.read(upload.content, service_fields(context), KNOWN)
    found = [(number, ServiceFacts(**values)) for number, values in reading.rows]
    take_turns(session, TURNS)
    days = [clock.china_day(facts.at) for _, facts in found]
    there = services(session, ActivityFilter((upload.account_id,), min(days), max(days)))
    known = [_same_service(service_log.facts_of(row)) for row in there]
    _refuse_repeated(upload, [(n, _same_service(facts)) for n, facts in found], known)
    service_log.insert_many(session, upload.account_id, [facts for _, facts in found], upload.actor.name, upload.at)
    return _written(session, upload, "service", reading)


def _refuse_repeated(upload: Upload, rows: list[tuple[int, Any]], there: list[Any]) -> None:
    if upload.may_repeat:
        return
    seen: dict[Any, str] = dict.fromkeys(there, "台账里")
    faults = []
    for number, key in rows:
        if key in seen:
            faults.append(f"第 {number} 行：{seen[key]}已有一样的一条；确实要再记一次，请勾选“重复的也导入”")
        seen.setdefault(key, f"第 {number} 行")
    spreadsheet.refuse(faults)


def _as_facts(row: Activity) -> Any:
    return _same_activity(ledger.facts_of(row))


def _same_activity(facts: ActivityFacts) -> Any:
    return facts.day, facts.kind, tuple(sorted(facts.villages)), facts.organiser, facts.theme


def _same_service(facts: ServiceFacts) -> Any:
    return facts.at, facts.village_id, facts.matter


def result_of(session: Session, actor: Actor, event_id: int) -> ImportResult | None:
    """What came of an upload of the actor's own, as the audit log keeps it."""
    event = session.get(AuditEvent, event_id)
    if event is None or event.after is None or event.staff_id != actor.staff_id or event.action not in IMPORTS.values():
        return None
    kept = event.after
    return ImportResult(kept.get("read", kept["rows"]), kept["rows"], tuple(kept.get("left_out", ())), event_id)


def _written(session: Session, upload: Upload, what: str, reading: spreadsheet.Reading) -> ImportResult:
    after = {
        "rows": len(reading.rows),
        "read": reading.filled,
        "left_out": list(reading.left_out),
        "file": upload.name[:200],
        "sha256": hashlib.sha256(upload.content).hexdigest(),
    }
    event = audit.record(session, upload.actor, Change(IMPORTS[what], f"{what}:*", after=after), upload.at)
    return ImportResult(reading.filled, len(reading.rows), reading.left_out, event.id)
