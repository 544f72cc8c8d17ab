"""Which deliveries are asked for again."""

from datetime import UTC, datetime, timedelta

import pytest

from provider.domain.events.redelivery import lost
from proxy.github.hook_deliveries import HookDelivery

NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)


def attempts(text: str) -> list[HookDelivery]:
    """Attempts in their order in time, each a letter for the event: a capital one arrived. The newest is first."""
    made = [
        HookDelivery(number, letter.lower(), NOW + timedelta(minutes=number), letter.isupper())
        for number, letter in enumerate(text)
    ]
    return made[::-1]


@pytest.mark.parametrize(
    ("sent", "asked", "expected"),
    [
        ("", "", []),
        ("ABC", "", []),
        ("aBc", "", [0, 2]),
        ("aA", "", []),
        ("Aa", "", []),
        ("aa", "", [1]),
        ("abaa", "", [1, 3]),
        ("abc", "b", [0, 2]),
        ("aa", "a", []),
    ],
)
def test_each_event_that_never_arrived_is_asked_for_once(sent: str, asked: str, expected: list[int]) -> None:
    """By its last attempt, the oldest event first."""
    assert [each.id for each in lost(attempts(sent), set(asked))] == expected
