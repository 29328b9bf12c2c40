"""A snapshot: an immutable, indexed set of entries that answers questions."""

from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

from threadpoolctl import threadpool_limits

from fzbot.answering import cutting, danger, kept, spelling
from fzbot.answering.cutting import Cutter
from fzbot.answering.danger import Kind, Recogniser
from fzbot.answering.decide import Candidate, Decision, DecisionKind
from fzbot.answering.meaning import Encoder
from fzbot.answering.normalise import Normaliser, Question
from fzbot.answering.score import Blend, Readers, Scorer, Scoring
from fzbot.answering.spelling import Speller
from fzbot.answering.tokenise import Tokeniser
from fzbot.answering.urgent import Alarm, Urgency
from fzbot.answering.vectors import Seen
from fzbot.errors import KnowledgeError
from fzbot.knowledge import files, lexicon
from fzbot.knowledge.directory import Directory
from fzbot.knowledge.entry import Danger, Entry
from fzbot.knowledge.files import KnowledgeBase, Law
from fzbot.knowledge.folding import fold
from fzbot.knowledge.lexicon import Lexicon
from fzbot.knowledge.reference import References
from fzbot.knowledge.topics import Topic, Topics

SHOWN = 5
SUGGESTED = 3
REMEMBERED = 4096
DOUBTFUL = {Danger.VIOLENCE, Danger.FRAUD}
FRAUD = "fraud"
LIKELIER = 0.5
LIKE = "像紧急的例句"
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
    urgency: Urgency
    recogniser: Recogniser | None
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

    def alarm(self, question: Question, seen: Seen) -> Alarm | None:
        """What is urgent in a question, if its entry is there: a cue, or its likeness to known emergencies.

        A cue of violence or fraud in what is nothing like an emergency is none: words for beating and paying mean much else.
        """
        cue = self.learned.urgency.check(question.text)
        recogniser = self.learned.recogniser
        likeness = recogniser.likeness(seen) if recogniser else 0.0
        if cue and cue.danger in DOUBTFUL and likeness < danger.DOUBTED_BELOW:
            cue = None
        if cue is None and recogniser and likeness >= danger.HEARD_FROM:
            kind = recogniser.kind(seen)
            cue = Alarm(kind.danger, kind.entry, LIKE)
        return cue if cue and cue.entry in self.entries else None

    def score(self, question: Question) -> Scoring:
        """Steps 2 to 4."""
        return self.scorer.score(self.readers, question, self.blend)

    def _decide(self, text: str) -> Decision:
        question = self.normalise(text)
        scoring = self.score(question)
        candidates = tuple(Candidate(self._entries[found.entry], found.probability) for found in scoring.candidates)
        number = self.scorer.exact.get(fold(question.text))
        if number is not None:
            same = self._entries[number]
            others = (candidate for candidate in candidates if candidate.entry.id != same.id)
            candidates = (Candidate(same, 1.0), *others)
        alarm = self.alarm(question, scoring.look.seen)
        if alarm:
            first = Candidate(self._met_by(alarm, candidates), 1.0)
            rest = (candidate for candidate in candidates if candidate.entry.id != first.entry.id)
            return Decision(DecisionKind.URGENT, (first, *rest)[:SHOWN], alarm.danger)
        return Decision(self._kind(candidates), candidates[:SHOWN])

    def _met_by(self, alarm: Alarm, candidates: tuple[Candidate, ...]) -> Entry:
        """The entry that an alarm's reply is built on: the alarm's, unless a likelier one is about danger too."""
        entry = self.entries[alarm.entry]
        for candidate in candidates[:1]:
            is_kin = candidate.entry.urgent == alarm.danger or candidate.entry.theme == entry.theme == FRAUD
            if candidate.score >= LIKELIER and is_kin:
                return candidate.entry
        return entry

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
        recogniser = self._recogniser(lexicon, scorer)
        return Learned(self.tokeniser.cut, self.readers.encoder, Urgency(lexicon.urgent), recogniser, speller, scorer)

    def _recogniser(self, lexicon: Lexicon, scorer: Scorer) -> Recogniser | None:
        """Learned from the lexicon's examples; questions of entries about no danger are calm too."""
        alarming = {emergency.entry for emergency in lexicon.emergencies}
        calm = [
            text
            for entry in self._entries
            if entry.id not in alarming and not entry.urgent and entry.theme != FRAUD
            for text in entry.questions[::CALM_EACH]
        ]
        emergencies = [(self._seen(text, scorer), Kind(which, entry)) for text, which, entry in lexicon.emergencies]
        return danger.learned(
            emergencies, [self._seen(text, scorer) for text in (*lexicon.calm, *calm)], len(scorer.vocabulary)
        )

    def _seen(self, text: str, scorer: Scorer) -> Seen:
        return scorer.seen(self.readers, self.normaliser(text))
