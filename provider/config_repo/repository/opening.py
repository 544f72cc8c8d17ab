"""Makes, clones or opens the checkout: afterwards each branch stands at a commit that the remote has."""

from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from provider.config_repo.repository.branch import Branch
from provider.config_repo.repository.first_commit import FIRST_MESSAGE, first_changes
from provider.config_repo.repository.leftovers import remove_stale_files
from provider.config_repo.repository.recording import LostRace, push
from provider.config_repo.repository.writing import Write
from provider.errors import RepositoryBroken
from provider.git.command import GitCommand

# The only copy of the truth: on disk before a push is answered, and never rewritten.
_BARE_SETTINGS = (
    ("core.fsync", "all"),
    ("receive.denyNonFastForwards", "true"),
    ("receive.denyDeletes", "true"),
    ("gc.autoDetach", "false"),
)


@dataclass(frozen=True, slots=True)
class Opening:
    """What is needed to open the branches: git in the checkout (locked by us), the remote's address, the writer."""

    git: GitCommand
    address: str
    write: Write

    def branches(self, name: str, state_name: str | None) -> tuple[Branch, Branch]:
        """The branches of configuration and state, the same one where state has none of its own.

        A checkout that is complete is opened without asking the remote.

        Raises:
            RepositoryBroken: the folder or the remote is not what it should be.
            OutsideFailure, CheckoutUnwritable: see proxy.errors and provider.errors.
        """
        self._prepare()
        config = self._branch(self.git, name)
        if not config.known():
            self._start(config)
        config.tidy()
        if state_name is None or state_name == name:
            return config, config
        return config, self._state(state_name, config)

    def _branch(self, git: GitCommand, name: str) -> Branch:
        return Branch(git, name, self.address, self.write)

    def _prepare(self) -> None:
        """Make the folder a repository whose origin is the address."""
        folder = self.git.folder
        folder.mkdir(parents=True, exist_ok=True)
        if not (self.git.git_dir / "HEAD").is_file():
            if any(entry.name != ".git" for entry in folder.iterdir()):
                raise RepositoryBroken(
                    f"{folder} contains files and is not a git checkout; choose an empty folder, or move the files away"
                )
            self.git.run("init", "-q", "--template=", doing=f"make {folder}")
        remove_stale_files(self.git)
        origin = self.git.ask("config", "--get", "remote.origin.url").text
        if not origin:
            self.git.run("config", "remote.origin.url", self.address, doing=f"set the origin of {folder}")
        elif origin != self.address:
            raise RepositoryBroken(
                f"{folder} is a checkout of {origin}, not of {self.address}; move it away, or choose another folder"
            )

    def _remote_branches(self) -> set[str]:
        listing = self.git.run_remote(
            "ls-remote", "--heads", "--", "origin", doing=f"list the branches of {self.address}"
        )
        return {line.partition("\t")[2].removeprefix("refs/heads/") for line in listing.splitlines()}

    def _start(self, config: Branch) -> None:
        """Bring a branch that is not known here: from the remote, or as the first of an empty one."""
        self.git.run("symbolic-ref", "HEAD", config.ref, doing=f"start {config.name}")
        there = self._remote_branches()
        if not there:
            try:
                config.commit(first_changes(), FIRST_MESSAGE)
            except LostRace:
                there = {config.name}
        if there and config.name not in there:
            raise RepositoryBroken(
                f"{self.address} has no branch {config.name!r}, only {', '.join(sorted(there)[:10])}; "
                "create it, or set another one (IMAGE_FACTORY_CONFIG_BRANCH, IMAGE_FACTORY_STATE_BRANCH)"
            )
        if there:
            config.pull()

    def _state(self, name: str, config: Branch) -> Branch:
        """The state's own branch, in a second work tree of the same repository, beside the first."""
        here = self._branch(self.git, name)
        if not here.known():
            # With the state that the configuration's branch may hold so far.
            if name not in self._remote_branches():
                self._offer(config.head, here)
            here.fetch()
        folder = self.git.folder.with_name(f"{self.git.folder.name}-state")
        git = replace(self.git, folder=folder, git_dir=folder / ".git")
        self._work_tree(here, git)
        state = self._branch(git, name)
        state.tidy()
        state.follow()
        return state

    def _offer(self, commit: str, branch: Branch) -> None:
        with suppress(LostRace):
            push(self.git, self.address, commit, branch.ref)

    def _work_tree(self, branch: Branch, git: GitCommand) -> None:
        """Make the second work tree, or check that the existing one is ours."""
        if not git.git_dir.exists():
            self.git.run("worktree", "prune", doing="forget work trees that are gone")
            if not branch.here():
                self.git.run("update-ref", branch.ref, branch.seen, doing=f"start {branch.name}")
            arguments = ("worktree", "add", "-q", "-f", str(git.folder), branch.name)
            self.git.run(*arguments, doing=f"make the state's work tree {git.folder}")
        # The two know each other by absolute paths, which change with the place a volume is mounted at.
        self.git.ask("worktree", "repair", str(git.folder))
        if git.ask("rev-parse", "-q", "--verify", "HEAD").status != 0:
            raise RepositoryBroken(
                f"{git.folder} is not a work tree of {self.git.folder}; move it away, and it is created again"
            )


def make_bare(git: GitCommand, branch: str) -> None:
    """Make the bare repository that is the remote where no other is configured; one that is there stays.

    Raises:
        CheckoutUnwritable, RepositoryBroken: see provider.errors.
    """
    doing = f"make {git.folder}"
    git.folder.mkdir(parents=True, exist_ok=True)
    if not (git.folder / "HEAD").is_file():
        git.run("init", "-q", "--bare", "--template=", "-b", branch, doing=doing)
    for key, value in _BARE_SETTINGS:
        git.run("config", key, value, doing=doing)


def bare_beside(checkout: Path) -> Path:
    """Where that bare repository is: `config.git` in the checkout's folder."""
    return checkout.parent / "config.git"
