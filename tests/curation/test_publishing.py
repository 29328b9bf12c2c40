"""From draft to release to the snapshot that answers: checks, the second person, golden questions, going back."""

import threading
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine, select

from fzbot.answering.current_snapshot import CurrentSnapshot
from fzbot.answering.snapshot import Snapshot
from fzbot.audit import Actor
from fzbot.curation import publishing, release, revisions
from fzbot.curation.golden import Golden
from fzbot.curation.publishing import PublishingPolicy
from fzbot.curation.release import Release, ReleaseStage
from fzbot.curation.release_loader import ReleaseLoader
from fzbot.curation.release_trial import live_entries
from fzbot.curation.revisions import body_of, entry_of
from fzbot.db import reading, writing
from fzbot.errors import CurationError
from fzbot.knowledge import files
from fzbot.people import members
from fzbot.people.members import Profile
from fzbot.people.staff import Role

NOW = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
TODAY = date(2026, 11, 23)
LI, WANG = Actor("李四"), Actor("王五")


@pytest.fixture(scope="module")
def cache(small: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("cache")
    Snapshot.of_folder(small, folder)
    return folder


@pytest.fixture
def release_loader(engine: Engine, small: Path, cache: Path) -> ReleaseLoader:
    current_snapshot = CurrentSnapshot(Snapshot.of_folder(small, cache))
    return ReleaseLoader(engine, current_snapshot, small, cache, now=lambda: NOW)


def stages(engine: Engine) -> list[str]:
    with reading(engine) as session:
        return [one.stage for one in session.scalars(select(Release).order_by(Release.id))]


def test_an_added_wording_is_answered_after_its_release(release_loader: ReleaseLoader) -> None:
    text = "俺家给女方家里的那笔钱咋往回拿哩"
    live = release_loader.current_snapshot.snapshot.entries["marriage.bride-price"]
    with writing(release_loader.engine) as session:
        publishing.add_wordings(session, live, [text, text], LI, NOW)
    before = release_loader.current_snapshot.snapshot
    assert release_loader.poll()
    assert release_loader.current_snapshot.snapshot is not before
    decision = release_loader.current_snapshot.snapshot.decide(text)
    assert (decision.kind.value, decision.best.id, decision.score) == ("answer", "marriage.bride-price", 1.0)
    assert stages(release_loader.engine) == ["live"]
    assert not release_loader.poll()


def test_another_worker_takes_over_what_one_has_built(release_loader: ReleaseLoader) -> None:
    other = ReleaseLoader(
        release_loader.engine,
        CurrentSnapshot(release_loader.current_snapshot.snapshot),
        release_loader.folder,
        release_loader.cache,
    )
    live = release_loader.current_snapshot.snapshot.entries["loan.unpaid"]
    with writing(release_loader.engine) as session:
        publishing.add_wordings(session, live, ["账要不回来心里慌"], LI, NOW)
    release_loader.poll()
    assert other.poll()
    assert other.current_snapshot.snapshot.entries["loan.unpaid"].questions[-1] == "账要不回来心里慌"
    number, entries = live_entries(release_loader.engine)
    assert number == other.loaded
    assert [entry.id for entry in entries] == ["loan.unpaid"]


def test_a_release_that_spoils_a_golden_question_is_refused(release_loader: ReleaseLoader) -> None:
    release_loader.golden = (Golden("彩礼怎么退", "marriage.bride-price"), Golden("从来没答对过", "loan.unpaid"))
    thanks = body_of(release_loader.current_snapshot.snapshot.entries["chat.thanks"])
    with writing(release_loader.engine) as session:
        release.add(
            session, {"chat.thanks": thanks | {"questions": [*thanks["questions"], "彩礼怎么退"]}}, "", "李四", NOW
        )
    before = release_loader.current_snapshot.snapshot
    release_loader.poll()
    assert release_loader.current_snapshot.snapshot is before
    with reading(release_loader.engine) as session:
        refused = session.scalars(select(Release)).one()
    assert (refused.stage, refused.problems) == ("refused", "“彩礼怎么退”原来答 marriage.bride-price，改后答不到了")


def test_releases_build_upon_one_another_and_can_be_gone_back_to(release_loader: ReleaseLoader) -> None:
    entries = release_loader.current_snapshot.snapshot.entries
    with writing(release_loader.engine) as session:
        publishing.add_wordings(session, entries["loan.unpaid"], ["甲乙丙丁欠账"], LI, NOW)
    with writing(release_loader.engine) as session:
        publishing.add_wordings(session, entries["chat.thanks"], ["劳驾您嘞多谢"], LI, NOW)
    release_loader.poll()
    assert stages(release_loader.engine) == ["passed-over", "live"]
    assert "甲乙丙丁欠账" in release_loader.current_snapshot.snapshot.entries["loan.unpaid"].questions
    with writing(release_loader.engine) as session:
        first = session.get_one(Release, 1)
        release.go_back(session, first, "李四", NOW)
    release_loader.poll()
    assert "劳驾您嘞多谢" not in release_loader.current_snapshot.snapshot.entries["chat.thanks"].questions
    assert "甲乙丙丁欠账" in release_loader.current_snapshot.snapshot.entries["loan.unpaid"].questions


def test_a_builder_that_died_is_replaced_after_its_lease(engine: Engine) -> None:
    with writing(engine) as session:
        release.add(session, {}, "", "李四", NOW)
    with writing(engine) as session:
        assert release.claim(session, NOW) is not None
    with writing(engine) as session:
        assert release.claim(session, NOW) is None
        assert release.claim(session, NOW + release.LEASE * 2) is not None


def test_an_older_release_never_goes_live_over_a_newer_one(engine: Engine) -> None:
    with writing(engine) as session:
        old = release.add(session, {}, "", "李四", NOW).id
        new = release.add(session, {}, "", "李四", NOW).id
        release.record_outcome(session, new, [])
        release.record_outcome(session, old, [])
    assert stages(engine) == [ReleaseStage.PASSED_OVER, ReleaseStage.LIVE]


def test_a_changed_answer_needs_a_second_person_and_a_wording_does_not(engine: Engine, snapshot: Snapshot) -> None:
    live = snapshot.entries["loan.unpaid"]
    changed = body_of(live) | {"gist": "能要，先要收条，再去法院起诉。"}
    more = body_of(live) | {"questions": [*live.questions, "账要不回来心里慌"]}
    with writing(engine) as session:
        member, _ = members.add(session, Profile("li", "李四", Role.EDITOR), WANG, NOW)
        author = Actor("李四", member.id)
        draft = publishing.save_draft(session, changed, live, None, author, NOW)
        with pytest.raises(CurationError, match="另一个人"):
            publishing.publish(session, draft, author, PublishingPolicy(second_person=True), NOW)
        draft = publishing.save_draft(session, more, live, None, author, NOW)
        assert publishing.publish(session, draft, author, PublishingPolicy(second_person=True), NOW).overlay


def test_a_published_draft_becomes_history_and_goes_out(engine: Engine, snapshot: Snapshot) -> None:
    live = snapshot.entries["loan.unpaid"]
    body = body_of(live) | {"title": "借出去的钱要不回来"}
    with writing(engine) as session:
        publishing.save_draft(session, body, live, None, LI, NOW)
        publishing.save_draft(session, body | {"title": "借钱要不回来"}, live, None, LI, NOW)
        draft = revisions.draft_of(session, live.id, None)
        assert draft is not None
        queued = publishing.publish(session, draft, WANG, PublishingPolicy(), NOW)
        assert queued.overlay["loan.unpaid"]["title"] == "借钱要不回来"
        assert revisions.draft_of(session, live.id, None) is None
        (past,) = revisions.history(session, live.id)
        assert (past.author, past.publisher) == ("李四", "王五")


def test_faults_of_a_draft_are_named_before_it_is_published(small: Path, snapshot: Snapshot) -> None:
    base = files.load(small)
    body = body_of(snapshot.entries["loan.unpaid"]) | {"see": []}
    assert publishing.is_sound(
        publishing.faults(base, body | {"related": ["marriage.bride-price", "chat.thanks"]}, TODAY)
    )
    unknown = {"text": "随便说的一点。", "basis": ["没有的法1"]}
    short = publishing.faults(
        base, body | {"questions": ["欠钱"], "points": [*body["points"][:2], unknown], "related": []}, TODAY
    )
    assert {fault.field for fault in short} >= {"questions", "basis"}
    assert not publishing.is_sound(short)
    unreadable = publishing.faults(base, body | {"reviewed": "昨天", "title": ""}, TODAY)
    assert {fault.field for fault in unreadable} == {"reviewed", "title"}


def test_a_body_keeps_all_that_an_entry_says(snapshot: Snapshot) -> None:
    for entry in snapshot.entries.values():
        assert revisions.entry_of(body_of(entry)) == entry


class Watched(CurrentSnapshot):
    """Says when it was given another snapshot."""

    def __init__(self, snapshot: Snapshot) -> None:
        self.replaced = threading.Event()
        super().__init__(snapshot)
        self.replaced.clear()

    def replace(self, snapshot: Snapshot) -> None:
        super().replace(snapshot)
        self.replaced.set()


def test_a_worker_takes_over_as_soon_as_the_bell_rings(postgres_engine: Engine, small: Path, cache: Path) -> None:
    current_snapshot = Watched(Snapshot.of_folder(small, cache))
    elsewhere = ReleaseLoader(postgres_engine, current_snapshot, small, cache, poll_seconds=600)
    elsewhere.start()
    try:
        with writing(postgres_engine) as session:
            publishing.add_wordings(
                session, current_snapshot.snapshot.entries["loan.unpaid"], ["钱借出去叫天天不应"], LI, NOW
            )
        assert current_snapshot.replaced.wait(60)
    finally:
        elsewhere.close()
    assert current_snapshot.snapshot.entries["loan.unpaid"].questions[-1] == "钱借出去叫天天不应"


OLD_FORM = {
    "answer": "能要回来。没有欠条也行，聊天记录、转账都是证据；3年内去法院。",
    "basis": ["民法典188"],
    "numbers_from": {"3年": "民法典188"},
}


def test_a_revision_of_the_version_before_is_read_as_one_point_that_asks_to_be_split(
    snapshot: Snapshot, small: Path
) -> None:
    live = snapshot.entries["loan.unpaid"]
    kept = {name: value for name, value in body_of(live).items() if name not in {"gist", "points", "see", "readers"}}
    entry = entry_of(kept | OLD_FORM)
    assert entry.gist == "能要回来。"
    assert [point.text for point in entry.points] == ["没有欠条也行，聊天记录、转账都是证据；3年内去法院。"]
    assert [str(citation) for citation in entry.basis] == ["《民法典》第188条"]
    problems = {fault.problem for fault in publishing.faults(files.load(small), kept | OLD_FORM, date(2026, 12, 1))}
    assert "有 1 个要点" in problems
