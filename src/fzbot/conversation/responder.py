"""What to say to a message, given the snapshot and what was said before."""

from dataclasses import dataclass, field, replace
from datetime import datetime

from fzbot.answering.decision import Decision, DecisionKind
from fzbot.answering.snapshot import Snapshot
from fzbot.conversation import citing, picks, thread, wording
from fzbot.conversation.decision_replies import NONE_OF_THESE, TOPIC_MARK, DecisionReplies
from fzbot.conversation.follow_up_questions import FollowUp, follow_up_in, loose_follow_up
from fzbot.conversation.follow_up_replies import FollowUpReplies
from fzbot.conversation.message import Message
from fzbot.conversation.outcome import TurnOutcome
from fzbot.conversation.session import NOTHING_SAID, ConversationState
from fzbot.interactions.masking import mask
from fzbot.interactions.message_kind import MessageKind
from fzbot.knowledge.folding import fold
from fzbot.statutes.repository import StatuteRepository

SERVICE = "outreach.bot"
SHORT_CHARS = 12
"""So long a message may be a question about the last answer."""
FOUND = frozenset({DecisionKind.ANSWER, DecisionKind.LIKELY, DecisionKind.URGENT})


@dataclass(frozen=True)
class Responder:
    """Answers one message. `before` is what was said last, `now` the moment of the message."""

    snapshot: Snapshot
    public_url: str
    statutes: StatuteRepository
    now: datetime
    before: ConversationState = NOTHING_SAID
    village: str = ""
    tappable: bool = False
    replies: DecisionReplies = field(init=False)

    def __post_init__(self) -> None:
        """The replies to decisions share the snapshot and the state."""
        replies = DecisionReplies(self.snapshot, self.public_url, self.before, self.tappable)
        object.__setattr__(self, "replies", replies)

    def to(self, message: Message) -> TurnOutcome:
        """The outcome for a message of any kind."""
        if message.words:
            outcome = self._to_words(message.words)
            if message.kind is MessageKind.LINK:
                return replace(outcome, text=wording.LINK_READ.format(title=mask(message.title)) + outcome.text)
            return outcome
        if message.kind is MessageKind.CLICK:
            return self._to_click(message.event_key)
        if message.kind is MessageKind.SUBSCRIBE:
            return self.replies.menu(self._greeting() + self.snapshot.welcome)
        if message.kind is MessageKind.SCAN and self.village:
            return TurnOutcome(wording.SCANNED.format(village=self.village))
        return TurnOutcome(wording.WORDLESS.get(message.kind, ""))

    def throttled(self, text: str) -> TurnOutcome:
        """The outcome for words that come too fast: the numbers to call where a cue tells of danger, otherwise a request to wait."""
        alarm = self.snapshot.cue(text)
        if alarm is None:
            return TurnOutcome(wording.TOO_FAST, is_throttled=True)
        lead = f"{wording.URGENT_FIRST[alarm.danger]}\n\n"
        outcome = self.replies.answer(self.snapshot.entries[alarm.entry], 1.0, (), DecisionKind.URGENT, lead)
        return replace(outcome, is_throttled=True)

    def urgent(self, text: str) -> TurnOutcome | None:
        """The outcome for words of danger; None for others."""
        decision = self.snapshot.decide(text)
        return self.replies.to(decision) if decision.kind is DecisionKind.URGENT else None

    def _greeting(self) -> str:
        return wording.SCANNED.format(village=self.village) + "\n\n" if self.village else ""

    def _to_words(self, text: str) -> TurnOutcome:
        asked = follow_up_in(text)
        number = picks.picked_number(text) or (self._picked_by_words(text) if asked is None else None)
        if number is not None:
            return self._to_pick(number)
        if asked is FollowUp.MENU:
            return self.replies.menu(wording.MENU)
        if asked is FollowUp.NOT_THIS:
            return self.replies.complaint(1.0)
        if asked is not None:
            entry = self.snapshot.entries.get(self.before.last_entry or "")
            if entry is not None:
                return FollowUpReplies(self.snapshot, self.replies).to(text, asked, entry)
            if asked in {FollowUp.MORE, FollowUp.BASIS, FollowUp.CONTACTS}:
                return TurnOutcome(wording.NO_LAST)
            if self.before.said:
                both = f"{self.before.said}，{text}"
                return self._said(self._better(text, both), both)
        return self._to_question(text)

    def _picked_by_words(self, text: str) -> int | None:
        entries = [self.snapshot.entries.get(id_) for id_ in self.before.offered]
        texts = [(e.title, e.gist, "".join(p.text for p in e.points)) if e else ("",) for e in entries]
        return picks.picked_by_words(text, texts)

    def _to_question(self, text: str) -> TurnOutcome:
        """A question that is whole, or a piece that is read with what was said before."""
        alone = self.snapshot.decide(text)
        if alone.kind is DecisionKind.CHAT:
            return self._with_articles(alone, text)
        corrected = thread.corrected(text)
        if corrected is not None:
            both = f"{self.before.said}，{corrected}" if self.before.said else corrected
            return self._said(self._better(corrected, both), both)
        described = picks.described(text)
        if described is not None and self.before.said:  # “就是民政局那个”, and none of those offered was it
            both = f"{self.before.said}，{described}"
            return self._said(self._better(described, both), both)
        together = thread.with_what_came_before(text, self.before, self.now)
        if together is not None:
            return self._said(self._better(text, together), together)
        about_last = self._about_the_last(text)
        if about_last is not None:
            return about_last
        is_same = alone.kind in {DecisionKind.ANSWER, DecisionKind.LIKELY} and (
            alone.best.id == self.before.last_entry and thread.is_same_question(text, self.before)
        )
        if is_same:
            return replace(self.replies.again(alone), said=text)
        return self._said(alone, text)

    def _better(self, alone: str, together: str) -> Decision:
        """The surer of two readings; danger that one of them tells of is never lost."""
        one, both = self.snapshot.decide(alone), self.snapshot.decide(together)
        if DecisionKind.URGENT in {one.kind, both.kind}:
            return one if one.kind is DecisionKind.URGENT else both
        best = one if one.kind in FOUND and (both.kind not in FOUND or one.score > both.score) else both
        return replace(best, danger=best.danger or one.danger or both.danger)

    def _about_the_last(self, text: str) -> TurnOutcome | None:
        """A few words that only the last answer gives a meaning to; None where they stand on their own."""
        entry = self.snapshot.entries.get(self.before.last_entry or "")
        if entry is None or entry.is_chat or len(fold(text)) > SHORT_CHARS:
            return None
        alone = self.snapshot.decide(text)
        if alone.kind in {DecisionKind.ANSWER, DecisionKind.URGENT}:
            return None
        both = self.snapshot.decide(f"{entry.title}，{text}")
        if both.kind not in FOUND or both.score <= alone.score:
            return None
        if both.best.id == entry.id:
            if loose_follow_up(text) is None and alone.kind is not DecisionKind.UNKNOWN:
                return None
            return FollowUpReplies(self.snapshot, self.replies).loosely(text, entry)
        return self._said(both, text)

    def _said(self, decision: Decision, text: str) -> TurnOutcome:
        """The reply to a decision about a text, with the articles that it names."""
        return replace(self._with_articles(decision, text), said=text)

    def _with_articles(self, decision: Decision, text: str) -> TurnOutcome:
        reference = self.snapshot.references.find(text)
        if reference is None and decision.kind in FOUND and decision.best.id == SERVICE:
            return FollowUpReplies(self.snapshot, self.replies).of_the_service(text, decision)
        if decision.kind is DecisionKind.UNKNOWN and reference is None:
            outcome = self.replies.to(decision)
            return outcome if self.before.misses else replace(outcome, text=outcome.text + self._likely_articles(text))
        if decision.kind is DecisionKind.URGENT or reference is None:
            return self.replies.to(decision, text)
        notes = [citing.merged_note(reference)]
        if citing.asks_for_article(text, reference):
            found = citing.article_reply(reference, self.statutes, self.snapshot.entries.values())
            if found:
                return TurnOutcome(found, DecisionKind.ANSWER, score=1.0)
            if decision.kind is DecisionKind.UNKNOWN:
                decision = self.snapshot.decide(reference.subject)
            notes.append(citing.import_note(reference, self.statutes))
        outcome = self.replies.to(decision, text)
        return replace(outcome, text="\n\n".join(filter(None, [*notes, outcome.text])))

    def _likely_articles(self, text: str) -> str:
        question = self.snapshot.normalise(text)
        words = self.snapshot.tokeniser.words(f"{question.asking} {question.story}")
        return citing.likely_note(self.statutes.likely(words, self.snapshot.laws))

    def _to_click(self, key: str) -> TurnOutcome:
        if key in self.snapshot.entries:
            return self.replies.answer(self.snapshot.entries[key], 1.0)
        topic = self.snapshot.topics.get(key.removeprefix(TOPIC_MARK))
        return self.replies.topic(topic) if topic else self.replies.menu(wording.MENU)

    def _to_pick(self, number: int) -> TurnOutcome:
        offered = self.before.offered
        if not offered:
            return TurnOutcome(wording.PICK_NOTHING)
        if not 1 <= number <= len(offered):
            return TurnOutcome(wording.PICK_RANGE.format(count=len(offered)))
        choice = offered[number - 1]
        if choice == NONE_OF_THESE:
            return self.replies.complaint(1.0)
        if choice.startswith(TOPIC_MARK):
            topic = self.snapshot.topics.get(choice.removeprefix(TOPIC_MARK))
            return self.replies.topic(topic) if topic else TurnOutcome(wording.NOT_FOUND)
        entry = self.snapshot.entries.get(choice)
        return self.replies.answer(entry, 1.0) if entry else TurnOutcome(wording.NOT_FOUND)
