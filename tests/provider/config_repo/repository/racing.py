"""A writer in a process of its own: `racing.py URL CHECKOUT NAME COMMITS TURNS`; each commit adds a file and a line.

It prints a line when it is ready and begins when it is sent one. At the end it prints how many races it lost, and how
often it has met the other writer at work. It pulls now and then, as the service does before it decides.

TURNS is the folder of the locks by which the writers have turns; `-`: they have none.
"""

import sys
import time
from functools import partial
from pathlib import Path

from provider.config_repo.repository.config_repository import ConfigRepository
from provider.config_repo.repository.edits import Edit
from provider.config_repo.repository.patience import Patience
from provider.config_repo.repository.writer_turn import no_turns
from provider.jobs.process_locks import FileLocks
from proxy.secrets.secret import Secret
from tests.provider.config_repo.repositories import appending, change, put


class _Meetings:
    """Counts how often a write begins while another one is not at its end; both have this file."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self.seen = 0

    def begin(self, edit: Edit) -> Edit:
        """The edit with which the write begins."""

        def edited(text: str | None) -> str | None:
            try:
                self._file.touch(exist_ok=False)
            except FileExistsError:
                self.seen += 1
            return edit(text)

        return edited

    def end(self, _outcome: str) -> None:
        """The write has ended, or lost a race."""
        self._file.unlink(missing_ok=True)


def main(url: str, checkout: str, name: str, commits: str, turns: str) -> None:
    """Make that many commits, as fast as possible."""
    token = Secret("ghs_writetoken")
    # A rival without pauses wins many races: tries are cheap here, and another test covers giving up.
    patience = Patience(tries=1000, longest_seconds=0.3)
    lost: list[float] = []
    meetings = _Meetings(Path(checkout).parent / "a-write-has-begun")
    turn = no_turns if turns == "-" else partial(FileLocks(Path(turns)).acquire, "writing")

    def sleep(seconds: float) -> None:
        lost.append(seconds)
        time.sleep(seconds)

    with ConfigRepository.open(
        url,
        checkout=Path(checkout),
        token=token,
        http_hosts=("127.0.0.1",),
        patience=patience,
        sleep=sleep,
        counted=meetings.end,
        turn=turn,
    ) as repository:
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        sys.stdin.readline()
        for number in range(int(commits)):
            if number % 4 == 0:
                repository.pull()
            file = put(f"state/images/{name}-{number}.yaml", f"name: {name}-{number}\n")
            line = change("state/images/all.yaml", meetings.begin(appending(f"{name}-{number}")))
            if repository.commit([file, line], f"{name}-{number}") is None:
                raise SystemExit(f"{name}-{number} was no change")
    sys.stdout.write(f"{len(lost)} {meetings.seen}\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
