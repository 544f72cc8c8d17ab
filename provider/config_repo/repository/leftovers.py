"""Restore a work tree after a crash or a failure: lock files, an unfinished rebase, uncommitted files."""

import shutil
from pathlib import Path

from provider.git.command import GitCommand

_LOCKS = ("*.lock", "refs/**/*.lock", "logs/**/*.lock", "objects/*.lock", "objects/info/**/*.lock")
_UNFINISHED = ("objects/??/tmp_obj_*", "objects/pack/tmp_*")
_REBASES = ("rebase-merge", "rebase-apply")


def restore(git: GitCommand, branch: str) -> None:
    """Restore the work tree to the content of the branch's last commit.

    The caller must hold the checkout's lock: this removes git's lock files, which a killed git leaves behind.

    Raises:
        CheckoutUnwritable: the disk cannot be written; nothing is lost, and it can be repeated.
        RepositoryBroken: git cannot read its own repository.
    """
    remove_stale_files(git)
    for name in _REBASES:
        shutil.rmtree(_private_folder(git) / name, ignore_errors=True)
    # Free space first, because the disk may be full.
    # With -ff git also removes untracked folders that contain a repository.
    git.run("clean", "-ffdxq", doing=f"remove leftover files in {git.folder}")
    if git.ask("symbolic-ref", "-q", "HEAD").text != f"refs/heads/{branch}":
        git.run("symbolic-ref", "HEAD", f"refs/heads/{branch}", doing=f"return to {branch} in {git.folder}")
    git.run("reset", "-q", "--hard", doing=f"put {git.folder} back to its last commit")


def remove_stale_files(git: GitCommand) -> None:
    """Remove stale lock files of git, and objects that git did not finish writing."""
    for folder in {_private_folder(git), _common_folder(git)}:
        for pattern in (*_LOCKS, *_UNFINISHED):
            for stale in folder.glob(pattern):
                stale.unlink(missing_ok=True)


def _private_folder(git: GitCommand) -> Path:
    """The git folder of this work tree; of a linked work tree, its private part of the repository's folder."""
    if git.git_dir.is_dir():
        return git.git_dir
    return Path(git.git_dir.read_text(encoding="utf-8").removeprefix("gitdir: ").rstrip("\n"))


def _common_folder(git: GitCommand) -> Path:
    private = _private_folder(git)
    shared = private / "commondir"
    return (private / shared.read_text(encoding="utf-8").strip()).resolve() if shared.is_file() else private
