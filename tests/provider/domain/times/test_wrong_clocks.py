"""Times that a wrong clock gave to digests."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from catalog.reference import Digest
from provider.domain.ledger import Ledger
from provider.domain.times.wrong_clocks import MOST_SKEW, seen_at

_NOW = datetime(2026, 3, 1, tzinfo=UTC)
_TIMES = st.timedeltas(timedelta(days=-3), timedelta(days=3))


def _digest(number: int) -> Digest:
    return Digest(f"sha256:{number:064x}")


@given(st.none() | _TIMES)
def test_no_host_makes_a_digest_older(ahead: timedelta | None) -> None:
    """Whatever the clocks of others say, a digest is not seen earlier than by our own clock."""
    assert seen_at(_NOW, ahead) >= _NOW


def test_a_clock_that_is_behind_makes_no_digest_older() -> None:
    """Twenty minutes behind, a digest is seen twenty minutes later than our clock says; a few minutes do not count."""
    assert seen_at(_NOW, timedelta(minutes=-20)) == _NOW + timedelta(minutes=20)
    assert seen_at(_NOW, -MOST_SKEW) == _NOW
    assert seen_at(_NOW, timedelta(minutes=20)) == _NOW


@given(st.lists(_TIMES, min_size=1, max_size=6))
def test_after_the_correction_nothing_was_seen_in_the_future(times: list[timedelta]) -> None:
    """The order and the digests stay, and what was seen in the past keeps its time."""
    ledger = Ledger()
    for number, time in enumerate(times):
        ledger = ledger.observe(_NOW + time, _digest(number))

    corrected = ledger.no_later(_NOW)

    seen = [each.first_seen for each in corrected.observations]
    assert [each.digest for each in corrected.observations] == [each.digest for each in ledger.observations]
    assert seen == sorted(seen)
    for before, after in zip(ledger.observations, corrected.observations, strict=True):
        assert after.first_seen == min(before.first_seen, _NOW)
        assert after.last_seen is None or after.last_seen <= _NOW
