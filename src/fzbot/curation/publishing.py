"""From draft to published: what is checked, who may publish, and what goes into a release."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from pydantic import ValidationError
from sqlalchemy.orm import Session

from fzbot import audit
from fzbot.audit import Actor, Change
from fzbot.curation import release, revisions
from fzbot.curation.release import Release
from fzbot.curation.revisions import EntryRevision, RevisionState, body_of, entry_of
from fzbot.errors import CurationError
from fzbot.knowledge import checks, files
from fzbot.knowledge.entry import Entry
from fzbot.knowledge.files import Fault, KnowledgeBase, Severity


@dataclass(frozen=True)
class PublishingPolicy:
    """Whether changes of answers need a second person. Added wordings never do."""

    second_person: bool = True


def save_draft(
    session: Session, body: dict[str, Any], live: Entry | None, account_id: int | None, actor: Actor, at: datetime
) -> EntryRevision:
    """Keep the draft of an account (None: of the whole service); what it said before is overwritten."""
    entry_id = str(body["id"])
    draft = revisions.draft_of(session, entry_id, account_id)
    before = {"title": draft.body.get("title")} if draft else None
    if draft is None:
        draft = EntryRevision(
            entry_id=entry_id,
            account_id=account_id,
            state=RevisionState.DRAFT,
            base=body_of(live) if live else None,
            note="",
            created_at=at,
        )
        session.add(draft)
    draft.body, draft.author, draft.author_id, draft.changed_at = body, actor.name, actor.staff_id, at
    session.flush()
    audit.record(session, actor, Change("entry.draft", f"entry:{entry_id}", before, {"title": body.get("title")}), at)
    return draft


def publish_imported(session: Session, entry: Entry, live: Entry | None, actor: Actor, at: datetime) -> Release:
    """Publish an entry that was read and checked elsewhere, from a file."""
    return _publish(session, _revision(entry.id, body_of(entry), live, "从文件导入", actor, at), actor, at)


def add_wordings(session: Session, live: Entry, wordings: list[str], actor: Actor, at: datetime) -> Release:
    """Add ways of asking to an entry and publish that; drafts of the entry get them too."""
    body = _with_wordings(body_of(live), wordings)
    for draft in revisions.drafts(session, entry_id=live.id):
        draft.body = _with_wordings(draft.body, wordings)
    return _publish(session, _revision(live.id, body, live, "加问法", actor, at), actor, at)


def _revision(
    entry_id: str, body: dict[str, Any], live: Entry | None, note: str, actor: Actor, at: datetime
) -> EntryRevision:
    return EntryRevision(
        entry_id=entry_id,
        state=RevisionState.DRAFT,
        body=body,
        base=body_of(live) if live else None,
        note=note,
        author=actor.name,
        author_id=actor.staff_id,
        created_at=at,
        changed_at=at,
    )


def propose_wordings(
    session: Session, live: Entry, wordings: list[str], account_id: int | None, actor: Actor, at: datetime
) -> EntryRevision:
    """Add ways of asking to an account's draft of an entry, for whoever may publish it."""
    draft = revisions.draft_of(session, live.id, account_id)
    body = _with_wordings(draft.body if draft else body_of(live), wordings)
    return save_draft(session, body, live, account_id, actor, at)


def publish(session: Session, draft: EntryRevision, actor: Actor, policy: PublishingPolicy, at: datetime) -> Release:
    """Queue a release with a draft; `CurationError` when it still needs a second person. Check it first."""
    is_author = draft.author_id is not None and draft.author_id == actor.staff_id
    if policy.second_person and is_author and not draft.only_adds_wordings:
        raise CurationError("改答案要由另一个人发布，请同事在“知识库”里核对后发布")
    return _publish(session, draft, actor, at)


def discard(session: Session, draft: EntryRevision, actor: Actor, at: datetime) -> None:
    """Throw a draft away; the row stays for the record."""
    draft.state = RevisionState.DISCARDED
    audit.record(session, actor, Change("entry.discard", f"entry:{draft.entry_id}"), at)


def faults(base: KnowledgeBase, body: dict[str, Any], today: date) -> list[Fault]:
    """What is wrong with a body among the other entries, errors first; empty when it may be published."""
    place = base.root
    try:
        entry = entry_of(body)
    except ValidationError as error:
        return [_fault(base, body, detail) for detail in error.errors()]
    found = checks.check(files.overlaid(base, [entry]), today)
    own = [fault for fault in found if fault.entry == entry.id and fault.file != place / "needs.txt"]
    return sorted(own, key=lambda fault: fault.severity is not Severity.ERROR)


def is_sound(found: list[Fault]) -> bool:
    """Whether nothing found keeps it from being published."""
    return all(fault.severity is not Severity.ERROR for fault in found)


def _with_wordings(body: dict[str, Any], wordings: list[str]) -> dict[str, Any]:
    return body | {"questions": list(dict.fromkeys([*body.get("questions", []), *wordings]))}


def _publish(session: Session, revision: EntryRevision, actor: Actor, at: datetime) -> Release:
    revision.state, revision.publisher, revision.changed_at = RevisionState.PUBLISHED, actor.name, at
    session.add(revision)
    session.flush()
    note = f"{revision.body.get('title', revision.entry_id)}：{revision.note or '修改'}"
    queued = release.add(session, {revision.entry_id: revision.body}, note, actor.name, at)
    change = Change("entry.publish", f"entry:{revision.entry_id}", revision.base, revision.body)
    audit.record(session, actor, change, at)
    return queued


def _fault(base: KnowledgeBase, body: dict[str, Any], detail: Any) -> Fault:
    spot = ".".join(str(part) for part in detail["loc"])
    problem, mend = files.MENDS.get(detail["type"], (detail["msg"].removeprefix("Value error, "), "照提示改"))
    return Fault(base.root, str(body.get("id", "")), spot, problem, mend)
