"""What to say to a message, given the snapshot and what was said before."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from fzbot.answering.decision import Decision, DecisionKind
from fzbot.answering.snapshot import Snapshot
from fzbot.conversation import citing, follow_ups, wording
from fzbot.conversation.choices import Choice, numbered
from fzbot.conversation.cues import Cue, cue_of, picked_number
from fzbot.conversation.message import Message
from fzbot.conversation.session import ConversationState
from fzbot.interactions.message_kind import MessageKind
from fzbot.knowledge.entry import Entry
from fzbot.knowledge.reply import PASSIVE_LIMIT, basis_line, gist_text, reply_text
from fzbot.knowledge.topics import Topic
from fzbot.people.village import Village
from fzbot.statutes.repository import StatuteRepository

TOPIC_MARK = "topic:"
ADVISER = "village-adviser"
HUMAN = "chat.human"
COMPLAINT = "chat.complaint"
GREETING = "chat.greeting"
SHOWN = 3


@dataclass(frozen=True)
class HandoverRequest:
    """A question that is passed to an adviser, masked, and the asker's village."""

    question: str
    village_id: int | None


@dataclass(frozen=True)
class TurnOutcome:
    """What to say, how it was decided, and the state to go on with (None leaves the state as it is)."""

    text: str
    decision: DecisionKind | None = None
    entry: str | None = None
    score: float | None = None
    about_entry: str | None = None
    state: ConversationState | None = None
    joins: Village | None = None
    """The village that the follower joins."""
    hands_over: HandoverRequest | None = None
    forgotten_as: str | None = None
    """The name that leads nowhere, once the follower is erased."""
    is_throttled: bool = False
    """Whether it came too fast to be read as more than a possible emergency."""


@dataclass(frozen=True)
class Responder:
    """Answers one message. `recall` reads the conversation's state, and is called only when the words need it."""

    snapshot: Snapshot
    public_url: str
    recall: Callable[[], ConversationState]
    statutes: StatuteRepository
    village: str = ""
    tappable: bool = False
    """Whether the client makes links of what can be picked."""

    def to(self, message: Message) -> TurnOutcome:
        """The outcome for a message of any kind."""
        if message.words:
            return self._to_words(message.words)
        if message.kind is MessageKind.CLICK:
            return self._to_click(message.event_key)
        if message.kind is MessageKind.SUBSCRIBE:
            return self._menu(self._greeting() + self.snapshot.welcome)
        if message.kind is MessageKind.SCAN and self.village:
            return TurnOutcome(wording.SCANNED.format(village=self.village))
        fixed = {
            MessageKind.TEXT: wording.EMPTY,
            MessageKind.VOICE: wording.VOICE_UNHEARD,
            MessageKind.IMAGE: wording.CANNOT_SEE,
            MessageKind.VIDEO: wording.CANNOT_SEE,
            MessageKind.SHORT_VIDEO: wording.CANNOT_SEE,
            MessageKind.LOCATION: wording.CANNOT_SEE,
            MessageKind.LINK: wording.CANNOT_SEE,
            MessageKind.OTHER: wording.UNREADABLE,
        }
        return TurnOutcome(fixed.get(message.kind, ""))

    def throttled(self, text: str) -> TurnOutcome:
        """The outcome for words that come too fast: the numbers to call where a cue tells of danger, otherwise a request to wait."""
        alarm = self.snapshot.cue(text)
        if alarm is None:
            return TurnOutcome(wording.TOO_FAST, is_throttled=True)
        lead = f"{wording.URGENT_FIRST[alarm.danger]}\n\n"
        outcome = self._answer(self.snapshot.entries[alarm.entry], 1.0, (), DecisionKind.URGENT, lead)
        return replace(outcome, is_throttled=True)

    def urgent(self, text: str) -> TurnOutcome | None:
        """The outcome for words of danger; None for others."""
        decision = self.snapshot.decide(text)
        return self._to_decision(decision) if decision.kind is DecisionKind.URGENT else None

    def _greeting(self) -> str:
        return wording.SCANNED.format(village=self.village) + "\n\n" if self.village else ""

    def _to_words(self, text: str) -> TurnOutcome:
        number = picked_number(text)
        if number is not None:
            return self._to_pick(number)
        cue = cue_of(text)
        if cue is Cue.MENU:
            return self._menu(wording.MENU)
        if cue is Cue.NOT_THIS:
            return self._complaint(1.0)
        if cue is not None:
            state = self.recall()
            entry = self.snapshot.entries.get(state.last_entry or "")
            if entry is not None:
                return self._to_follow_up(text, cue, entry)
            if cue in {Cue.MORE, Cue.BASIS, Cue.CONTACTS}:
                return TurnOutcome(wording.NO_LAST)
        return self._to_question(text)

    def _to_question(self, text: str) -> TurnOutcome:
        decision = self.snapshot.decide(text)
        reference = self.snapshot.references.find(text)
        if decision.kind is DecisionKind.UNKNOWN and reference is None:
            outcome = self._to_decision(decision)
            question = self.snapshot.normalise(text)
            words = self.snapshot.tokeniser.words(f"{question.asking} {question.story}")
            return replace(
                outcome, text=outcome.text + citing.likely_note(self.statutes.likely(words, self.snapshot.laws))
            )
        if decision.kind is DecisionKind.URGENT or reference is None:
            return self._to_decision(decision)
        notes = [citing.merged_note(reference)]
        if citing.asks_for_article(text, reference):
            found = citing.article_reply(reference, self.statutes, self.snapshot.entries.values())
            if found:
                return TurnOutcome(found, DecisionKind.ANSWER, score=1.0)
            if decision.kind is DecisionKind.UNKNOWN:
                decision = self.snapshot.decide(reference.subject)
            notes.append(citing.import_note(reference, self.statutes))
        outcome = self._to_decision(decision)
        return replace(outcome, text="\n\n".join(filter(None, [*notes, outcome.text])))

    def _to_click(self, key: str) -> TurnOutcome:
        if key in self.snapshot.entries:
            return self._answer(self.snapshot.entries[key], 1.0)
        topic = self.snapshot.topics.get(key.removeprefix(TOPIC_MARK))
        return self._topic(topic) if topic else self._menu(wording.MENU)

    def _to_pick(self, number: int) -> TurnOutcome:
        offered = self.recall().offered
        if not offered:
            return TurnOutcome(wording.PICK_NOTHING)
        if not 1 <= number <= len(offered):
            return TurnOutcome(wording.PICK_RANGE.format(count=len(offered)))
        choice = offered[number - 1]
        if choice.startswith(TOPIC_MARK):
            topic = self.snapshot.topics.get(choice.removeprefix(TOPIC_MARK))
            return self._topic(topic) if topic else TurnOutcome(wording.NOT_FOUND)
        entry = self.snapshot.entries.get(choice)
        return self._answer(entry, 1.0) if entry else TurnOutcome(wording.NOT_FOUND)

    def _to_follow_up(self, text: str, cue: Cue, entry: Entry) -> TurnOutcome:
        if cue is Cue.MORE:
            return self._about(entry, f"{self._link(entry)}\n\n{self._contacts(entry)}", "全文、步骤和法条在这里：")
        if cue is Cue.BASIS:
            found = basis_line(entry.basis) or "这一条没有引用法条。"
            return self._about(entry, f"{found}\n\n看法条原文：{self._link(entry)}", "依据：")
        if cue is Cue.CONTACTS:
            return self._about(entry, self._contacts(entry), "可以找：")
        said = self.snapshot.directory.filled(follow_ups.about(entry, cue))
        if said:
            return self._about(entry, f"{said}\n\n详细：{self._link(entry)}", "")
        decision = self.snapshot.decide(f"{entry.title}{text}")
        if decision.kind is DecisionKind.ANSWER and decision.best.id == entry.id:
            return self._about(entry, self._contacts(entry), "这一点答案里没有写，问这里最准：")
        return self._to_decision(decision)

    def _about(self, entry: Entry, text: str, lead: str) -> TurnOutcome:
        shown = f"关于“{entry.title}”：{lead}\n{text}"
        return TurnOutcome(shown, DecisionKind.ANSWER, entry.id, 1.0, state=self._state_after(entry))

    def _to_decision(self, decision: Decision) -> TurnOutcome:
        lead = f"{wording.URGENT_FIRST[decision.danger]}\n\n" if decision.danger else ""
        if decision.kind in {DecisionKind.URGENT, DecisionKind.ANSWER}:
            near = [candidate.entry.id for candidate in decision.candidates[1:]]
            return self._answer(decision.best, decision.score, near, decision.kind, lead)
        outcome = self._likely(decision) if decision.kind is DecisionKind.LIKELY else self._to_none(decision)
        return replace(outcome, text=lead + outcome.text)

    def _likely(self, decision: Decision) -> TurnOutcome:
        """The short form of the best candidate; number one is the whole of it, the others are two more candidates."""
        entry = decision.best
        others = [one.entry for one in decision.candidates[1:SHOWN] if not one.entry.is_chat]
        text = wording.LIKELY_ANSWER.format(
            title=entry.title,
            gist=gist_text(entry, self.snapshot.directory),
            choices=self._numbered([Choice(wording.WHOLE, entry.title), *map(_of_entry, others)]),
        )
        offered = tuple(one.id for one in (entry, *others))
        return TurnOutcome(
            text, decision.kind, entry.id, decision.score, state=ConversationState(entry.id, offered, offered[1:])
        )

    def _to_none(self, decision: Decision) -> TurnOutcome:
        """The outcome of a decision for none of the entries."""
        if decision.kind is DecisionKind.CHAT:
            return self._chat(decision)
        if decision.kind is DecisionKind.SUGGEST:
            return self._suggest(decision)
        adviser = self.snapshot.directory.contact(ADVISER)
        text = wording.unknown(adviser)
        return TurnOutcome(text, DecisionKind.UNKNOWN, score=decision.score, state=ConversationState())

    def _chat(self, decision: Decision) -> TurnOutcome:
        entry = decision.best
        if entry.id == COMPLAINT:
            return self._complaint(decision.score)
        text = reply_text(entry, self.snapshot.directory)
        if entry.id == GREETING:
            menu = self._menu(text)
            return TurnOutcome(menu.text, DecisionKind.CHAT, entry.id, decision.score, state=menu.state)
        return TurnOutcome(text, DecisionKind.CHAT, entry.id, decision.score)

    def _complaint(self, score: float) -> TurnOutcome:
        state = self.recall()
        near = [id_ for id_ in state.near if id_ in self.snapshot.entries][:SHOWN]
        after = ConversationState(offered=tuple(near))
        if near:
            titles = self._numbered([_of_entry(self.snapshot.entries[id_]) for id_ in near])
            text = f"{wording.COMPLAINT_NEXT}\n{titles}\n\n{wording.SUGGEST_END}"
        else:
            adviser = self.snapshot.directory.contact(ADVISER)
            text = wording.COMPLAINT_NONE.format(adviser=wording.contact(adviser))
        return TurnOutcome(text, DecisionKind.CHAT, COMPLAINT, score, state.last_entry, after)

    def _suggest(self, decision: Decision) -> TurnOutcome:
        offered = [candidate.entry for candidate in decision.candidates[:SHOWN]]
        text = f"{wording.SUGGEST}\n{self._numbered(list(map(_of_entry, offered)))}\n\n{wording.SUGGEST_END}"
        state = ConversationState(offered=tuple(entry.id for entry in offered))
        return TurnOutcome(text, DecisionKind.SUGGEST, score=decision.score, state=state)

    def _answer(
        self,
        entry: Entry,
        score: float,
        near: Sequence[str] = (),
        kind: DecisionKind = DecisionKind.ANSWER,
        lead: str = "",
    ) -> TurnOutcome:
        text = lead + reply_text(entry, self.snapshot.directory, self._link(entry))
        state = self._state_after(entry, near)
        titles = self._numbered([_of_entry(self.snapshot.entries[id_]) for id_ in state.offered])
        with_related = f"{text}\n\n{wording.RELATED}\n{titles}"
        if titles and len(with_related.encode()) <= PASSIVE_LIMIT:
            text = with_related
        else:
            state = ConversationState(entry.id, (), state.near)
        return TurnOutcome(text, kind, entry.id, score, state=state)

    def _state_after(self, entry: Entry, near: Sequence[str] = ()) -> ConversationState:
        related = [id_ for id_ in entry.related if id_ in self.snapshot.entries][:SHOWN]
        others = [id_ for id_ in (*near, *related) if id_ != entry.id]
        return ConversationState(entry.id, tuple(related), tuple(dict.fromkeys(others)))

    def _menu(self, lead: str) -> TurnOutcome:
        topics = list(self.snapshot.topics.values())
        text = f"{lead}\n{numbered([Choice(topic.name) for topic in topics])}"
        return TurnOutcome(text, state=ConversationState(offered=tuple(TOPIC_MARK + topic.key for topic in topics)))

    def _topic(self, topic: Topic) -> TurnOutcome:
        entries = [self.snapshot.entries[id_] for id_ in topic.entries if id_ in self.snapshot.entries]
        lead = wording.TOPIC.format(name=topic.name)
        text = f"{lead}\n{self._numbered(list(map(_of_entry, entries)))}\n\n{wording.TOPIC_END}"
        return TurnOutcome(text, state=ConversationState(offered=tuple(entry.id for entry in entries)))

    def _numbered(self, choices: Sequence[Choice]) -> str:
        return numbered(choices, self.tappable)

    def _contacts(self, entry: Entry) -> str:
        return "\n".join(wording.details(self.snapshot.directory.contact(key)) for key in entry.channels)

    def _link(self, entry: Entry) -> str:
        return f"{self.public_url}/a/{entry.id}"


def _of_entry(entry: Entry) -> Choice:
    return Choice(entry.title, entry.title)
