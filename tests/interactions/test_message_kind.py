"""Kinds of messages: each has a name, and each is either said or done."""

from fzbot.interactions.message_kind import QUESTION_KINDS, MessageKind


def test_every_kind_has_a_name_of_its_own() -> None:
    assert len({kind.label for kind in MessageKind}) == len(MessageKind)


def test_words_count_as_asked() -> None:
    assert set(QUESTION_KINDS) == {"text", "voice"}


def test_events_are_what_is_done_rather_than_said() -> None:
    done = {kind for kind in MessageKind if kind.is_event}
    assert done == {"subscribe", "unsubscribe", "scan", "click", "view", "report-location", "other-event"}
