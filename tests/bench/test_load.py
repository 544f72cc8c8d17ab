"""Reading the output of wrk."""

import pytest

from bench.load import load_of
from bench.rounds import RunFailed

PRINTED = (
    'Running 4s test @ http://127.0.0.1:1/\n\n{"answers": 8000, "microseconds": 4000000, "p99": 2500, "wrong": 0}\n'
)


def test_rate_and_p99_have_their_units() -> None:
    """It has answers per second, and milliseconds."""
    load = load_of(PRINTED)
    assert (load.answers, load.rate, load.p99) == (8000, 2000.0, 2.5)


@pytest.mark.parametrize(("one", "other"), [('"wrong": 0', '"wrong": 3'), ('"answers": 8000', '"answers": 0')])
def test_anything_but_success_ends_the_run(one: str, other: str) -> None:
    """An error is sent faster than a page, so it must not count; a run without answers has no rate."""
    with pytest.raises(RunFailed, match="expected answers, and none wrong"):
        load_of(PRINTED.replace(one, other))
