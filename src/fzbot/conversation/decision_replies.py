"""The reply to each kind of decision."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from fzbot.answering.decision import SUGGESTED, Decision, DecisionKind
from fzbot.answering.snapshot import Snapshot
from fzbot.conversation import follow_up_answers, wording
from fzbot.conversation.choices import Choice, numbered
from fzbot.conversation.outcome import TurnOutcome
from fzbot.conversation.session import NOTHING_SAID, Awaited, ConversationState
from fzbot.knowledge.entry import Entry, Point
from fzbot.knowledge.reply import PASSIVE_LIMIT, gist_text, reply_text
from fzbot.knowledge.topics import Topic

TOPIC_MARK = "topic:"
NONE_OF_THESE = "none-of-these"
ADVISER = "village-adviser"
COMPLAINT = "chat.complaint"
GREETING = "chat.greeting"
LIKELY_OTHERS = 2
RELATED_SHOWN = 3


@dataclass(frozen=True)
class DecisionReplies:
    """Says what was decided. `before` is the state that the message found."""

    snapshot: Snapshot
    public_url: str
    before: ConversationState = NOTHING_SAID
    tappable: bool = False
    """Whether the client makes links of what can be picked."""

    def to(self, decision: Decision, text: str = "") -> TurnOutcome:
        """The outcome of a decision about a text; where there may be danger the numbers to call come first."""
        lead = f"{wording.URGENT_FIRST[decision.danger]}\n\n" if decision.danger else ""
        if decision.kind in {DecisionKind.URGENT, DecisionKind.ANSWER}:
            near = [candidate.entry.id for candidate in decision.candidates[1:]]
            asked = follow_up_answers.asked_points(text, decision.best)
            return self.answer(decision.best, decision.score, near, decision.kind, lead, asked)
        outcome = self._likely(decision, text) if decision.kind is DecisionKind.LIKELY else self._to_none(decision)
        return replace(outcome, text=lead + outcome.text)

    def answer(
        self,
        entry: Entry,
        score: float,
        near: Sequence[str] = (),
        kind: DecisionKind = DecisionKind.ANSWER,
        lead: str = "",
        asked: Sequence[Point] = (),
    ) -> TurnOutcome:
        """The whole answer, and what is asked next if there is room."""
        text = lead + reply_text(entry, self.snapshot.directory, self.link(entry), asked)
        state = self.state_after(entry, near)
        titles = self._numbered(_of_entry(self.snapshot.entries[id_]) for id_ in state.offered)
        with_related = f"{text}\n\n{wording.RELATED}\n{titles}"
        if titles and len(with_related.encode()) <= PASSIVE_LIMIT:
            text = with_related
        else:
            state = ConversationState(entry.id, (), state.near)
        return TurnOutcome(text, kind, entry.id, score, state=state)

    def again(self, decision: Decision) -> TurnOutcome:
        """What was answered just before, in short; the third time a person is offered."""
        entry, repeats = decision.best, self.before.repeats + 1
        adviser = wording.contact(self.snapshot.directory.contact(ADVISER))
        whole = self._numbered([Choice(wording.WHOLE, entry.title)])
        if repeats == 1:
            gist = gist_text(entry, self.snapshot.directory)
            text = wording.ANSWERED_BEFORE.format(title=entry.title, gist=gist, whole=whole, adviser=adviser)
        else:
            text = wording.ASKED_THRICE.format(title=entry.title, adviser=adviser, whole=whole)
        awaits = Awaited.CONSENT if repeats > 1 else None
        state = ConversationState(entry.id, (entry.id,), self.before.near, repeats=repeats, awaits=awaits)
        return TurnOutcome(text, DecisionKind.ANSWER, entry.id, decision.score, state=state)

    def complaint(self, score: float) -> TurnOutcome:
        """“不是这个”: what else it may have been, or people."""
        near = [id_ for id_ in self.before.near if id_ in self.snapshot.entries][:SUGGESTED]
        if near:
            titles = self._numbered(_of_entry(self.snapshot.entries[id_]) for id_ in near)
            text = f"{wording.COMPLAINT_NEXT}\n{titles}\n\n{wording.SUGGEST_END}"
        else:
            adviser = self.snapshot.directory.contact(ADVISER)
            text = wording.COMPLAINT_NONE.format(adviser=wording.contact(adviser))
        after = ConversationState(offered=tuple(near))
        return TurnOutcome(text, DecisionKind.CHAT, COMPLAINT, score, self.before.last_entry, after)

    def menu(self, lead: str) -> TurnOutcome:
        """The topics to pick from."""
        topics = list(self.snapshot.topics.values())
        text = f"{lead}\n{numbered([Choice(topic.name) for topic in topics])}"
        return TurnOutcome(text, state=ConversationState(offered=tuple(TOPIC_MARK + topic.key for topic in topics)))

    def topic(self, topic: Topic) -> TurnOutcome:
        """What is often asked about a topic."""
        entries = [self.snapshot.entries[id_] for id_ in topic.entries if id_ in self.snapshot.entries]
        lead = wording.TOPIC.format(name=topic.name)
        text = f"{lead}\n{self._numbered(map(_of_entry, entries))}\n\n{wording.TOPIC_END}"
        return TurnOutcome(text, state=ConversationState(offered=tuple(entry.id for entry in entries)))

    def state_after(self, entry: Entry, near: Sequence[str] = ()) -> ConversationState:
        """The state once an entry was the answer."""
        related = [id_ for id_ in entry.related if id_ in self.snapshot.entries][:RELATED_SHOWN]
        others = [id_ for id_ in (*near, *related) if id_ != entry.id]
        return ConversationState(entry.id, tuple(related), tuple(dict.fromkeys(others)))

    def contacts(self, entry: Entry) -> str:
        """Whom to turn to, with all that is known."""
        return "\n".join(wording.details(self.snapshot.directory.contact(key)) for key in entry.channels)

    def link(self, entry: Entry) -> str:
        """The address of the answer page."""
        return f"{self.public_url}/a/{entry.id}"

    def _likely(self, decision: Decision, said: str) -> TurnOutcome:
        """The short form of the best candidate; one is the whole of it, then other candidates, then none of these."""
        entry = decision.best
        others = [one.entry for one in decision.candidates[1 : LIKELY_OTHERS + 1] if not one.entry.is_chat]
        choices = [Choice(wording.WHOLE, entry.title), *map(_of_entry, others), Choice(wording.NONE, wording.NOT_THIS)]
        gist = gist_text(entry, self.snapshot.directory, follow_up_answers.asked_points(said, entry))
        text = wording.LIKELY_ANSWER.format(title=entry.title, gist=gist, choices=self._numbered(choices))
        ids = tuple(one.id for one in (entry, *others))
        state = ConversationState(entry.id, (*ids, NONE_OF_THESE), ids[1:])
        return TurnOutcome(text, decision.kind, entry.id, decision.score, state=state)

    def _to_none(self, decision: Decision) -> TurnOutcome:
        """The outcome of a decision for none of the entries."""
        if decision.kind is DecisionKind.CHAT:
            return self._chat(decision)
        if decision.kind is DecisionKind.SUGGEST:
            return self._suggest(decision)
        adviser = self.snapshot.directory.contact(ADVISER)
        state = None
        if self.before.misses > 1:
            state = replace(self.before, awaits=Awaited.CONSENT, repeats=0)
        text = wording.unknown(adviser, self.before.misses)
        return TurnOutcome(text, DecisionKind.UNKNOWN, score=decision.score, state=state)

    def _chat(self, decision: Decision) -> TurnOutcome:
        entry = decision.best
        if entry.id == COMPLAINT:
            return self.complaint(decision.score)
        text = self.snapshot.directory.filled(entry.gist)
        if entry.id == GREETING:
            menu = self.menu(f"{text}\n")
            return replace(menu, decision=DecisionKind.CHAT, entry=entry.id, score=decision.score)
        return TurnOutcome(text, DecisionKind.CHAT, entry.id, decision.score)

    def _suggest(self, decision: Decision) -> TurnOutcome:
        offered = [candidate.entry for candidate in decision.candidates[:SUGGESTED]]
        text = f"{wording.SUGGEST}\n{self._numbered(map(_of_entry, offered))}\n\n{wording.SUGGEST_END}"
        ids = tuple(entry.id for entry in offered)
        # What was asked about before stays the topic until something else is picked.
        return TurnOutcome(
            text, DecisionKind.SUGGEST, score=decision.score, state=ConversationState(self.before.last_entry, ids)
        )

    def _numbered(self, choices: Iterable[Choice]) -> str:
        return numbered(list(choices), self.tappable)


def _of_entry(entry: Entry) -> Choice:
    return Choice(entry.title, entry.title)
