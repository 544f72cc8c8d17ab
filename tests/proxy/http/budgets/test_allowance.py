"""The rate of a host: a token bucket."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from proxy.http.budgets.allowance import Bucket, OwnAllowance, Rate
from tests.proxy.clocks import NOW

RATE = Rate(2.0, 3)


def test_a_burst_goes_at_once_and_then_the_rate_applies() -> None:
    """Three requests at once, then one every half second, and three again after a pause."""
    own = OwnAllowance("docker.io", RATE)
    assert [own.take(NOW) for _ in range(5)] == [0, 0, 0, 0.5, 1.0]
    assert [own.take(NOW + timedelta(minutes=1)) for _ in range(4)] == [0, 0, 0, 0.5]


@given(st.lists(st.floats(-5, 5), max_size=60))
def test_no_clock_gives_more_than_a_burst_at_once(steps: list[float]) -> None:
    """Whatever the times are, a bucket never has more than the burst, and a request always takes one."""
    bucket, at = Bucket.full(RATE, 0.0), 0.0
    for step in steps:
        at += step
        after = bucket.taken(RATE, at)
        assert after.tokens <= RATE.burst - 1
        assert after.tokens >= bucket.tokens - 1
        assert after.wait(RATE) >= 0
        bucket = after
