"""When a message is an emergency: by a written cue, or by its likeness to known ones; and which entry meets it.

What is only somewhat like an emergency is answered as anything else, with the numbers to call before it.
"""

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
    """Judges messages. `entries` are the ids of those that there are; an alarm that none of them meets is none."""

    rules: EmergencyRules
    classifier: EmergencyClassifier | None
    entries: frozenset[str]
    thresholds: Thresholds

    def judge(
        self, text: str, encoded: EncodedText, best: Candidate | None = None, is_known_as_calm: bool = False
    ) -> Judgement:
        """Judge a normalised text. Of one that is known as calm only a cue makes an alarm.

        The reply is built on the `best` candidate's entry, where that is likely enough and one that meets dangers, rather than on
        the cue's or the likeness's own.
        """
        likeness = self.classifier.likeness(encoded) if self.classifier else 0.0
        likely = best.entry if best and best.score >= self.thresholds.entry_from else None
        cue = self.cue(text)
        if cue:
            alarm = replace(cue, entry=likely.id) if likely and self._meets(likely, cue.danger) else cue
            return Judgement(likeness, alarm, alarm.danger)
        if self.classifier is None or likeness < self.thresholds.warn_from or is_known_as_calm:
            return Judgement(likeness, None, None)
        kinds = self.classifier.kinds
        kind = next((one for one in kinds if likely and one.entry == likely.id), None) or self.classifier.kind(encoded)
        alarm = Alarm(kind.danger, kind.entry, LIKE)
        return Judgement(likeness, alarm if likeness >= self.thresholds.alarm_from else None, kind.danger)

    def cue(self, text: str) -> Alarm | None:
        """The alarm that a written cue alone raises in a normalised text."""
        cue = self.rules.check(text)
        return cue if cue and cue.entry in self.entries else None

    def _meets(self, entry: Entry, danger: Danger) -> bool:
        kinds = self.classifier.kinds if self.classifier else ()
        return entry.urgent == danger or (danger, entry.id) in kinds
