"""What is read out of what wrk prints."""

import pytest

from bench.load import load_of
from bench.rounds import RunFailed

PRINTED = (
    'Running 4s test @ http://127.0.0.1:1/\n\n{"answers": 8000, "microseconds": 4000000, "p99": 2500, "wrong": 0}\n'
)


def test_rate_and_p99_have_their_units() -> None:
    """Answers a second, and milliseconds."""
    load = load_of(PRINTED)
    assert (load.answers, load.rate, load.p99) == (8000, 2000.0, 2.5)


@pytest.mark.parametrize(("one", "other"), [('"wrong": 0', '"wrong": 3'), ('"answers": 8000', '"answers": 0')])
def test_anything_but_success_ends_the_run(one: str, other: str) -> None:
    """An error is answered faster than a page, so it must not be counted; nor is silence a rate."""
    with pytest.raises(RunFailed, match="all were to be right"):
        load_of(PRINTED.replace(one, other))
