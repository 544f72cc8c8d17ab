"""Two processes never work on the same share at once."""

from pathlib import Path

import pytest

from provider.jobs.process_locks import process_locks_for
from provider.services.sharing.shares import EVERYTHING, SHARES
from provider.services.sharing.taking import AllShares, SharedWork
from tests.databases import KINDS, new_database


@pytest.mark.parametrize("kind", KINDS)
def test_what_another_process_works_on_is_left_to_it(kind: str, tmp_path: Path) -> None:
    """Also where both believe that it is theirs; another kind of work is free, and all is when it has ended."""
    with new_database(kind, tmp_path) as url:
        take = process_locks_for(url).acquire_free
        first = SharedWork("checking", take, lambda: range(5))
        second, readings = SharedWork("checking", process_locks_for(url).acquire_free), SharedWork("reading", take)
        with first.taken() as ours, second.taken() as theirs, readings.taken() as read:
            assert set(ours.numbers) == set(range(5))
            assert set(theirs.numbers) == set(range(5, SHARES))
            assert set(read.numbers) == set(range(SHARES))
        with second.taken() as theirs:
            assert set(theirs.numbers) == set(range(SHARES))


def test_a_process_without_others_has_everything() -> None:
    """It takes no locks."""
    with AllShares().taken() as ours:
        assert ours == EVERYTHING


def test_a_worker_without_shares_takes_none(tmp_path: Path) -> None:
    """Where there are more workers than shares."""
    with new_database("sqlite", tmp_path) as url:
        work = SharedWork("checking", process_locks_for(url).acquire_free, list)
        with work.taken() as ours:
            assert "docker.io/library/node" not in ours
