"""Tests of the HTTP errors for failures of upstreams."""

from datetime import timedelta

import pytest

from provider.api.answers.upstream_failures import UPSTREAM_FAILURES, upstream_failure
from proxy.errors import AddressRefused, Garbage, NotFound, OutcomeUnknown, OutsideFailure, Refused, Unavailable
from tests.proxy.clocks import NOW


@pytest.mark.parametrize(
    "error", [Garbage("x"), Refused("x"), AddressRefused("x"), OutcomeUnknown("x"), Unavailable("x")]
)
def test_failures_have_documented_statuses(error: OutsideFailure) -> None:
    """Each failure of an upstream is 5xx, because it is not an error of the caller."""
    failure = upstream_failure(error, lambda: NOW)
    assert failure.code in UPSTREAM_FAILURES
    assert failure.description == "x"


def test_a_missing_resource_is_404() -> None:
    """For example a deleted repository."""
    assert upstream_failure(NotFound("gone"), lambda: NOW).code == 404


@pytest.mark.parametrize(("ahead", "seconds"), [(90.2, "91"), (0.0, "1"), (-5.0, "1")])
def test_retry_after_is_in_whole_seconds(ahead: float, seconds: str) -> None:
    """It is rounded up, and at least one."""
    failure = upstream_failure(Unavailable("later", NOW + timedelta(seconds=ahead)), lambda: NOW)
    assert failure.get_response().headers["Retry-After"] == seconds
