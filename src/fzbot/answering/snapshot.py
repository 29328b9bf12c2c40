"""v1 temporary."""

from pathlib import Path

from rapidfuzz import fuzz, process

from fzbot.answering.decide import Candidate, Decision, DecisionKind
from fzbot.answering.normalise import Normaliser
from fzbot.answering.urgent import Urgency
from fzbot.knowledge import files, lexicon
from fzbot.knowledge.topics import Topics


class Snapshot:
    def __init__(self, base, lex, topics):
        self.entries = {e.id: e for e in base.entries}
        self.directory = base.directory
        self.laws = base.laws
        self.topics = {t.key: t for t in topics.topics}
        self.welcome = topics.welcome
        self.urgency = Urgency(lex.urgent)
        self.norm = Normaliser(lex)
        self.q = [(self.norm(q).text, e) for e in base.entries for q in e.questions]
        self.texts = [t for t, _ in self.q]

    @classmethod
    def of_folder(cls, folder: Path, cache: Path) -> "Snapshot":
        base = files.load(folder)
        return cls(base, lexicon.load(folder / "lexicon"), files.read_model(folder / "topics.yaml", Topics))

    def decide(self, text: str) -> Decision:
        q = self.norm(text)
        best = process.extract(q.text, self.texts, scorer=fuzz.ratio, limit=20)
        seen = {}
        for t, s, i in best:
            seen.setdefault(self.q[i][1].id, Candidate(self.q[i][1], s / 100))
        c = tuple(seen.values())[:5]
        alarm = self.urgency.check(q.text)
        if alarm and alarm.entry in self.entries:
            return Decision(DecisionKind.URGENT, (Candidate(self.entries[alarm.entry], 1.0), *c), alarm.danger)
        kind = (
            DecisionKind.ANSWER
            if c[0].score > 0.7
            else DecisionKind.SUGGEST
            if c[0].score > 0.5
            else DecisionKind.UNKNOWN
        )
        if kind is DecisionKind.ANSWER and c[0].entry.is_chat:
            kind = DecisionKind.CHAT
        return Decision(kind, c)
