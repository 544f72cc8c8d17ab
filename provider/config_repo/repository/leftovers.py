"""Puts a work tree back after a crash or a failure: lock files, half a rebase, uncommitted files."""

import shutil
from pathlib import Path

from provider.git.command import GitCommand

_LOCKS = ("*.lock", "refs/**/*.lock", "logs/**/*.lock", "objects/*.lock", "objects/info/**/*.lock")
_UNFINISHED = ("objects/??/tmp_obj_*", "objects/pack/tmp_*")
_REBASES = ("rebase-merge", "rebase-apply")


def put_back(git: GitCommand, branch: str) -> None:
    """Make the work tree exactly what the branch's last commit holds.

    Only for who holds the checkout's lock: it removes git's lock files, which a killed git leaves behind.

    Raises:
        CheckoutUnwritable: the disk does not allow it; nothing is lost, it can be tried again.
        RepositoryBroken: git cannot read its own repository.
    """
    remove_stale_files(git)
    for name in _REBASES:
        shutil.rmtree(_private_folder(git) / name, ignore_errors=True)
    # What frees space comes before what needs it: the disk may be full.
    # Twice f: an untracked folder that holds a repository is a leftover too.
    git.run("clean", "-ffdxq", doing=f"remove leftover files in {git.folder}")
    if git.ask("symbolic-ref", "-q", "HEAD").text != f"refs/heads/{branch}":
        git.run("symbolic-ref", "HEAD", f"refs/heads/{branch}", doing=f"return to {branch} in {git.folder}")
    git.run("reset", "-q", "--hard", doing=f"put {git.folder} back to its last commit")


def remove_stale_files(git: GitCommand) -> None:
    """Remove lock files that no git holds any more, and objects that a git did not finish."""
    for folder in {_private_folder(git), _common_folder(git)}:
        for pattern in (*_LOCKS, *_UNFINISHED):
            for stale in folder.glob(pattern):
                stale.unlink(missing_ok=True)


def _private_folder(git: GitCommand) -> Path:
    """The repository's folder, or in a linked work tree the part of it that is this tree's own."""
    if git.git_dir.is_dir():
        return git.git_dir
    return Path(git.git_dir.read_text(encoding="utf-8").removeprefix("gitdir: ").rstrip("\n"))


def _common_folder(git: GitCommand) -> Path:
    private = _private_folder(git)
    shared = private / "commondir"
    return (private / shared.read_text(encoding="utf-8").strip()).resolve() if shared.is_file() else private
