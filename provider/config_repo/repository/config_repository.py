"""The config repository by git: read its files, and push one commit for each batch of changes.

The remote has the truth. A commit that could not be pushed does not exist: the caller decides again.
"""

import os
import threading
import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from types import TracebackType
from typing import Self, TypeVar

from provider.config_repo.layout import ENROLLMENTS, POLICY, TEAM_FOLDER, is_state
from provider.config_repo.repository.branch import Branch
from provider.config_repo.repository.edits import Change, Commit, is_state_batch
from provider.config_repo.repository.housekeeping import Housekeeping
from provider.config_repo.repository.lock import WAIT_SECONDS, CheckoutLock
from provider.config_repo.repository.objects import (
    changed_files,
    last_change,
    list_files,
    read_blobs,
    read_texts,
    small_files,
)
from provider.config_repo.repository.opening import Opening, bare_beside, make_bare
from provider.config_repo.repository.patience import DEFAULT_PATIENCE, Patience
from provider.config_repo.repository.recording import LostRace
from provider.config_repo.repository.series import Rewrite
from provider.config_repo.repository.writer_turn import TakeTurn, WriterTurn, no_turns
from provider.config_repo.repository.writing import Write, write_whole
from provider.errors import RepositoryBroken
from provider.git.addresses import GitAddress
from provider.git.command import NETWORK_SECONDS, GitCommand
from provider.git.environment import git_environment, redirecting, sends_token
from provider.git.failures import GitLogin
from provider.git.identity import CommitIdentity
from provider.git.network import GitNetwork
from provider.private_files import make_private_folder
from proxy.errors import OutsideFailure, Unavailable
from proxy.secrets.redactor import Redactor
from proxy.secrets.secret import Secret

Outcome = TypeVar("Outcome")
_BETWEEN_HEADS = "+"
_DIRECT = GitNetwork()
_UNSIGNED = CommitIdentity()
_CONFIGURATION = (ENROLLMENTS, TEAM_FOLDER, POLICY)


@dataclass(frozen=True, slots=True)
class _Branches:
    """The branches of configuration and state; they are the same branch where state has no separate one."""

    config: Branch
    state: Branch

    def of(self, path: str) -> Branch:
        return self.state if is_state(path) else self.config

    def all(self) -> tuple[Branch, ...]:
        return (self.config,) if self.config is self.state else (self.config, self.state)


class ConfigRepository:
    """The config repository, opened by one process at a time; its methods may be called from several threads.

    Files are read from the newest commit that is known here, not from the work tree; `pull` fetches a newer one.
    """

    def __init__(
        self,
        branches: _Branches,
        lock: CheckoutLock,
        patience: Patience,
        sleep: Callable[[float], None],
        housekeeping: Housekeeping,
        counted: Callable[[str], None],
        writer_turn: WriterTurn,
    ) -> None:
        self._counted = counted
        self._turn = writer_turn
        self._branches = branches
        self._housekeeping = housekeeping
        self._checkout_lock = lock
        self._patience = patience
        self._sleep = sleep
        self._lock = threading.RLock()

    @classmethod
    def open(
        cls,
        url: str | None,
        *,
        checkout: Path,
        branch: str = "main",
        state_branch: str | None = None,
        token: Secret | None = None,
        redactor: Redactor | None = None,
        http_hosts: Collection[str] = (),
        network: GitNetwork = _DIRECT,
        identity: CommitIdentity = _UNSIGNED,
        write: Write = write_whole,
        patience: Patience = DEFAULT_PATIENCE,
        sleep: Callable[[float], None] = time.sleep,
        network_seconds: float = NETWORK_SECONDS,
        lock_seconds: float = WAIT_SECONDS,
        counted: Callable[[str], None] = lambda _outcome: None,
        turn: TakeTurn = no_turns,
    ) -> "ConfigRepository":
        """Open the checkout, clone it, or create the repository.

        An existing checkout is restored to its last commit, without a request to the remote: call `pull` next.
        An empty remote gets a first commit.

        Args:
            url: the remote, https or ssh (http for a listed host, or a local folder); None: the bare repository
                `config.git` beside the checkout, which is created when it is missing.
            checkout: the folder of the work tree. Beside it are `<checkout>.lock`, and `<checkout>-state` where state
                has a separate branch.
            branch: the branch of the configuration.
            state_branch: the branch for `state/`; created from the configuration's branch where the remote lacks it.
            token: for https; passed to git only in the environment.
            redactor: removes secrets from git's output, the token too; None: only the token is removed.
            http_hosts: hosts for which plain http is allowed.
            network: the proxy and the certificates of git.
            identity: who makes the commits, and the key that signs them.
            write: puts one file's bytes into place.
            patience: how often, and after which pauses, a lost push race is repeated.
            sleep: waits for these pauses, in seconds.
            network_seconds: the time limit of one git command that uses the network.
            lock_seconds: how long to wait for another process to end.
            counted: is called with the outcome of each push: `pushed`, `raced` or `failed`.
            turn: takes the turn to write, over all processes; see `writer_turn.py`.

        Raises:
            InvalidAddress: such an address is not allowed for git.
            CheckoutInUse: another process uses the checkout.
            RepositoryBroken: the folder, the remote or the key cannot be used; the message says what to do.
            OutsideFailure, CheckoutUnwritable: see proxy.errors and provider.errors.
        """
        if unsigned := identity.problem():
            raise RepositoryBroken(unsigned)
        if misleading := redirecting(os.environ):
            raise RepositoryBroken(
                f"{', '.join(misleading)} would redirect git to another repository; unset it for this process"
            )
        checkout = checkout.absolute()
        address = GitAddress.parse(url if url is not None else str(bare_beside(checkout)), http_hosts)
        make_private_folder(checkout.parent)
        lock = CheckoutLock.take(checkout, wait_seconds=lock_seconds, sleep=sleep)
        try:
            git = GitCommand(
                folder=checkout,
                git_dir=checkout / ".git",
                environment=identity.applied(network.applied(git_environment(address, token, os.environ), address)),
                login=GitLogin(bool(token) and sends_token(address), "IMAGE_FACTORY_CONFIG_TOKEN"),
                redactor=redactor or Redactor([token] if token else []),
                inherited=(lock.descriptor,),
                network_seconds=network_seconds,
                signs=identity.signing_key is not None,
            )
            packed = [git]
            if url is None:
                bare = bare_beside(checkout)
                packed.append(replace(git, folder=bare, git_dir=bare))
                make_bare(packed[-1], branch)
            branches = _Branches(*Opening(git, address.text, write).branches(branch, state_branch))
        except BaseException:
            lock.release()
            raise
        housekeeping = Housekeeping(packed)
        return cls(
            branches, lock, patience, sleep, housekeeping=housekeeping, counted=counted, writer_turn=WriterTurn(turn)
        )

    def close(self) -> None:
        """Release the checkout for another process."""
        with self._lock:
            self._checkout_lock.release()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def pull(self) -> bool:
        """Move to the remote's head; commits that a person made in the checkout are pushed on top of it.

        Returns:
            Whether anything moved.

        Raises:
            RepositoryBroken: the remote's history was rewritten, or the branch is gone.
            OutsideFailure, CheckoutUnwritable: see proxy.errors and provider.errors.
        """
        with self._lock:
            moved = [self._persistently(branch.pull) for branch in self._branches.all()]
        self._housekeeping.begin_if_due()
        return any(moved)

    def head(self) -> str:
        """The position of what is read: a commit id, or two joined by '+' where state has a separate branch."""
        return _BETWEEN_HEADS.join(branch.head for branch in self._branches.all())

    def last_config_commit(self, position: str) -> str:
        """The newest commit of enrollments or the policy, at a position that `head` returned; "" if there is none."""
        branch = self._branches.config
        return last_change(branch.git, position.partition(_BETWEEN_HEADS)[0], _CONFIGURATION)

    def read(self, path: str) -> str | None:
        """The text of a file; None where there is no such file."""
        return self.texts([path]).get(path)

    def texts(self, paths: Sequence[str]) -> dict[str, str]:
        """The texts of those paths that exist, all from one commit (of each branch), read by one git process.

        Bytes that are not UTF-8 become surrogate escapes; writing the text again gives the same bytes.
        """
        found: dict[str, str] = {}
        for branch in self._branches.all():
            here = [path for path in paths if self._branches.of(path) is branch]
            found |= read_texts(branch.git, branch.head, here)
        return found

    def small_texts(self, paths: Sequence[str], most_bytes: int) -> dict[str, str]:
        """The texts of those paths of the configuration that are files of at most so many bytes."""
        branch = self._branches.config
        head = branch.head
        return read_texts(branch.git, head, small_files(branch.git, head, paths, most_bytes))

    def files(self, position: str | None = None) -> dict[str, str]:
        """The path and content id of every file at a position (None: the newest); equal ids mean equal contents."""
        found: dict[str, str] = {}
        for branch, commit in self._commits(self.head() if position is None else position):
            listed = list_files(branch.git, commit)
            found |= {path: blob for path, blob in listed.items() if self._branches.of(path) is branch}
        return found

    def changed(self, before: str, position: str) -> dict[str, str | None] | None:
        """The files that differ between two positions, with their content ids at the second; None: it is no file there.

        Returns:
            None where they cannot be compared: list all files.
        """
        found: dict[str, str | None] = {}
        for (branch, old), (_, new) in zip(self._commits(before), self._commits(position), strict=False):
            listed = changed_files(branch.git, old, new) if old != new else {}
            if listed is None:
                return None
            found |= {path: blob for path, blob in listed.items() if self._branches.of(path) is branch}
        return found

    def contents(self, files: Mapping[str, str]) -> Iterator[tuple[str, str]]:
        """The path and text of these files, given as path and content id; only some are in memory at a time."""
        for branch in self._branches.all():
            here = [path for path in files if self._branches.of(path) is branch]
            yield from zip(here, read_blobs(branch.git, [files[path] for path in here]), strict=True)

    def _commits(self, position: str) -> list[tuple[Branch, str]]:
        return list(zip(self._branches.all(), position.split(_BETWEEN_HEADS), strict=True))

    def commit(self, changes: Sequence[Change], message: str) -> Commit | None:
        """Apply the edits to the current texts, and push them as one commit; None when nothing differs.

        After a lost race the edits run again on the newer texts. A commit that cannot be pushed is undone here.

        Raises:
            ValueError: a path leaves the repository, or the batch mixes state and configuration.
            Refused: a protected branch or missing permission, with the message of the server.
            OutcomeUnknown: no answer; the push may have arrived: pull before the next decision.
            Unavailable: the remote does not answer, or too many races were lost.
            CheckoutUnwritable: the local disk cannot be written; nothing is committed.
            RepositoryBroken: see pull.
            Exception: any error of an edit; nothing is written.
        """
        branch = self._branches.state if is_state_batch(changes) else self._branches.config
        with self._turn(), self._lock:
            return self._pushed(lambda: branch.commit(changes, message))

    def commit_series(self, make: Callable[[], Sequence[Rewrite]]) -> tuple[str, ...]:
        """Push a commit of the configuration for each rewrite, with one push; returns their ids.

        Args:
            make: returns the rewrites for the texts that are known here now; it is called again after a lost race.

        Raises:
            The same as `commit`; either all commits were pushed or none.
        """
        with self._turn(), self._lock:
            return self._pushed(lambda: self._branches.config.commit_series(make))

    def propose(self, rewrite: Rewrite, branch: str) -> str:
        """Push a commit of the configuration to a branch of its own, for a review; returns its id.

        Args:
            rewrite: the new texts, on top of what is known here.
            branch: its name; what it had is replaced.

        Raises:
            The same as `commit`.
        """
        with self._turn(), self._lock:
            return self._pushed(lambda: self._branches.config.propose(rewrite, branch))

    def _pushed(self, attempt: Callable[[], Outcome]) -> Outcome:
        """Make and push commits, and count it; an attempt that has nothing to push does not count."""
        try:
            outcome = self._persistently(attempt)
        except OutsideFailure:
            self._counted("failed")
            raise
        if outcome:
            self._counted("pushed")
        return outcome

    def _persistently(self, attempt: Callable[[], Outcome]) -> Outcome:
        """Repeat the attempt after each lost race, within the patience."""
        for pause in self._patience.pauses():
            try:
                return attempt()
            except LostRace:
                self._counted("raced")
                self._sleep(pause)
        try:
            return attempt()
        except LostRace as lost:
            self._counted("raced")
            raise Unavailable(
                f"lost {self._patience.tries} push races; the last: {lost}; the next round tries again"
            ) from lost
