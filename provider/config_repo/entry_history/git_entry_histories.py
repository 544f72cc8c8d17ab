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

MOST_COMMITS = 500
"""So many commits of enrollments are read at once, the newest."""

LONGEST_SECONDS = 60.0
"""The time limit of all git commands of a read: measured, 500 commits of a file of 10,000 entries need 6 s of CPU."""

_FRESH_SECONDS = 5.0
_AFTER_A_FAILURE_SECONDS = 600.0
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
        self._fresh_until = 0.0

    def of(self, image: str, wait_seconds: float) -> EntryHistory:
        """The history of one entry, or what was known of it before where git takes longer; see EntryHistories."""
        with self._lock:
            known, is_fresh = self._known, self._monotonic() < self._fresh_until
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
        """Read what is new; a read that failed is not repeated soon, because it may have taken a minute."""
        lasts = _FRESH_SECONDS
        try:
            found = self._unless_same()
        except OutsideFailure as error:
            found, lasts = _EntriesAt("", {}, f"git failed: {error}"), _AFTER_A_FAILURE_SECONDS
        with self._lock:
            self._known, self._fresh_until = found, self._monotonic() + lasts
        return found

    def _unless_same(self) -> _EntriesAt:
        checkout = next((folder for folder in self._checkouts if (folder / ".git").exists()), None)
        if checkout is None:
            return _EntriesAt("", {}, _ABSENT)
        git, known = self._git(checkout), self._known
        head = git.ask("rev-parse", "-q", "--verify", f"refs/heads/{self._branch}^{{commit}}").text
        if not head:
            return _EntriesAt("", {}, f"the checkout of the config repository has no branch {self._branch} yet")
        if known is None or not known.head:
            return _log(git, head, head)
        if known.head == head:
            return known
        # State is on the same branch mostly, so the head moves often: only what is new is read.
        if git.ask("merge-base", "--is-ancestor", known.head, head).status == 0:
            return _on_top(_log(git, head, f"{known.head}..{head}"), known)
        return _log(git, head, head)

    def _git(self, folder: Path) -> GitCommand:
        environment = git_environment(GitAddress(str(folder), "file"), None, os.environ)
        return GitCommand(
            folder,
            folder / ".git",
            with_config(environment, _CONFIG),
            redactor=self._redactor,
            deadline=Deadline.after(LONGEST_SECONDS),
        )


def _log(git: GitCommand, head: str, commits: str) -> _EntriesAt:
    arguments = (f"-n{MOST_COMMITS}", f"--format={LOG_FORMAT}", *_PATCHES, commits, "--", ENROLLMENTS, TEAM_FOLDER)
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


def _on_top(newer: _EntriesAt, known: _EntriesAt) -> _EntriesAt:
    """What was known with what is newer; where not all of that is read, what lies before it counts no more."""
    if newer.problem is not None or not newer.commits:
        return newer if newer.problem is not None else _EntriesAt(newer.head, known.commits, known.problem)
    names = {**known.commits, **newer.commits}
    commits = {name: [*newer.commits.get(name, ()), *known.commits.get(name, ())] for name in names}
    return _EntriesAt(newer.head, commits, known.problem)
