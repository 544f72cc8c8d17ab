"""Tests of locks on files."""

import subprocess
import sys
from pathlib import Path

from provider.jobs.process_locks import FileLocks, advisory_key


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


def test_names_are_numbers_for_postgresql() -> None:
    """The number of a name is the same in every process, fits a bigint, and differs from other names."""
    assert advisory_key("executor a") == advisory_key("executor a") != advisory_key("executor b")
    assert -(2**63) <= advisory_key("executor a") < 2**63
