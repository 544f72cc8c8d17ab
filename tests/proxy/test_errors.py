"""Tests of the one family of failures of the outside world."""

from copy import copy

import pytest

from proxy.errors import (
    AddressRefused,
    Garbage,
    Never,
    NotFound,
    NotNow,
    OutcomeUnknown,
    OutsideFailure,
    PerhapsDone,
    Refused,
    Unavailable,
)
from tests.proxy.clocks import NOW


@pytest.mark.parametrize(
    ("kind", "group", "transient"),
    [
        (NotFound, Never, False),
        (Refused, Never, False),
        (AddressRefused, Never, False),
        (Unavailable, NotNow, True),
        (Garbage, NotNow, True),
        (OutcomeUnknown, PerhapsDone, True),
    ],
)
def test_each_failure_is_of_one_group(
    kind: type[OutsideFailure], group: type[OutsideFailure], *, transient: bool
) -> None:
    """Its group says whether asking again later may help."""
    failure = kind("registry.example.com answered 500")
    assert [each for each in (Never, NotNow, PerhapsDone) if isinstance(failure, each)] == [group]
    assert (str(failure), failure.transient) == ("registry.example.com answered 500", transient)


def test_a_copy_keeps_the_time_of_the_next_request() -> None:
    """The cache raises copies."""
    assert copy(Unavailable("later", NOW)).retry_at == NOW
    assert copy(Garbage("later")).retry_at is None
