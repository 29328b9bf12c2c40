"""A snapshot: an immutable, indexed set of entries that answers questions."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import chain
from pathlib import Path

from threadpoolctl import threadpool_limits

from fzbot.answering import snapshot_cache
from fzbot.answering.decision import Candidate, Decision, DecisionKind, Thresholds, decide_kind
from fzbot.answering.emergencies import classifier as emergency_classifier
from fzbot.answering.emergencies.classifier import EmergencyKind
from fzbot.answering.emergencies.judge import EmergencyJudge, Judgement
from fzbot.answering.emergencies.rules import Alarm, EmergencyRules
from fzbot.answering.ranking.ranker import Encoders, Ranker, Ranking, RankingModel
from fzbot.answering.ranking.sentence_encoder import SentenceEncoder
from fzbot.answering.ranking.vector_memory import VectorMemory
from fzbot.answering.ranking.vectors import EncodedText
from fzbot.answering.small_talk import SmallTalk
from fzbot.answering.text import segmentation, spelling, typed_pinyin
from fzbot.answering.text.normalise import NormalisedQuestion, Normaliser
from fzbot.answering.text.segmentation import Segmenter
from fzbot.answering.text.spelling import SpellingCorrector
from fzbot.answering.text.tokenise import Tokeniser
from fzbot.answering.text.typed_pinyin import PinyinReader
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
REMEMBERED = 4096
ALARMING = "fraud"
"""The theme whose questions all sound alarming."""
ACCIDENTS = frozenset({Danger.LIFE, Danger.ELDER})
"""The dangers that are met with entries about who pays for the harm: what these are asked is calm."""
CALM_EACH = 4
"""One in so many of the entries' own questions is learned as calm."""


@dataclass(frozen=True)
class Content:
    """What a snapshot is built from."""

    base: KnowledgeBase
    lexicon: Lexicon
    topics: Topics


@dataclass(frozen=True)
class TrainedParts:
    """What takes long to make from a content, and is therefore kept."""

    segmenter: Segmenter
    emergencies: EmergencyJudge
    corrector: SpellingCorrector
    pinyin: PinyinReader
    ranker: Ranker


class Snapshot:
    """Answers questions from one state of the knowledge base. Same question, same decision."""

    def __init__(self, content: Content, trained: TrainedParts | None = None, memory: Path | None = None) -> None:
        """Build; with what was `trained` from the same content before, nothing is trained.

        What is read for the training is remembered in the folder `memory`.
        """
        base = content.base
        self.entries: dict[str, Entry] = {entry.id: entry for entry in base.entries}
        self.directory: Directory = base.directory
        self.laws: dict[str, Law] = base.laws
        self.themes: dict[str, str] = base.themes
        self.terms: dict[str, str] = base.terms
        self.references = References(self.laws, ((law.title, short) for short, law in self.laws.items()))
        self.topics: dict[str, Topic] = {topic.key: topic for topic in content.topics.topics}
        self.welcome: str = content.topics.welcome
        self.model = RankingModel.shipped()
        # A question is small: several threads would cost the matrix library more than they gain, and fight with the server's
        # own (measured: 300 messages a second answered at once, or hardly one of them).
        threadpool_limits(limits=1, user_api="blas")
        segmenter = trained.segmenter if trained else segmentation.train(content.lexicon)
        self.tokeniser = Tokeniser(content.lexicon, segmenter)
        self.encoders = Encoders(self.tokeniser, SentenceEncoder.shipped())
        self.normaliser = Normaliser(content.lexicon)
        self._entries = base.entries
        self.trained = trained or self._train(content.lexicon, VectorMemory(SentenceEncoder.shipped(), memory))
        self.ranker = self.trained.ranker
        self._small_talk = SmallTalk(self._entries)
        self.decide = lru_cache(REMEMBERED)(self._decide)

    @classmethod
    def of_folder(cls, folder: Path, cache: Path, overlay: tuple[Entry, ...] = ()) -> "Snapshot":
        """The snapshot of a knowledge folder, with the entries of `overlay` in place of its own.

        What was trained is kept in `cache` under the content's hash. Raises `KnowledgeError` when the knowledge base is faulty.
        """
        path = snapshot_cache.place(folder, cache, overlay)
        found = snapshot_cache.read(path)
        if found is not None:
            return cls(*found)
        content = Content(
            files.overlaid(files.load_sound(folder), overlay),
            lexicon.load(folder / "lexicon"),
            files.read_model(folder / "topics.yaml", Topics),
        )
        snapshot = cls(content, memory=cache)
        snapshot_cache.write(path, (content, snapshot.trained))
        return snapshot

    def normalise(self, text: str) -> NormalisedQuestion:
        """Step 1."""
        is_word = self.tokeniser.cut.is_word
        question = self.normaliser(self.trained.pinyin(text, is_word))
        mended = self.trained.corrector(question.text, is_word)
        if mended == question.text:
            return replace(question, raw=text)
        return replace(self.normaliser(mended), raw=text, written=question.text)

    def cue(self, text: str) -> Alarm | None:
        """What a written cue alone tells of danger: all that is looked for in messages that come too fast."""
        found = self.trained.emergencies.cue(_readings(self.normalise(text)))
        return found if found and found.entry in self.entries else None

    def judge(self, question: NormalisedQuestion, encoded: EncodedText, best: Candidate | None) -> Judgement:
        """What is urgent in a question whose best candidate is known."""
        return self.trained.emergencies.judge(_readings(question), encoded, best, self._asked(question))

    def candidates(self, question: NormalisedQuestion, ranking: Ranking) -> tuple[Candidate, ...]:
        """The candidates, best first; a question that stands in an entry word for word is that entry's."""
        ranked = tuple(Candidate(self._entries[found.entry], found.probability) for found in ranking.candidates)
        same = self._asked(question) or self._small_talk(question.raw)
        if same is None:
            return ranked
        return (Candidate(same, 1.0), *(candidate for candidate in ranked if candidate.entry.id != same.id))

    def rank(self, question: NormalisedQuestion) -> Ranking:
        """Steps 2 to 4."""
        return self.ranker.rank(self.encoders, question, self.model)

    def _decide(self, text: str) -> Decision:
        question = self.normalise(text)
        ranking = self.rank(question)
        candidates = self.candidates(question, ranking)
        judged = self.judge(question, ranking.evidence.encoded, candidates[0] if candidates else None)
        if alarm := judged.alarm:
            first = Candidate(self.entries[alarm.entry], 1.0)
            rest = (candidate for candidate in candidates if candidate.entry.id != first.entry.id)
            return Decision(DecisionKind.URGENT, (first, *rest)[:SHOWN], alarm.danger)
        return Decision(decide_kind(candidates, Thresholds.shipped()), candidates[:SHOWN], judged.warning)

    def _asked(self, question: NormalisedQuestion) -> Entry | None:
        """The entry of whose own questions this is one, word for word."""
        exact = self.ranker.exact
        number = exact.get(fold(question.text), exact.get(fold(question.written)))
        return None if number is None else self._entries[number]

    def _train(self, lexicon: Lexicon, memory: VectorMemory) -> TrainedParts:
        questions: list[NormalisedQuestion] = []
        classes: list[int] = []
        for number, entry in enumerate(self._entries):
            for text in (entry.title, *entry.questions):
                questions.append(self.normaliser(text))
                classes.append(number)
        if not questions:
            raise KnowledgeError("知识库里一条条目都没有")
        corrector = spelling.train((question.text for question in questions), self.tokeniser.cut)
        pinyin = typed_pinyin.train(self._written(lexicon), chain.from_iterable(corrector.words.values()))
        encoders = Encoders(self.tokeniser, memory)
        ranker = Ranker(encoders, questions, classes, [entry.id for entry in self._entries])
        emergencies = self._judge(lexicon, ranker, encoders)
        memory.write()
        return TrainedParts(self.tokeniser.cut, emergencies, corrector, pinyin, ranker)

    def _written(self, lexicon: Lexicon) -> Iterator[str]:
        """What villagers write, as they write it."""
        for entry in self._entries:
            yield from (entry.title, *entry.questions)
        yield from (text for text, _, _ in lexicon.emergencies)
        yield from (*lexicon.calm, *lexicon.words)

    def _judge(self, lexicon: Lexicon, ranker: Ranker, encoders: Encoders) -> EmergencyJudge:
        """Cues, and what is learned from examples: calm are also questions of the entries about no danger that have no cue."""
        rules = EmergencyRules(lexicon.urgent)
        examples = [one for one in lexicon.emergencies if one.entry in self.entries]
        alarming = {example.entry for example in examples if example.danger not in ACCIDENTS}
        calm = [self.normaliser(text) for text in lexicon.calm]
        for entry in self._entries:
            if entry.id not in alarming and not entry.urgent and entry.theme != ALARMING:
                own = map(self.normaliser, entry.questions[::CALM_EACH])
                calm += [question for question in own if rules.check(question.text) is None]
        emergencies = [
            (ranker.encode(encoders, self.normaliser(text)), EmergencyKind(which, entry))
            for text, which, entry in examples
        ]
        classifier = emergency_classifier.train(
            emergencies, [ranker.encode(encoders, question) for question in calm], len(ranker.vocabulary)
        )
        return EmergencyJudge(rules, classifier, frozenset(self.entries), Thresholds.shipped())


def _readings(question: NormalisedQuestion) -> tuple[str, ...]:
    """The words as mended and as written: mending must not lose danger."""
    return tuple(dict.fromkeys((question.text, question.written)))
