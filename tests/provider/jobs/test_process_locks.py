"""Tests of locks on files."""

import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import NullPool, create_engine, text

from provider.jobs.process_locks import FileLocks, advisory_key, process_locks_for
from tests.databases import KINDS, new_database


def test_a_name_has_one_holder(tmp_path: Path) -> None:
    """A held lock is refused to others until it is released; other names are free."""
    claims, others = FileLocks(tmp_path / "claims"), FileLocks(tmp_path / "claims")
    first = claims.acquire("executor a/b")
    assert first is not None
    assert first.held()

    assert others.acquire("executor a/b") is None
    other = others.acquire("executor a")
    assert other is not None
    other.release()

    first.release()
    first.release()
    assert not first.held()
    again = others.acquire("executor a/b")
    assert again is not None
    again.release()


@pytest.mark.parametrize("kind", KINDS)
def test_a_wait_for_a_lock_ends(kind: str, tmp_path: Path) -> None:
    """After the time, without the lock; when the holder releases it meanwhile, with the lock. Other names are free."""
    with new_database(kind, tmp_path) as url:
        locks, others = process_locks_for(url), process_locks_for(url)
        held = locks.acquire("writing")
        assert held is not None
        began = time.monotonic()
        assert others.acquire("writing", 0.2) is None
        assert time.monotonic() - began >= 0.2
        free = others.acquire("dispatching", 60)
        assert free is not None
        with free, ThreadPoolExecutor(1) as pool:
            waiting = pool.submit(others.acquire, "writing", 60)
            held.release()
            taken = waiting.result(30)
        assert taken is not None
        assert taken.held()
        assert locks.acquire("writing") is None
        taken.release()


@pytest.mark.parametrize("kind", KINDS)
def test_free_locks_are_taken_together(kind: str, tmp_path: Path) -> None:
    """Those that others have are left out; at the end all are free again."""
    with new_database(kind, tmp_path) as url:
        locks, others = process_locks_for(url), process_locks_for(url)
        held = others.acquire("b")
        assert held is not None
        with locks.acquire_free(["a", "b", "c"]) as taken:
            assert sorted(taken.names) == ["a", "c"]
            assert others.acquire("a") is None
            with others.acquire_free([]) as none, others.acquire_free(["c"]) as neither:
                assert [*none.names, *neither.names] == []
        held.release()
        with others.acquire_free(["a", "b", "c"]) as all_of_them:
            assert len(all_of_them.names) == 3


def test_a_child_process_does_not_keep_a_lock(tmp_path: Path) -> None:
    """A program that was started while the lock was held does not keep it."""
    claims = FileLocks(tmp_path)
    claim = claims.acquire("executor")
    assert claim is not None
    command = [sys.executable, "-c", "import sys; print('up', flush=True); sys.stdin.read()"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, close_fds=False) as child:
        assert child.stdout is not None
        # Between fork and exec, the child still has the files of this process.
        assert child.stdout.readline() == b"up\n"
        claim.release()

        again = claims.acquire("executor")
        child.communicate()

    assert again is not None
    again.release()


@pytest.mark.skipif("postgresql" not in KINDS, reason="make test-postgresql has a server")
def test_a_lock_of_postgresql_is_lost_with_its_session(tmp_path: Path) -> None:
    """After the server has ended the session it is not held, however often that is asked, and others can take it."""
    with new_database("postgresql", tmp_path) as url:
        locks = process_locks_for(url)
        lock = locks.acquire("dispatching")
        assert lock is not None
        assert lock.held()
        engine = create_engine(url, poolclass=NullPool)
        with engine.connect() as connection:
            others = "select pg_terminate_backend(pid) from pg_locks where locktype = 'advisory'"
            connection.execute(text(others))

        assert [lock.held() for _ in range(3)] == [False] * 3
        again = locks.acquire("dispatching")
        assert again is not None
        assert not lock.held()
        lock.release()
        assert again.held()
        again.release()


def test_names_are_numbers_for_postgresql() -> None:
    """The number of a name is the same in every process, fits a bigint, and differs from other names."""
    assert advisory_key("executor a") == advisory_key("executor a") != advisory_key("executor b")
    assert -(2**63) <= advisory_key("executor a") < 2**63
