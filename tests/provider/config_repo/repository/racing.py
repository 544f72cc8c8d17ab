"""A writer in a process of its own: `racing.py URL CHECKOUT NAME COMMITS`; each commit adds a file and a line.

It prints a line when it is ready and begins when it is sent one. At the end it prints how many races it lost. It
pulls now and then, as the service does before it decides.
"""

import sys
import time
from pathlib import Path

from provider.config_repo.repository.config_repository import ConfigRepository
from provider.config_repo.repository.patience import Patience
from proxy.secrets.secret import Secret
from tests.provider.config_repo.repositories import appending, change, put


def main(url: str, checkout: str, name: str, commits: str) -> None:
    """Make that many commits, as fast as possible."""
    token = Secret("ghs_writetoken")
    # A rival without pauses wins many races: tries are cheap here, and another test covers giving up.
    patience = Patience(tries=1000, longest_seconds=0.3)
    lost: list[float] = []

    def sleep(seconds: float) -> None:
        lost.append(seconds)
        time.sleep(seconds)

    with ConfigRepository.open(
        url, checkout=Path(checkout), token=token, http_hosts=("127.0.0.1",), patience=patience, sleep=sleep
    ) as repository:
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        sys.stdin.readline()
        for number in range(int(commits)):
            if number % 4 == 0:
                repository.pull()
            file = put(f"state/images/{name}-{number}.yaml", f"name: {name}-{number}\n")
            line = change("state/images/all.yaml", appending(f"{name}-{number}"))
            if repository.commit([file, line], f"{name}-{number}") is None:
                raise SystemExit(f"{name}-{number} was no change")
    sys.stdout.write(f"{len(lost)}\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
