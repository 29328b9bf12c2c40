"""What an answer says of a follow-up: the points that are about it, else whom to ask."""

from dataclasses import dataclass

from fzbot.answering.decision import Decision, DecisionKind
from fzbot.answering.snapshot import Snapshot
from fzbot.conversation import follow_up_answers, wording
from fzbot.conversation.decision_replies import DecisionReplies
from fzbot.conversation.follow_up_questions import FollowUp, loose_follow_up
from fzbot.conversation.outcome import TurnOutcome
from fzbot.knowledge.entry import Entry
from fzbot.knowledge.reply import basis_line

SERVICE_POINTS = 2


@dataclass(frozen=True)
class FollowUpReplies:
    """Answers what is asked about an entry."""

    snapshot: Snapshot
    replies: DecisionReplies

    def to(self, text: str, asked: FollowUp, entry: Entry) -> TurnOutcome:
        """The outcome for words that say what they ask about the last answer."""
        if asked is FollowUp.MORE:
            link = self.replies.link(entry)
            return self._about(entry, f"{link}\n\n{self.replies.contacts(entry)}", "全文、步骤和法条在这里：")
        if asked is FollowUp.BASIS:
            found = basis_line(entry.basis) or "这一条没有引用法条。"
            return self._about(entry, f"{found}\n\n看法条原文：{self.replies.link(entry)}", "依据：")
        if asked is FollowUp.CONTACTS:
            return self._about(entry, self.replies.contacts(entry), "可以找：")
        said = self._said(entry, asked)
        if said:
            return self._about(entry, said, "")
        decision = self.snapshot.decide(f"{entry.title}{text}")
        if decision.kind in {DecisionKind.ANSWER, DecisionKind.LIKELY} and decision.best.id != entry.id:
            return self.replies.to(decision)
        return self._about(entry, self.replies.contacts(entry), wording.NOT_IN_ANSWER)

    def loosely(self, text: str, entry: Entry) -> TurnOutcome:
        """The outcome for a few words that belong to the last answer, whatever they ask."""
        asked = loose_follow_up(text)
        said = self._said(entry, asked) if asked else ""
        return self._about(entry, said or self.replies.contacts(entry), "" if said else wording.NOT_IN_ANSWER)

    def of_the_service(self, text: str, decision: Decision) -> TurnOutcome:
        """The outcome for a question about the service itself: one line, and what it says of just that."""
        entry, asked = decision.best, loose_follow_up(text)
        points = follow_up_answers.marked(entry, asked)[:SERVICE_POINTS] if asked else ()
        lines = [entry.gist, *(self.snapshot.directory.filled(point.text) for point in points)]
        state = self.replies.state_after(entry)
        return TurnOutcome("\n".join(lines), decision.kind, entry.id, decision.score, state=state)

    def _said(self, entry: Entry, asked: FollowUp) -> str:
        said = self.snapshot.directory.filled(follow_up_answers.about(entry, asked))
        return f"{said}\n\n详细：{self.replies.link(entry)}" if said else ""

    def _about(self, entry: Entry, text: str, lead: str) -> TurnOutcome:
        shown = f"关于“{entry.title}”：{lead}\n{text}"
        return TurnOutcome(shown, DecisionKind.ANSWER, entry.id, 1.0, state=self.replies.state_after(entry))
