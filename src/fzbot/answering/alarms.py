"""When a message is an emergency: by a written cue, or by its likeness to known ones; and which entry meets it.

What is only somewhat like an emergency is answered as anything else, with the numbers to call before it.
"""

from dataclasses import dataclass, replace

from fzbot.answering.danger import Recogniser
from fzbot.answering.decide import Candidate
from fzbot.answering.urgent import Alarm, Urgency
from fzbot.answering.vectors import Seen
from fzbot.knowledge.entry import Danger, Entry

HEARD_FROM = 1.2
"""How like known emergencies a message must be to be one without a cue."""
WARNED_FROM = 0.2
"""How like them it must be for its reply, whatever that is, to begin with the numbers to call."""
LIKE = "像紧急的例句"
LIKELIER = 0.5


@dataclass(frozen=True)
class Judged:
    """How like an emergency a message is, the alarm that a cue or that likeness raises, and what the reply has to warn of."""

    likeness: float
    alarm: Alarm | None
    warning: Danger | None


@dataclass(frozen=True)
class Alarms:
    """Judges messages. `entries` are the ids of those that there are; an alarm that none of them meets is none."""

    urgency: Urgency
    recogniser: Recogniser | None
    entries: frozenset[str]

    def judge(self, text: str, seen: Seen, best: Candidate | None = None, is_known_as_calm: bool = False) -> Judged:
        """Judge a normalised text. Of one that is known as calm only a cue makes an alarm.

        The reply is built on the `best` candidate's entry, where that is likely enough and one that meets dangers, rather than on
        the cue's or the likeness's own.
        """
        likeness = self.recogniser.likeness(seen) if self.recogniser else 0.0
        likely = best.entry if best and best.score >= LIKELIER else None
        cue = self.urgency.check(text)
        if cue and cue.entry in self.entries:
            alarm = replace(cue, entry=likely.id) if likely and self._meets(likely, cue.danger) else cue
            return Judged(likeness, alarm, alarm.danger)
        if self.recogniser is None or likeness < WARNED_FROM or is_known_as_calm:
            return Judged(likeness, None, None)
        kinds = self.recogniser.kinds
        kind = next((one for one in kinds if likely and one.entry == likely.id), None) or self.recogniser.kind(seen)
        alarm = Alarm(kind.danger, kind.entry, LIKE)
        return Judged(likeness, alarm if likeness >= HEARD_FROM else None, kind.danger)

    def _meets(self, entry: Entry, danger: Danger) -> bool:
        kinds = self.recogniser.kinds if self.recogniser else ()
        return entry.urgent == danger or (danger, entry.id) in kinds
