"""Create, clone or open the checkout; afterwards each branch is at a commit that the remote has."""

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
from provider.private_files import make_private_folder

# This repository is the only copy of the truth: a push is on disk before it is answered, and is never rewritten.
_BARE_SETTINGS = (
    ("core.fsync", "all"),
    ("receive.denyNonFastForwards", "true"),
    ("receive.denyDeletes", "true"),
    # A push would wait for it; see `housekeeping.py`.
    ("receive.autoGC", "false"),
    ("gc.autoDetach", "false"),
)


@dataclass(frozen=True, slots=True)
class Opening:
    """Opens the branches, with git in the checkout (locked by us), the address of the remote, and the writer."""

    git: GitCommand
    address: str
    write: Write

    def branches(self, name: str, state_name: str | None) -> tuple[Branch, Branch]:
        """The branches of configuration and state; the same branch where state has no separate one.

        A complete checkout is opened without a request to the remote.

        Raises:
            RepositoryBroken: the folder or the remote cannot be used.
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
        """Make the folder a repository with the address as its origin."""
        folder = self.git.folder
        make_private_folder(folder)
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
        """Get a branch that is not known here from the remote, or create it in an empty remote."""
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
        """The separate branch of state, in a second work tree of the same repository, beside the first one."""
        here = self._branch(self.git, name)
        if not here.known():
            # It starts with the state that the branch of configuration may already have.
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
        """Create the second work tree, or check that the existing one is ours."""
        if not git.git_dir.exists():
            self.git.run("worktree", "prune", doing="forget work trees that are gone")
            if not branch.here():
                self.git.run("update-ref", branch.ref, branch.seen, doing=f"start {branch.name}")
            arguments = ("worktree", "add", "-q", "-f", str(git.folder), branch.name)
            self.git.run(*arguments, doing=f"make the state's work tree {git.folder}")
        # The work trees refer to each other by absolute paths, which change when a volume is mounted at another path.
        self.git.ask("worktree", "repair", str(git.folder))
        if git.ask("rev-parse", "-q", "--verify", "HEAD").status != 0:
            raise RepositoryBroken(
                f"{git.folder} is not a work tree of {self.git.folder}; move it away, and it is created again"
            )


def make_bare(git: GitCommand, branch: str) -> None:
    """Create the bare repository that is the remote where no other one is configured; an existing one stays.

    Raises:
        CheckoutUnwritable, RepositoryBroken: see provider.errors.
    """
    doing = f"make {git.folder}"
    make_private_folder(git.folder)
    if not (git.folder / "HEAD").is_file():
        git.run("init", "-q", "--bare", "--template=", "-b", branch, doing=doing)
    for key, value in _BARE_SETTINGS:
        git.run("config", key, value, doing=doing)


def bare_beside(checkout: Path) -> Path:
    """The folder of that bare repository: `config.git` beside the checkout."""
    return checkout.parent / "config.git"
