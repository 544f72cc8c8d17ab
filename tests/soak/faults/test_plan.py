"""When which fault comes."""

from itertools import pairwise

import pytest

from soak.faults.acts import ACTS
from soak.faults.plan import FaultKind, planned_faults


def test_the_seed_decides_the_order() -> None:
    """The same seed gives the same faults, another one another order."""
    assert planned_faults(1200, seed=1) == planned_faults(1200, seed=1)
    assert planned_faults(1200, seed=1) != planned_faults(1200, seed=2)


@pytest.mark.parametrize("seed", range(20))
def test_twenty_minutes_have_every_fault(seed: int) -> None:
    """Every kind comes at least once, one after another, and the end is left in peace."""
    found = planned_faults(1200, seed)

    assert {each.kind for each in found} == set(FaultKind)
    assert all(later.at > earlier.ends for earlier, later in pairwise(found))
    assert found[-1].ends < 1200


def test_a_minute_has_several_faults() -> None:
    """In a short soak faults are shorter."""
    assert len(planned_faults(60, seed=1)) >= 2


def test_every_kind_can_be_done() -> None:
    """Each kind has its act."""
    assert ACTS.keys() == set(FaultKind)
