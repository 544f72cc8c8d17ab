"""What Linux says of running processes."""

import os
import sys
import threading
from pathlib import Path

import pytest

from tests.peers.proc import children, deleted_open_files, open_files, threads

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")


def test_the_open_files_of_a_folder_are_found(tmp_path: Path) -> None:
    """Deleted ones carry the kernel's mark."""
    with (tmp_path / "kept").open("w"), (tmp_path / "gone").open("w"):
        (tmp_path / "gone").unlink()

        assert sorted(open_files(os.getpid(), tmp_path)) == [f"{tmp_path}/gone (deleted)", f"{tmp_path}/kept"]
        assert deleted_open_files(os.getpid(), tmp_path) == [f"{tmp_path}/gone (deleted)"]


def test_descriptors_that_close_while_they_are_read_are_left_out(tmp_path: Path) -> None:
    """Another thread opens and closes files all the time."""
    ended = threading.Event()

    def open_and_close() -> None:
        while not ended.is_set():
            (tmp_path / "short").open("w").close()

    busy = [threading.Thread(target=open_and_close) for _ in range(2)]
    with (tmp_path / "kept").open("w"):
        for thread in busy:
            thread.start()
        try:
            found = [open_files(os.getpid(), tmp_path) for _ in range(300)]
        finally:
            ended.set()
            for thread in busy:
                thread.join()

    assert all(f"{tmp_path}/kept" in files for files in found)


def test_threads_and_children_are_counted() -> None:
    """This process has at least its own thread, and no child that it did not start."""
    assert threads(os.getpid()) >= 1
    assert os.getpid() not in children(os.getpid())
