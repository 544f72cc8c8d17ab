"""The family of failures of external services."""

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
    """The group of a failure says whether a later request may succeed."""
    failure = kind("registry.example.com answered 500")
    assert [each for each in (Never, NotNow, PerhapsDone) if isinstance(failure, each)] == [group]
    assert (str(failure), failure.transient) == ("registry.example.com answered 500", transient)


def test_a_copy_keeps_the_time_of_the_next_request() -> None:
    """A copied failure, as the cache raises it, keeps its message and `retry_at`."""
    assert copy(Unavailable("later", NOW)).retry_at == NOW
    assert copy(Garbage("later")).retry_at is None
