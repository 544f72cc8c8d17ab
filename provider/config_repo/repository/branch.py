"""One branch of the config repository in its work tree: follow the remote, and commit to it.

Only what the remote took becomes the branch's head here. A commit is made as an object, pushed by its id, and the
branch follows once the push is accepted; so a failure, a lost race or a kill leaves nothing to undo but files.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass, field

from provider.config_repo.repository.edits import Change, Commit, rewritten
from provider.config_repo.repository.leftovers import put_back
from provider.config_repo.repository.objects import read_texts
from provider.config_repo.repository.recording import LostRace, push, record
from provider.config_repo.repository.writing import Write
from provider.errors import ProviderError, RepositoryBroken
from provider.git.command import GitCommand
from provider.git.failures import failure_of
from proxy.errors import OutsideFailure

_LOG = logging.getLogger(__name__)
_NO_COMMIT = "0" * 40


@dataclass(slots=True)
class Branch:
    """A branch and its work tree; one thread at a time.

    Attributes:
        git: git in the work tree.
        name: the branch, the same here and there.
        address: the remote's, for messages.
        write: puts one file's bytes into place.
        head: the newest commit that the remote is known to have; "" before the first.
        untidy: the work tree may differ from the branch: put it back before the next commit.
        outrun: the remote is known to have moved: pull before the next commit.
    """

    git: GitCommand
    name: str
    address: str
    write: Write
    head: str = field(default="", init=False)
    untidy: bool = field(default=False, init=False)
    outrun: bool = field(default=False, init=False)

    @property
    def ref(self) -> str:
        """The branch, here and there."""
        return f"refs/heads/{self.name}"

    @property
    def seen(self) -> str:
        """Where the remote's commit is remembered. Not in refs/remotes: a person's own fetch moves those."""
        return f"refs/image-factory/seen/{self.name}"

    def here(self) -> bool:
        """Whether the branch exists in this repository."""
        return self.ref in self._tips()

    def known(self) -> bool:
        """Take the head from what was remembered, without asking the remote; False where there is nothing."""
        tips = self._tips()
        if self.ref in tips and self.seen in tips:
            self.head = tips[self.seen]
        return bool(self.head)

    def tidy(self) -> None:
        """Put the work tree back to the branch's last commit.

        Raises:
            CheckoutUnwritable, RepositoryBroken: see put_back.
        """
        put_back(self.git, self.name)
        self.untidy = False

    def fetch(self) -> None:
        """Learn the remote's commit; head and work tree stay.

        Raises:
            RepositoryBroken: the remote's branch is gone, or its history was rewritten.
            OutsideFailure, CheckoutUnwritable: see proxy.errors and provider.errors.
        """
        # Without a leading + git refuses what does not build on what was seen before; with -q it would not say so.
        refspec = f"{self.ref}:{self.seen}"
        answer = self.git.ask_remote("fetch", "--no-tags", "--no-write-fetch-head", "origin", refspec)
        if "[rejected]" in answer.stderr:
            raise RepositoryBroken(
                f"{self.address}: the history of {self.name} was rewritten; nothing was changed here. If that was "
                f"intended, stop the service, move {self.git.folder} away and start it again: it clones it again"
            )
        if answer.status != 0:
            doing = f"fetch {self.name} from {self.address}"
            raise failure_of(doing, answer.stderr, asked_remote=True, login=self.git.login)

    def pull(self) -> bool:
        """Fetch and follow; the errors are theirs."""
        self.fetch()
        return self.follow()

    def follow(self) -> bool:
        """Bring head and work tree to the fetched commit; what was committed here by hand is pushed, on top of it.

        Returns:
            Whether the head moved.

        Raises:
            LostRace: somebody pushed meanwhile; fetch and follow again.
            OutsideFailure, CheckoutUnwritable, RepositoryBroken: see proxy.errors and provider.errors.
        """
        if self.untidy:
            self.tidy()
        before, tips = self.head, self._tips()
        ours, seen = tips.get(self.ref, ""), tips[self.seen]
        self.head = seen if ours == seen else self._joined(ours, seen)
        self.outrun = False
        return self.head != before

    def commit(self, changes: Sequence[Change], message: str) -> Commit | None:
        """Commit and push one batch on top of the head; None when nothing differs.

        Raises:
            LostRace: the remote has moved; nothing was committed.
            OutsideFailure, CheckoutUnwritable, RepositoryBroken: nothing was committed here. After OutcomeUnknown the
                push may have arrived: the next fetch shows it.
        """
        if self.untidy or self.outrun:
            self.pull()
        texts = read_texts(self.git, self.head, [change.path for change in changes]) if self.head else {}
        new = rewritten(changes, texts)
        if not new:
            return None
        self.untidy = True
        try:
            made = record(self.git, self.head, new, message, self.write)
            if made:
                push(self.git, self.address, made.sha, self.ref)
        except BaseException as error:
            self.outrun = isinstance(error, LostRace)
            self._tidy_if_possible()
            raise
        if made is None:
            self.tidy()
        else:
            self._accepted(made.sha)
        return made

    def _accepted(self, sha: str) -> None:
        """Let the branch follow a push that the remote took: it counts, even where this machine cannot note it."""
        moves = f"update {self.ref} {sha} {self.head or _NO_COMMIT}\nupdate {self.seen} {sha}\n"
        answer = self.git.ask("update-ref", "--stdin", stdin=moves.encode())
        self.head, self.untidy = sha, answer.status != 0
        if self.untidy:
            _LOG.warning("%s: %s is pushed, but not noted here yet: %s", self.git.folder, sha, answer.stderr)

    def _tidy_if_possible(self) -> None:
        """The first error counts; what could not be put back now is put back before the next commit."""
        try:
            self.tidy()
        except (ProviderError, OutsideFailure) as error:
            _LOG.warning("%s; retried before the next commit", error)

    def _joined(self, ours: str, seen: str) -> str:
        """Bring a branch that differs from the fetched commit together with it; the commit where both then stand."""
        # A branch at the last head has no commits of its own: a fetched commit always builds on that.
        ahead, behind = (0, 1) if ours in {"", self.head} else self._distance(ours, seen)
        if ahead and behind and not self._rebased(ours, seen):
            ahead = 0
        if ahead:
            sha = self._tips()[self.ref]
            push(self.git, self.address, sha, self.ref)
            self.git.run("update-ref", self.seen, sha, doing=f"note the push of {sha}")
            return sha
        # Where the branch does not exist yet, HEAD points to it and the reset makes it.
        self.git.run("reset", "-q", "--hard", seen, doing=f"move {self.git.folder} to {seen}")
        return seen

    def _rebased(self, ours: str, seen: str) -> bool:
        """Put the commits made here on top of the fetched one; where they conflict, keep them under another ref."""
        if self.git.ask("rebase", "-q", seen).status == 0:
            return True
        kept = f"refs/image-factory/unpushed/{ours[:12]}"
        self.git.run("update-ref", kept, ours, doing=f"keep {ours}")
        self.tidy()
        _LOG.warning(
            "%s: commits made here conflict with %s; they are kept as %s: merge them by hand",
            self.git.folder,
            seen,
            kept,
        )
        return False

    def _distance(self, ours: str, seen: str) -> tuple[int, int]:
        """How many commits only we have, and how many only the remote has."""
        counts = self.git.run(
            "rev-list", "--left-right", "--count", f"{ours}...{seen}", doing="compare with the remote"
        )
        ahead, behind = map(int, counts.split())
        return ahead, behind

    def _tips(self) -> dict[str, str]:
        arguments = ("for-each-ref", "--format=%(refname) %(objectname)", self.ref, self.seen)
        lines = self.git.run(*arguments, doing=f"read {self.name} in {self.git.folder}").splitlines()
        return dict(line.split(" ", 1) for line in lines)
