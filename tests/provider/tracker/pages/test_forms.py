"""Tests of messages at the forms of tracked repositories."""

import pytest

from provider.tracker.pages.forms import sentence


@pytest.mark.parametrize(
    ("message", "shown"),
    [
        ("there is none", "There is none."),
        ("what now?", "What now?"),
        ("url: write one", "Url: write one."),
        ("http://127.0.0.1/a.git: it is away", "http://127.0.0.1/a.git: it is away."),
        ("git.example.org refused", "git.example.org refused."),
        ("github:acme/app was renamed", "github:acme/app was renamed."),
    ],
)
def test_a_message_becomes_a_sentence(message: str, shown: str) -> None:
    """An address at its start keeps its case, because a different case can be a different address."""
    assert sentence(message) == shown
