"""The history of enrollments from the checkout of this machine: one `git log` for all entries, when the head moved."""

import os
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import CancelledError
from concurrent.futures import TimeoutError as NotYet
from dataclasses import dataclass
from pathlib import Path

from provider.config_repo.entry_history.entry_diffs import CONTEXT, LOG_FORMAT, entry_commits
from provider.config_repo.layout import ENROLLMENTS, TEAM_FOLDER
from provider.git.addresses import GitAddress
from provider.git.command import GitCommand
from provider.git.environment import git_environment, with_config
from provider.timeline_ports import EntryCommit, EntryHistory
from proxy.deadline import Deadline
from proxy.errors import OutsideFailure
from proxy.secrets.redactor import Redactor
from proxy.versions.details.background import Background

MOST_COMMITS = 1000
"""So many commits of enrollments are read, the newest."""

LONGEST_SECONDS = 20.0
"""The time limit of all git commands of a read."""

_FRESH_SECONDS = 5.0
_ABSENT = "there is no checkout of the config repository on this machine yet"
_CONFIG = (("core.quotePath", "false"),)
_PATCHES = (
    "-p",
    f"-U{CONTEXT}",
    "--no-renames",
    "--no-ext-diff",
    "--no-textconv",
    "--no-color",
    "--no-prefix",
)


@dataclass(frozen=True, slots=True)
class _EntriesAt:
    """What was read at a head; `problem`: why it is not everything."""

    head: str
    commits: Mapping[str, Sequence[EntryCommit]]
    problem: str | None


class GitEntryHistories:
    """Implements `provider.timeline_ports.EntryHistories`. Thread-safe.

    It reads objects and refs, and locks nothing: another part may be working in the checkout.

    Args:
        checkouts: folders that may be a checkout of the config repository; the first one that is counts.
        branch: the branch of the configuration.
        redactor: removes secrets from git's messages.
        monotonic: the clock for the age of what is known, in seconds.
    """

    def __init__(
        self,
        checkouts: Sequence[Path],
        branch: str,
        redactor: Redactor,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._checkouts = checkouts
        self._branch = branch
        self._redactor = redactor
        self._monotonic = monotonic
        self._background: Background[_EntriesAt] = Background()
        self._lock = threading.Lock()
        self._known: _EntriesAt | None = None
        self._read_at = 0.0

    def of(self, image: str, wait_seconds: float) -> EntryHistory:
        """The history of one entry, or what was known of it before where git takes longer; see EntryHistories."""
        with self._lock:
            known, is_fresh = self._known, self._monotonic() - self._read_at < _FRESH_SECONDS
        if known is None or not is_fresh:
            known = self._newer(wait_seconds) or known
        if known is None:
            return EntryHistory(reading=True)
        return EntryHistory(known.commits.get(image, ()), known.problem)

    def _newer(self, wait_seconds: float) -> _EntriesAt | None:
        """What git has now; None where it takes longer than this."""
        try:
            return self._background.read("git", "entries", self._read).result(wait_seconds)
        except (NotYet, CancelledError):
            return None
        except OutsideFailure as error:
            return _EntriesAt("", {}, f"git failed: {error}")

    def _read(self) -> _EntriesAt:
        found = self._unless_same()
        with self._lock:
            self._known, self._read_at = found, self._monotonic()
        return found

    def _unless_same(self) -> _EntriesAt:
        checkout = next((folder for folder in self._checkouts if (folder / ".git").exists()), None)
        if checkout is None:
            return _EntriesAt("", {}, _ABSENT)
        git = self._git(checkout)
        head = git.ask("rev-parse", "-q", "--verify", f"refs/heads/{self._branch}^{{commit}}").text
        if not head:
            return _EntriesAt("", {}, f"the checkout of the config repository has no branch {self._branch} yet")
        return self._known if self._known and self._known.head == head else _log(git, head)

    def _git(self, folder: Path) -> GitCommand:
        environment = git_environment(GitAddress(str(folder), "file"), None, os.environ)
        return GitCommand(
            folder,
            folder / ".git",
            with_config(environment, _CONFIG),
            redactor=self._redactor,
            deadline=Deadline.after(LONGEST_SECONDS),
        )


def _log(git: GitCommand, head: str) -> _EntriesAt:
    arguments = (f"-n{MOST_COMMITS}", f"--format={LOG_FORMAT}", *_PATCHES, head, "--", ENROLLMENTS, TEAM_FOLDER)
    answer = git.ask("log", *arguments)
    if answer.status != 0:
        return _EntriesAt("", {}, f"git log failed: {answer.stderr.strip()}")
    log = answer.output.decode("utf-8", "replace")
    found: dict[str, list[EntryCommit]] = {}
    for commit in entry_commits(log):
        found.setdefault(commit.image, []).append(commit)
    is_cut = log.count("\0") >= MOST_COMMITS
    problem = f"only the newest {MOST_COMMITS:,} commits of the enrollments are read" if is_cut else None
    return _EntriesAt(head, found, problem)
