"""Pauses between lost races."""

from hypothesis import given
from hypothesis import strategies as st

from provider.config_repo.repository.patience import Patience


def test_pauses_double_up_to_a_limit() -> None:
    """With the dice at their highest, the bounds show."""
    assert list(Patience(5, 0.5, 2.0).pauses(lambda _, high: high)) == [0.5, 1.0, 2.0, 2.0]


@given(st.integers(1, 50), st.floats(0.001, 1), st.floats(1, 10))
def test_pauses_are_bounded(tries: int, first: float, longest: float) -> None:
    """One pause fewer than tries, none longer than the limit."""
    pauses = list(Patience(tries, first, longest).pauses())

    assert len(pauses) == tries - 1
    assert all(0 <= pause <= longest for pause in pauses)
