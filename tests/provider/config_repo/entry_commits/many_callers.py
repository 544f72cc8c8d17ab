"""Callers who enroll images: `many_callers.py URL CHECKOUT FIRST COUNT` prints each name when its commit is pushed."""

import os
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

from provider.config_repo.entry_commits.git_enrollment_files import GitEnrollmentFiles
from provider.config_repo.repository.config_repository import ConfigRepository
from provider.domain.enrolling.change import EntryChange, Requester
from provider.domain.enrolling.placing import edit_for
from proxy.secrets.secret import Secret
from tests.peers.git_server import WRITE_TOKEN
from tests.provider.config_repo.entries import enrollment

CALLERS = 10


def opened(url: str, checkout: Path) -> ConfigRepository:
    """The config repository at a git server of the tests."""
    return ConfigRepository.open(url, checkout=checkout, token=Secret(WRITE_TOKEN), http_hosts=("127.0.0.1",))


def enroll_all(url: str, checkout: Path, numbers: range, done: Callable[[str], None] = lambda _: None) -> None:
    """Ten callers at once enroll these images."""
    files = GitEnrollmentFiles(partial(opened, url, checkout), ("127.0.0.1",))

    def enroll(number: int) -> None:
        who = Requester(f"user:default/caller-{number}", is_admin=True)
        change = EntryChange(None, enrollment(f"image-{number}"))
        files.commit(partial(edit_for, change, who, default_owner="group:default/platform"), who.name)
        done(f"image-{number}")

    with ThreadPoolExecutor(CALLERS) as threads:
        list(threads.map(enroll, numbers))


def main(url: str, checkout: str, first: str, count: str) -> None:
    """Enroll, and print each name."""
    numbers = range(int(first), int(first) + int(count))

    def done(name: str) -> None:
        # One write for a line, so that the lines of two threads do not mix.
        os.write(1, f"{name}\n".encode())

    enroll_all(url, Path(checkout), numbers, done)


if __name__ == "__main__":
    main(*sys.argv[1:])
