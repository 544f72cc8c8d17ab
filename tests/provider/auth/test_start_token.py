"""The token in the log."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from provider.auth.start_token import StartToken


def test_each_token_signs_in_once() -> None:
    """After that the log shows the next one, and the old one is worth nothing."""
    shown: list[str] = []
    token = StartToken(shown.append)
    first = shown[0]

    assert token.takes(first)
    assert not token.takes(first)
    assert len(shown) == 2
    assert token.takes(shown[1])
    assert len({*shown}) == 3
    assert min(map(len, shown)) >= 32


@pytest.mark.parametrize("presented", ["", "x", "ü\ud800", "0" * 32])
def test_another_text_changes_nothing(presented: str) -> None:
    """The token stays valid, so nobody else can use it up."""
    shown: list[str] = []
    token = StartToken(shown.append)

    assert not token.takes(presented)
    assert not token.takes(shown[0][:-1])
    assert shown == shown[:1]
    assert token.takes(shown[0])


def test_of_many_at_once_one_signs_in() -> None:
    """Threads that present the same token do not all get in."""
    shown: list[str] = []
    token = StartToken(shown.append)
    with ThreadPoolExecutor(8) as pool:
        taken = list(pool.map(token.takes, [shown[0]] * 64))

    assert taken.count(True) == 1
