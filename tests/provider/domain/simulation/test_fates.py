"""Tests of what became of the digests that builds used."""

from dataclasses import replace
from datetime import datetime

import pytest

from catalog.reference import Digest
from provider.domain.ledger import Ledger
from provider.domain.simulation.fates import Fates
from provider.domain.simulation.figures import Fate
from provider.domain.state import CauseState
from tests.provider.domain.simulation.organisations import DAY, NOW, digest, organisation, seen

SNAPSHOT = organisation(1, 1, 1, 30, 0)
(IMAGE,) = SNAPSHOT.images.values()
A, B, C = 1, 501, 601


def on(days: int) -> datetime:
    """So many days after the base was found."""
    return NOW - (30 - days) * DAY


def fates(ledger: Ledger, built: int) -> set[str]:
    """The fates of B, which appeared on day 5, for a build on that day."""
    base = replace(SNAPSHOT.bases["base-0"], ledger=ledger)
    cause = CauseState("base-0", "base-0:1", digest(B), digest(A), on(5), on(5))
    return {str(each) for each in Fates({"base-0": base}).of(on(built), IMAGE, cause)}


BEGUN = seen(SNAPSHOT.bases["base-0"].ledger, on(5), B)


def repointed(ledger: Ledger, at: datetime) -> Ledger:
    """The tag points to another index with the same images."""
    current = ledger.current
    assert current
    return ledger.observe(at, Digest(digest(999)), current.platforms)


@pytest.mark.parametrize(
    ("ledger", "built", "expected"),
    [
        (BEGUN, 6, set()),
        (seen(BEGUN, on(8), C), 6, set()),
        (seen(BEGUN, on(8), C), 9, {Fate.REPLACED}),
        (repointed(BEGUN, on(8)), 7, set()),
        (repointed(BEGUN, on(8)), 9, {Fate.REPOINTED}),
        (seen(repointed(BEGUN, on(8)), on(9), C), 10, {Fate.REPLACED}),
        (seen(BEGUN, on(8), A), 6, {Fate.WITHDRAWN}),
        (seen(seen(BEGUN, on(8), A), on(9), B), 6, set()),
        (BEGUN.without(digest(B)), 6, {Fate.WITHDRAWN}),
    ],
)
def test_a_digest_is_withdrawn_replaced_or_repointed(ledger: Ledger, built: int, expected: set[str]) -> None:
    """Withdrawn at any time, replaced or repointed before the build."""
    assert fates(ledger, built) == expected


def test_an_unknown_digest_and_one_of_a_managed_image_have_no_fate() -> None:
    """Nothing is known of them."""
    cause = CauseState("base-0", "base-0:1", digest(42), None, on(5), on(5))
    assert not Fates(SNAPSHOT.bases).of(NOW, IMAGE, cause)
    assert not Fates({}).of(NOW, IMAGE, cause)
