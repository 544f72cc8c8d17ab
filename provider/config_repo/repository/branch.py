"""One branch of the config repository and its work tree: follow the remote, and commit to it.

Only a commit that the remote has accepted becomes the head of the branch here. A commit is made as an object and pushed
by its id; the branch moves after the push. So after a failure, a lost race or a kill only files have to be restored.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from provider.config_repo.repository.edits import Change, Commit, rewritten
from provider.config_repo.repository.leftovers import restore
from provider.config_repo.repository.objects import read_texts
from provider.config_repo.repository.recording import LostRace, push, record
from provider.config_repo.repository.series import Rewrite, record_series
from provider.config_repo.repository.writing import Write
from provider.errors import ProviderError, RepositoryBroken
from provider.git.command import GitCommand
from provider.git.failures import failure_of
from proxy.errors import OutsideFailure
from proxy.observing.event_log import EventLog

_log = EventLog(__name__)
_NO_COMMIT = "0" * 40


@dataclass(slots=True)
class Branch:
    """A branch and its work tree; one thread at a time.

    Attributes:
        git: git in the work tree.
        name: the name of the branch, here and in the remote.
        address: the address of the remote, for messages.
        write: puts one file's bytes into place.
        head: the newest commit that the remote is known to have; "" before the first commit.
        untidy: the work tree may differ from the branch: restore it before the next commit.
        outrun: the remote is known to have newer commits: pull before the next commit.
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
        """The ref of the branch, here and in the remote."""
        return f"refs/heads/{self.name}"

    @property
    def seen(self) -> str:
        """The ref that stores the remote's commit. It is not in refs/remotes, because a person's fetch moves those."""
        return f"refs/image-factory/seen/{self.name}"

    def here(self) -> bool:
        """Whether the branch exists in this repository."""
        return self.ref in self._tips()

    def known(self) -> bool:
        """Set the head from the stored ref, without a request to the remote; False where there is none."""
        tips = self._tips()
        if self.ref in tips and self.seen in tips:
            self.head = tips[self.seen]
        return bool(self.head)

    def tidy(self) -> None:
        """Restore the work tree to the last commit of the branch.

        Raises:
            CheckoutUnwritable, RepositoryBroken: see restore.
        """
        restore(self.git, self.name)
        self.untidy = False

    def fetch(self) -> None:
        """Fetch the remote's commit; the head and the work tree do not change.

        Raises:
            RepositoryBroken: the remote's branch is gone, or its history was rewritten.
            OutsideFailure, CheckoutUnwritable: see proxy.errors and provider.errors.
        """
        # Without a leading + git rejects a commit that is not built on the stored one; -q would hide the rejection.
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
        """Fetch and follow; raises the same as both."""
        self.fetch()
        return self.follow()

    def follow(self) -> bool:
        """Move the head and the work tree to the fetched commit; commits that were made here by hand are pushed on top.

        Returns:
            Whether the head moved.

        Raises:
            LostRace: another writer has pushed; fetch and follow again.
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
            LostRace: the remote has newer commits; nothing was committed.
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

    def commit_series(self, make: Callable[[], Sequence[Rewrite]]) -> tuple[str, ...]:
        """Commit each rewrite on top of the head, and push all with one push; no rewrites: nothing is done.

        Args:
            make: returns the rewrites for the texts at the head, which it reads.

        Raises:
            The same as `commit`, and each error of `make`; either all commits were pushed or none.
        """
        if self.untidy or self.outrun:
            self.pull()
        rewrites = make()
        if not rewrites:
            return ()
        made = record_series(self.git, self.head, rewrites)
        try:
            push(self.git, self.address, made[-1], self.ref)
        except LostRace:
            self.outrun = True
            raise
        self._accepted(made[-1])
        self.untidy = True
        self._tidy_if_possible()
        return made

    def propose(self, rewrite: Rewrite, name: str) -> str:
        """Push a commit on top of the head to another branch, in place of what that branch has; returns its id.

        The head does not move. Raises the same as `commit`, but for races.
        """
        if self.outrun:
            self.pull()
        (made,) = record_series(self.git, self.head, [rewrite])
        push(self.git, self.address, made, f"refs/heads/{name}", force=True)
        return made

    def _accepted(self, sha: str) -> None:
        """Move the branch to an accepted push; the push counts also where this machine cannot record it."""
        moves = f"update {self.ref} {sha} {self.head or _NO_COMMIT}\nupdate {self.seen} {sha}\n"
        answer = self.git.ask("update-ref", "--stdin", stdin=moves.encode())
        self.head, self.untidy = sha, answer.status != 0
        if self.untidy:
            _log.warning(
                "push_not_noted",
                "{folder}: {commit} is pushed, but not noted here yet: {error}",
                folder=self.git.folder,
                commit=sha,
                error=answer.stderr,
            )

    def _tidy_if_possible(self) -> None:
        """Restore the work tree; after a failure that is done before the next commit, and the first error is raised."""
        try:
            self.tidy()
        except (ProviderError, OutsideFailure) as error:
            _log.warning("checkout_not_restored", "{error}; retried before the next commit", error=error)

    def _joined(self, ours: str, seen: str) -> str:
        """Combine a branch with the fetched commit that differs from it; returns the commit that both then have."""
        # A branch at the last head has no commits that the remote lacks: a fetched commit is always built on the head.
        ahead, behind = (0, 1) if ours in {"", self.head} else self._distance(ours, seen)
        if ahead and behind and not self._rebased(ours, seen):
            ahead = 0
        if ahead:
            sha = self._tips()[self.ref]
            push(self.git, self.address, sha, self.ref)
            self.git.run("update-ref", self.seen, sha, doing=f"note the push of {sha}")
            return sha
        # Where the branch does not exist yet, HEAD points to it, and the reset creates it.
        self.git.run("reset", "-q", "--hard", seen, doing=f"move {self.git.folder} to {seen}")
        return seen

    def _rebased(self, ours: str, seen: str) -> bool:
        """Rebase the commits made here onto the fetched one; where they conflict, keep them under another ref."""
        if self.git.ask("rebase", "-q", seen).status == 0:
            return True
        kept = f"refs/image-factory/unpushed/{ours[:12]}"
        self.git.run("update-ref", kept, ours, doing=f"keep {ours}")
        self.tidy()
        _log.warning(
            "commits_in_conflict",
            "{folder}: commits made here conflict with {commit}; they are kept as {ref}: merge them by hand",
            folder=self.git.folder,
            commit=seen,
            ref=kept,
        )
        return False

    def _distance(self, ours: str, seen: str) -> tuple[int, int]:
        """The number of commits that only we have, and the number that only the remote has."""
        counts = self.git.run(
            "rev-list", "--left-right", "--count", f"{ours}...{seen}", doing="compare with the remote"
        )
        ahead, behind = map(int, counts.split())
        return ahead, behind

    def _tips(self) -> dict[str, str]:
        arguments = ("for-each-ref", "--format=%(refname) %(objectname)", self.ref, self.seen)
        lines = self.git.run(*arguments, doing=f"read {self.name} in {self.git.folder}").splitlines()
        return dict(line.split(" ", 1) for line in lines)
