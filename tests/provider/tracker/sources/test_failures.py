"""Failures of the room below, in this room's words."""

from datetime import UTC, datetime

import pytest

from provider.errors import SourceNotAllowed, SourceNotFound, SourceRefused, SourceUnavailable
from provider.tracker.sources.failures import source_failure
from proxy.errors import AddressRefused, Garbage, NotFound, OutsideFailure, Refused, Unavailable


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (NotFound("gone"), SourceNotFound),
        (Refused("no"), SourceRefused),
        (AddressRefused("private"), SourceNotAllowed),
        (Garbage("what"), SourceUnavailable),
    ],
)
def test_each_failure_has_its_kind(error: OutsideFailure, kind: type[Exception]) -> None:
    """And keeps its words."""
    failure = source_failure(error)

    assert type(failure) is kind
    assert str(failure) == str(error)


def test_a_known_end_is_kept() -> None:
    """So that the host is set aside until then."""
    at = datetime(2026, 1, 1, tzinfo=UTC)
    failure = source_failure(Unavailable("busy", at))

    assert isinstance(failure, SourceUnavailable)
    assert failure.retry_at == at
