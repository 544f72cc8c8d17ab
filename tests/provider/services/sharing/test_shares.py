"""Whose share each thing is."""

from collections import Counter

from hypothesis import example, given
from hypothesis import strategies as st

from provider.services.sharing.shares import EVERYTHING, MOST_NEW, SHARES, Shares, share_of, shares_of, to_do

WORKERS = st.sets(st.text(min_size=1, max_size=20), min_size=1, max_size=6)


@given(WORKERS)
def test_each_share_has_one_worker(workers: set[str]) -> None:
    """All workers that have heard of each other agree."""
    taken = Counter(share for worker in workers for share in shares_of(worker, workers - {worker}))
    assert taken == dict.fromkeys(range(SHARES), 1)


@given(WORKERS, st.text(min_size=1))
def test_a_worker_that_comes_takes_shares_and_moves_no_others(workers: set[str], new: str) -> None:
    """So the others go on with what they have."""
    for worker in workers - {new}:
        before, after = shares_of(worker, workers - {new}), shares_of(worker, workers | {new})
        assert after == before - shares_of(new, workers)


@given(st.text(st.characters(codec=None, exclude_categories=())))
@example("\udcff \ud800")
def test_a_thing_has_one_share(key: str) -> None:
    """Whatever its name contains."""
    assert [key in Shares({number}) for number in range(SHARES)].count(True) == 1
    assert key in Shares({share_of(key)})
    assert key in EVERYTHING


def test_work_is_spread() -> None:
    """Of two workers each has a third of all repositories at least."""
    keys = [f"docker.io/library/{number}" for number in range(2000)]
    for names in (("host-1", "host-2"), ("worker-0", "worker-1"), ("a", "b")):
        ours = Shares(shares_of(names[0], names))
        assert 600 < sum(key in ours for key in keys) < 1400, names


def test_a_few_new_things_of_others_are_done_too() -> None:
    """Many are left to all workers together; what is known is always left to the worker whose share it is."""
    ours, theirs = (f"ours {number}" for number in range(9)), [f"theirs {number}" for number in range(MOST_NEW + 1)]
    keys = {name: name for name in (*ours, *theirs)}
    mine = {name for name in keys if name.startswith("ours")}
    assert to_do(keys, mine, theirs[:3]) == [*sorted(mine), *theirs[:3]]
    assert to_do(keys, mine, theirs[:MOST_NEW]) == [*sorted(mine), *theirs[:MOST_NEW]]
    assert to_do(keys, mine, theirs) == sorted(mine)
    assert to_do(keys, mine, ()) == sorted(mine)
