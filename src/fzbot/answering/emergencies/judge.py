"""When a message is an emergency: by a written cue, or by its likeness to known ones; and which entry meets it.

What is only somewhat like an emergency is answered as anything else, with the numbers to call before it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from fzbot.answering.decision import Candidate, Thresholds
from fzbot.answering.emergencies.classifier import EmergencyClassifier
from fzbot.answering.emergencies.rules import Alarm, EmergencyRules
from fzbot.answering.ranking.vectors import EncodedText
from fzbot.knowledge.entry import Danger, Entry

LIKE = "像紧急的例句"


@dataclass(frozen=True)
class Judgement:
    """How like an emergency a message is, the alarm that a cue or that likeness raises, and what the reply has to warn of."""

    likeness: float
    alarm: Alarm | None
    warning: Danger | None


@dataclass(frozen=True)
class EmergencyJudge:
    """Judges messages. `entries` are the ids of those that there are; a cue that none of them meets is only warned of."""

    rules: EmergencyRules
    classifier: EmergencyClassifier | None
    entries: frozenset[str]
    thresholds: Thresholds

    def judge(
        self, readings: Sequence[str], encoded: EncodedText, best: Candidate | None = None, own: Entry | None = None
    ) -> Judgement:
        """Judge the `readings` of a message: normalised, and before its spelling was mended. `own` has it word for word.

        A weak cue is outvoted by what is surely calm. The reply is built on the `best` candidate's entry, where that is likely
        enough and one that meets dangers, rather than on the cue's or the likeness's own.
        """
        likeness = self.classifier.likeness(encoded) if self.classifier else 0.0
        cue = self.cue(readings)
        asks_calmly = any(map(self.rules.is_calm, readings))
        sure = best.entry if best and best.score >= self.thresholds.calm_from else None
        is_calm = asks_calmly or self._is_own_calm(own) or (sure is not None and self._is_calm(sure))
        is_other = sure is not None and not sure.urgent and cue is not None and not self._meets(sure, cue.danger)
        if cue and (cue.is_strong or not (is_calm or is_other)):
            judged = self._alarmed(cue, likeness, best)
            return judged if cue.is_strong or not self._is_story(readings) else replace(judged, alarm=None)
        if (own and is_calm) or not self._may_be_like(readings, best, likeness):
            return Judgement(likeness, None, None)
        return self._alike(encoded, likeness, best, is_calm)

    def _is_story(self, readings: Sequence[str]) -> bool:
        """Whether so much is told that the whole says better than a weak cue what is asked; the numbers still come first."""
        return min(map(len, readings)) >= self.thresholds.story_from_chars

    def cue(self, readings: Sequence[str]) -> Alarm | None:
        """The strongest written cue of any reading."""
        found = [cue for cue in map(self.rules.check, readings) if cue]
        return max(found, key=lambda cue: cue.is_strong, default=None)

    def _alarmed(self, cue: Alarm, likeness: float, best: Candidate | None) -> Judgement:
        likely = self._likely(best)
        alarm = replace(cue, entry=likely.id) if likely and self._meets(likely, cue.danger) else cue
        return Judgement(likeness, alarm if alarm.entry in self.entries else None, cue.danger)

    def _may_be_like(self, readings: Sequence[str], best: Candidate | None, likeness: float) -> bool:
        """Nothing can be told from hardly any characters, nor from small talk that is known."""
        if max(map(len, readings)) < self.thresholds.like_from_chars:
            return False
        is_chat = best is not None and best.entry.is_chat and best.score >= self.thresholds.chat_from
        return likeness >= (self.thresholds.alarm_from if is_chat else self.thresholds.warn_from)

    def _alike(self, encoded: EncodedText, likeness: float, best: Candidate | None, is_calm: bool) -> Judgement:
        """What the likeness says: of a calm message, at most a warning."""
        if self.classifier is None or (is_calm and likeness < self.thresholds.alarm_from):
            return Judgement(likeness, None, None)
        likely = self._likely(best)
        kinds = self.classifier.kinds
        kind = next((one for one in kinds if likely and one.entry == likely.id), None) or self.classifier.kind(encoded)
        alarm = Alarm(kind.danger, kind.entry, LIKE)
        is_alarm = not is_calm and likeness >= self.thresholds.alarm_from
        return Judgement(likeness, alarm if is_alarm else None, kind.danger)

    def _likely(self, best: Candidate | None) -> Entry | None:
        return best.entry if best and best.score >= self.thresholds.entry_from else None

    def _is_own_calm(self, own: Entry | None) -> bool:
        """Whether the message is a question of an entry about no danger. Swindles are all about one."""
        return own is not None and not own.urgent and not self._meets(own, Danger.FRAUD)

    def _is_calm(self, entry: Entry) -> bool:
        """Whether an entry is about no danger at all."""
        kinds = self.classifier.kinds if self.classifier else ()
        return not entry.urgent and all(kind.entry != entry.id for kind in kinds)

    def _meets(self, entry: Entry, danger: Danger) -> bool:
        kinds = self.classifier.kinds if self.classifier else ()
        return entry.urgent == danger or (danger, entry.id) in kinds
