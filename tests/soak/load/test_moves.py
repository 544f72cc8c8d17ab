"""Which base images move when."""

from itertools import pairwise

import pytest

from soak.load.moves import BETWEEN_MOVES_OF_A_BASE, planned_moves
from soak.population import population


@pytest.mark.parametrize("seed", range(5))
def test_moves_cause_no_more_rebuilds_than_there_is_time_for(seed: int) -> None:
    """GitHub is asked for at most one build a second, and faults take a part of the time."""
    of = population(2000, 300, seed)

    moves = planned_moves(of, 1200, seed)

    assert 200 < sum(len(of.affected(move.repository)) for move in moves) < 800
    assert all(earlier.at <= later.at < 1100 for earlier, later in pairwise(moves))


def test_a_base_image_rests_between_its_moves() -> None:
    """Each digest can be seen before the next one, through the longest outage; some move again."""
    of = population(2000, 300, seed=1)
    times: dict[str, list[float]] = {}
    for move in planned_moves(of, 1200, seed=1):
        times.setdefault(move.repository, []).append(move.at)

    again = [each for each in times.values() if len(each) > 1]
    assert again
    assert all(later - earlier > BETWEEN_MOVES_OF_A_BASE - 0.01 for each in again for earlier, later in pairwise(each))


def test_some_moves_are_reported_and_some_have_to_be_found() -> None:
    """Webhooks report most moves; the periodic checks find the rest."""
    told = [move.told for move in planned_moves(population(2000, 300, seed=1), 1200, seed=1)]

    assert 0 < sum(told) < len(told)
