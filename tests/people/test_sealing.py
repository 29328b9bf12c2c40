import pytest
from hypothesis import given
from hypothesis import strategies as st

from fzbot.errors import ConfigError
from fzbot.people.sealing import Sealer

SEALER = Sealer("a secret of some length")


@given(st.text())
def test_what_was_sealed_opens_again(text: str) -> None:
    assert SEALER.unseal(SEALER.seal(text)) == text


def test_hashes_are_equal_for_equal_texts_and_differ_by_key() -> None:
    assert SEALER.hash("o-1") == SEALER.hash("o-1") != SEALER.hash("o-2")
    assert Sealer("another secret of length").hash("o-1") != SEALER.hash("o-1")


def test_sealing_twice_differs() -> None:
    assert SEALER.seal("o-1") != SEALER.seal("o-1")


def test_another_secret_cannot_open_and_says_so() -> None:
    with pytest.raises(ConfigError, match="FZBOT_SECRET_KEY"):
        Sealer("another secret of length").unseal(SEALER.seal("o-1"))


def test_a_short_secret_is_refused() -> None:
    with pytest.raises(ConfigError, match="FZBOT_SECRET_KEY"):
        Sealer("short")
