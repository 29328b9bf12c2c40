"""A snapshot: an immutable, indexed set of entries that answers questions."""

from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

from threadpoolctl import threadpool_limits

from fzbot.answering import cutting, danger, kept, spelling
from fzbot.answering.alarms import Alarms, Judged
from fzbot.answering.cutting import Cutter
from fzbot.answering.danger import Kind
from fzbot.answering.decide import Candidate, Decision, DecisionKind
from fzbot.answering.meaning import Encoder
from fzbot.answering.normalise import Normaliser, Question
from fzbot.answering.score import Blend, Readers, Scorer, Scoring
from fzbot.answering.spelling import Speller
from fzbot.answering.tokenise import Tokeniser
from fzbot.answering.urgent import Urgency
from fzbot.answering.vectors import Seen
from fzbot.errors import KnowledgeError
from fzbot.knowledge import files, lexicon
from fzbot.knowledge.directory import Directory
from fzbot.knowledge.entry import Entry
from fzbot.knowledge.files import KnowledgeBase, Law
from fzbot.knowledge.folding import fold
from fzbot.knowledge.lexicon import Lexicon
from fzbot.knowledge.reference import References
from fzbot.knowledge.topics import Topic, Topics

SHOWN = 5
SUGGESTED = 3
REMEMBERED = 4096
ALARMING = "fraud"
"""The theme whose questions all sound alarming."""
CALM_EACH = 4
"""One in so many of the entries' own questions is learned as calm."""
CHAT_FROM = 0.35
"""Small talk that is none does no harm, so it needs less certainty than law."""


@dataclass(frozen=True)
class Content:
    """What a snapshot is built from."""

    base: KnowledgeBase
    lexicon: Lexicon
    topics: Topics


@dataclass(frozen=True)
class Learned:
    """What takes long to make from a content, and is therefore kept."""

    cutter: Cutter
    encoder: Encoder
    alarms: Alarms
    speller: Speller
    scorer: Scorer


class Snapshot:
    """Answers questions from one state of the knowledge base. Same question, same decision."""

    def __init__(self, content: Content, learned: Learned | None = None) -> None:
        """Build; with what was `learned` from the same content before, nothing is trained."""
        base = content.base
        self.entries: dict[str, Entry] = {entry.id: entry for entry in base.entries}
        self.directory: Directory = base.directory
        self.laws: dict[str, Law] = base.laws
        self.references = References(self.laws, ((law.title, short) for short, law in self.laws.items()))
        self.topics: dict[str, Topic] = {topic.key: topic for topic in content.topics.topics}
        self.welcome: str = content.topics.welcome
        self.blend = Blend.shipped()
        # A question is small: several threads would cost the matrix library more than they gain, and fight with the server's
        # own (measured: 300 messages a second answered at once, or hardly one of them).
        threadpool_limits(limits=1, user_api="blas")
        cutter = learned.cutter if learned else cutting.learned(content.lexicon)
        self.tokeniser = Tokeniser(content.lexicon, cutter)
        self.readers = Readers(self.tokeniser, learned.encoder if learned else Encoder.shipped())
        self.normaliser = Normaliser(content.lexicon)
        self._entries = base.entries
        self.learned = learned or self._learn(content.lexicon)
        self.scorer = self.learned.scorer
        self.decide = lru_cache(REMEMBERED)(self._decide)

    @classmethod
    def of_folder(cls, folder: Path, cache: Path, overlay: tuple[Entry, ...] = ()) -> "Snapshot":
        """The snapshot of a knowledge folder, with the entries of `overlay` in place of its own.

        What was trained is kept in `cache` under the content's hash. Raises `KnowledgeError` when the knowledge base is faulty.
        """
        path = kept.place(folder, cache, overlay)
        found = kept.read(path)
        if found is not None:
            return cls(*found)
        content = Content(
            files.overlaid(files.load_sound(folder), overlay),
            lexicon.load(folder / "lexicon"),
            files.read_model(folder / "topics.yaml", Topics),
        )
        snapshot = cls(content)
        kept.write(path, (content, snapshot.learned))
        return snapshot

    def normalise(self, text: str) -> Question:
        """Step 1."""
        question = self.normaliser(text)
        mended = self.learned.speller(question.text, self.tokeniser.cut.is_word)
        return question if mended == question.text else replace(self.normaliser(mended), raw=text)

    def judge(self, question: Question, seen: Seen, best: Candidate | None) -> Judged:
        """What is urgent in a question whose best candidate is known."""
        own = self._asked(question)
        is_known_as_calm = own is not None and not own.urgent
        return self.learned.alarms.judge(question.text, seen, best, is_known_as_calm)

    def candidates(self, question: Question, scoring: Scoring) -> tuple[Candidate, ...]:
        """The candidates, best first; a question that stands in an entry word for word is that entry's."""
        found = tuple(Candidate(self._entries[scored.entry], scored.probability) for scored in scoring.candidates)
        same = self._asked(question)
        if same is None:
            return found
        return (Candidate(same, 1.0), *(candidate for candidate in found if candidate.entry.id != same.id))

    def score(self, question: Question) -> Scoring:
        """Steps 2 to 4."""
        return self.scorer.score(self.readers, question, self.blend)

    def _decide(self, text: str) -> Decision:
        question = self.normalise(text)
        scoring = self.score(question)
        candidates = self.candidates(question, scoring)
        judged = self.judge(question, scoring.look.seen, candidates[0] if candidates else None)
        if alarm := judged.alarm:
            first = Candidate(self.entries[alarm.entry], 1.0)
            rest = (candidate for candidate in candidates if candidate.entry.id != first.entry.id)
            return Decision(DecisionKind.URGENT, (first, *rest)[:SHOWN], alarm.danger)
        return Decision(self._kind(candidates), candidates[:SHOWN], judged.warning)

    def _asked(self, question: Question) -> Entry | None:
        """The entry of whose own questions this is one, word for word."""
        number = self.scorer.exact.get(fold(question.text))
        return None if number is None else self._entries[number]

    def _kind(self, candidates: tuple[Candidate, ...]) -> DecisionKind:
        if not candidates:
            return DecisionKind.UNKNOWN
        best = candidates[0]
        if best.entry.is_chat:
            return DecisionKind.CHAT if best.score >= CHAT_FROM else DecisionKind.UNKNOWN
        if best.score >= self.blend.answer_from:
            return DecisionKind.ANSWER
        if sum(candidate.score for candidate in candidates[:SUGGESTED]) >= self.blend.suggest_from:
            return DecisionKind.SUGGEST
        return DecisionKind.UNKNOWN

    def _learn(self, lexicon: Lexicon) -> Learned:
        questions: list[Question] = []
        classes: list[int] = []
        for number, entry in enumerate(self._entries):
            for text in (entry.title, *entry.questions):
                questions.append(self.normaliser(text))
                classes.append(number)
        if not questions:
            raise KnowledgeError("知识库里一条条目都没有")
        speller = spelling.learned((question.text for question in questions), self.tokeniser.cut)
        scorer = Scorer(self.readers, questions, classes, [entry.id for entry in self._entries])
        alarms = self._alarms(lexicon, scorer)
        return Learned(self.tokeniser.cut, self.readers.encoder, alarms, speller, scorer)

    def _alarms(self, lexicon: Lexicon, scorer: Scorer) -> Alarms:
        """Cues, and what is learned from examples: calm are also questions of the entries about no danger that have no cue."""
        urgency = Urgency(lexicon.urgent)
        examples = [one for one in lexicon.emergencies if one.entry in self.entries]
        alarming = {example.entry for example in examples}
        calm = [self.normaliser(text) for text in lexicon.calm]
        for entry in self._entries:
            if entry.id not in alarming and not entry.urgent and entry.theme != ALARMING:
                own = map(self.normaliser, entry.questions[::CALM_EACH])
                calm += [question for question in own if urgency.check(question.text) is None]
        emergencies = [
            (scorer.seen(self.readers, self.normaliser(text)), Kind(which, entry)) for text, which, entry in examples
        ]
        recogniser = danger.learned(
            emergencies, [scorer.seen(self.readers, question) for question in calm], len(scorer.vocabulary)
        )
        return Alarms(urgency, recogniser, frozenset(self.entries))
