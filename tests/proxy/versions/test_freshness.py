"""The age of an answer that was made from several ones."""

from datetime import timedelta

from proxy.cache import Cached
from proxy.versions.freshness import oldest_of
from tests.proxy.clocks import NOW


def test_the_oldest_part_counts() -> None:
    """The answer has the time of its oldest part, and is stale if any part is."""
    new = Cached(b"", {}, NOW, stale=False, problem=None)
    old = Cached(b"", {}, NOW - timedelta(minutes=4), stale=True, problem="down")

    assert oldest_of([new]) == (NOW, False)
    assert oldest_of(iter([new, old])) == (old.fetched_at, True)
