"""What became of checks of digests, in words for the metrics."""

import pytest

from provider.services.counting.check_outcomes import check_outcomes
from provider.services.monitoring import CheckResult, UnreadDigest
from proxy.errors import Garbage, KeptBack, NotFound, PerhapsDone, Refused, Unavailable
from proxy.ports import Manifest, Unchanged
from tests.fakes.registry import digest_of


@pytest.mark.parametrize(
    ("result", "outcome"),
    [
        (Unchanged(), "unchanged"),
        (Manifest(digest_of("1"), "application/json", 0), "changed"),
        (UnreadDigest(digest_of("1"), Unavailable("no answer")), "unread"),
        (UnreadDigest(digest_of("1"), KeptBack("later")), "unread"),
        (NotFound("no such tag"), "missing"),
        (Refused("no credentials"), "refused"),
        (Unavailable("no answer"), "failed"),
        (Garbage("no manifest"), "failed"),
        (PerhapsDone("what happened is not known"), "failed"),
    ],
)
def test_each_result_has_an_outcome(result: CheckResult, outcome: str) -> None:
    """One word of a fixed set."""
    assert check_outcomes([result]) == {outcome: 1}


def test_checks_that_were_not_made_do_not_count() -> None:
    """A limit of this service keeps a check back, and says nothing about the registry."""
    assert check_outcomes([KeptBack("later"), Unchanged(), Unchanged()]) == {"unchanged": 2}
