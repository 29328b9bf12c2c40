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
from fzbot.audit import Actor, Change
from fzbot.db import take_turns

TURNS = "ledger import"


@dataclass(frozen=True)
class Upload:
    """A file that somebody sends in. `may_repeat` takes rows that are there already once more."""

    content: bytes
    name: str
    account_id: int
    actor: Actor
    at: datetime
    may_repeat: bool = False


def import_activities(session: Session, upload: Upload, context: LedgerContext) -> int:
    """Write down every row; returns how many. `LedgerError` with all faults, and nothing is written."""
    # Read before the session is used for the first time: nobody waits for a lock meanwhile.
    rows = spreadsheet.read(upload.content, activity_fields(context), KNOWN)
    found = [(number, activity_facts(values)) for number, values in rows]
    take_turns(session, TURNS)
    days = [facts.day for _, facts in found]
    there = activities(session, ActivityFilter((upload.account_id,), min(days), max(days)))
    _refuse_repeated(upload, [(n, _same_activity(facts)) for n, facts in found], [_as_facts(row) for row in there])
    villages = ledger.villages_by_id(session, context.villages.values())
    for _, facts in found:
        ledger.insert(session, upload.account_id, facts, villages, upload.actor.name, upload.at)
    return _written(session, upload, "activity", len(found))


def import_services(session: Session, upload: Upload, context: LedgerContext) -> int:
    """Write down every row; returns how many. `LedgerError` with all faults, and nothing is written."""
    rows = spreadsheet.read(upload.content, service_fields(context), KNOWN)
    found = [(number, ServiceFacts(**values)) for number, values in rows]
    take_turns(session, TURNS)
    days = [clock.china_day(facts.at) for _, facts in found]
    there = services(session, ActivityFilter((upload.account_id,), min(days), max(days)))
    known = [_same_service(service_log.facts_of(row)) for row in there]
    _refuse_repeated(upload, [(n, _same_service(facts)) for n, facts in found], known)
    for _, facts in found:
        service_log.insert(session, upload.account_id, facts, upload.actor.name, upload.at)
    return _written(session, upload, "service", len(found))


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


def _written(session: Session, upload: Upload, what: str, number: int) -> int:
    after = {"rows": number, "file": upload.name[:200], "sha256": hashlib.sha256(upload.content).hexdigest()}
    audit.record(session, upload.actor, Change(f"{what}.import", f"{what}:*", after=after), upload.at)
    return number
