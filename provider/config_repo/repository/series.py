"""Several commits, one on top of the other, made by one git process."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from provider.config_repo.repository.edits import check_path
from provider.config_repo.repository.recording import commit_of
from provider.git.command import GitCommand

_MAKING = "refs/image-factory/making"
_FILE = "100644"


@dataclass(frozen=True, slots=True)
class Rewrite:
    """The new texts of one commit, by path (None removes the file), and its message."""

    texts: Mapping[str, str | None]
    message: str


def record_series(git: GitCommand, base: str, rewrites: Sequence[Rewrite]) -> tuple[str, ...]:
    """Make a commit object of each rewrite, the first on top of `base`; no branch and no file moves.

    Contents are stored as they are, whatever the attributes of the repository say.

    Args:
        git: git in the repository.
        base: the id of the parent of the first commit.
        rewrites: at least one.

    Returns:
        The ids of the commits.

    Raises:
        ValueError: a path leaves the repository.
        CheckoutUnwritable, RepositoryBroken: see provider.errors; no commit was made.
        Unavailable: git exceeded its time limit.
    """
    doing = f"commit in {git.folder}"
    identity = git.run("var", "GIT_COMMITTER_IDENT", doing=doing)
    stream = b"".join(
        _commit(number, rewrite, f":{number - 1}" if number > 1 else base, identity)
        for number, rewrite in enumerate(rewrites, start=1)
    )
    marks = "".join(f"get-mark :{number}\n" for number in range(1, len(rewrites) + 1))
    # --force: the ref of the last series is not an ancestor of this one after a lost race.
    made = git.run("fast-import", "--quiet", "--force", "--done", stdin=stream + f"{marks}done\n".encode(), doing=doing)
    return _signed(git, base, made.split(), rewrites) if git.signs else tuple(made.split())


def _signed(git: GitCommand, base: str, made: Sequence[str], rewrites: Sequence[Rewrite]) -> tuple[str, ...]:
    """The same commits with signatures, which `git fast-import` cannot make."""
    signed = [base]
    for commit, rewrite in zip(made, rewrites, strict=True):
        signed.append(commit_of(git, f"{commit}^{{tree}}", signed[-1], rewrite.message))
    return tuple(signed[1:])


def _commit(number: int, rewrite: Rewrite, parent: str, identity: str) -> bytes:
    """One commit as `git fast-import` reads it (git help fast-import, "INPUT FORMAT")."""
    head = f"commit {_MAKING}\nmark :{number}\nauthor {identity}\ncommitter {identity}\n".encode()
    changes = b"".join(_file(path, text) for path, text in rewrite.texts.items())
    return head + _data(rewrite.message) + f"from {parent}\n".encode() + changes


def _file(path: str, text: str | None) -> bytes:
    check_path(path)
    if text is None:
        return f"D {path}\n".encode()
    return f"M {_FILE} inline {path}\n".encode() + _data(text)


def _data(text: str) -> bytes:
    content = text.encode("utf-8", "surrogateescape")
    return f"data {len(content)}\n".encode() + content + b"\n"
