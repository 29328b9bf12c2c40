"""When a message is an emergency: by a written cue, or by its likeness to known ones; and which entry meets it."""

from collections.abc import Sequence
from dataclasses import dataclass

from fzbot.answering.danger import Recogniser
from fzbot.answering.decide import Candidate
from fzbot.answering.urgent import Alarm, Urgency
from fzbot.answering.vectors import Seen
from fzbot.knowledge.entry import Danger, Entry

HEARD_FROM = 1.0
"""How like known emergencies a message must be to be one without a cue."""
DOUBTED_BELOW = -2.0
DOUBTED_UP_TO = 75
"""How unlike them, and how short at most, a message must be to be none in spite of a cue of `DOUBTFUL` dangers: words for
beating and paying mean much else. In a long story a single sentence may be the one that counts."""
DOUBTFUL = frozenset({Danger.VIOLENCE, Danger.FRAUD})
LIKE = "像紧急的例句"
LIKELIER = 0.5


@dataclass(frozen=True)
class Judged:
    """What was found in a message: a cue, how like an emergency it is, and the alarm that follows from both."""

    cue: Alarm | None
    likeness: float
    alarm: Alarm | None


@dataclass(frozen=True)
class Alarms:
    """Judges messages. `entries` are the ids of those that there are; an alarm that none of them meets is none."""

    urgency: Urgency
    recogniser: Recogniser | None
    entries: frozenset[str]

    def judge(self, text: str, seen: Seen, is_known_as_calm: bool = False) -> Judged:
        """Judge a normalised text. Of one that is known as calm only a cue makes an alarm."""
        recogniser = self.recogniser
        likeness = recogniser.likeness(seen) if recogniser else 0.0
        cue = alarm = self._cue(text)
        if cue and cue.danger in DOUBTFUL and likeness < DOUBTED_BELOW and len(text) <= DOUBTED_UP_TO:
            alarm = self._cue(text, but=DOUBTFUL)
        if alarm is None and recogniser and likeness >= HEARD_FROM and not is_known_as_calm:
            kind = recogniser.kind(seen)
            alarm = Alarm(kind.danger, kind.entry, LIKE)
        return Judged(cue, likeness, alarm)

    def met_by(self, alarm: Alarm, candidates: Sequence[Candidate]) -> str:
        """The id of the entry that the reply is built on: the alarm's, unless a likelier one meets the same danger."""
        best = candidates[0] if candidates else None
        if best and best.score >= LIKELIER and self._meets(best.entry, alarm.danger):
            return best.entry.id
        return alarm.entry

    def _meets(self, entry: Entry, danger: Danger) -> bool:
        kinds = self.recogniser.kinds if self.recogniser else ()
        return entry.urgent == danger or (danger, entry.id) in kinds

    def _cue(self, text: str, but: frozenset[Danger] = frozenset()) -> Alarm | None:
        cue = self.urgency.check(text, but)
        return cue if cue and cue.entry in self.entries else None
