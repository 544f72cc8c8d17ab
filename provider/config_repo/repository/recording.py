"""Make a commit of new texts, and push it; a kill between these steps does no harm."""

from collections.abc import Mapping

from provider.config_repo.repository.edits import Commit
from provider.config_repo.repository.writing import Write, remove_texts, write_texts
from provider.git.command import GitCommand
from provider.git.failures import Push, failure_of, gist, push_outcome, rejection
from proxy.errors import OutcomeUnknown, Refused, Unavailable

_FILE = "100644"
_REMOVED = f"0 {'0' * 40}"


class LostRace(Exception):
    """Another writer was faster: follow the remote, then try again on the newer texts."""


def record(git: GitCommand, base: str, texts: Mapping[str, str | None], message: str, write: Write) -> Commit | None:
    """Write the texts into the work tree, and make a commit object of them; no branch moves.

    Args:
        git: git in the work tree, which is exactly at `base`.
        base: the parent of the commit; "" for none.
        texts: the new text of each path; None removes the file.
        message: the message of the commit.
        write: puts one file's bytes into place.

    Returns:
        The commit; None when the texts do not differ from those of the parent.

    Raises:
        LostRace: the work tree had other changes too; they are never committed.
        CheckoutUnwritable, RepositoryBroken: see provider.errors.
        Unavailable: a git command exceeded its time limit.
    """
    try:
        write_texts(git.folder, texts, write)
        return _commit_object(git, base, texts, message)
    except BaseException:
        # Free the space that restoring the old texts may need.
        remove_texts(git.folder, texts)
        raise


def _commit_object(git: GitCommand, base: str, texts: Mapping[str, str | None], message: str) -> Commit | None:
    doing = f"commit in {git.folder}"
    # Plumbing commands, because `git add` and `git commit` read every file of the work tree.
    entries = "".join(f"{entry}\t{path}\0" for path, entry in _entries(git, texts, doing).items())
    git.run("update-index", "-z", "--index-info", stdin=entries.encode(), doing=doing)
    # The contents of the parent exist; checking each of them again would double the time.
    tree = git.run("write-tree", "--missing-ok", doing=doing)
    sha = commit_of(git, tree, base, message)
    arguments = ("diff-tree", "--root", "--no-commit-id", "-r", "-z", "--name-only", "--no-renames", sha)
    differing = sorted(filter(None, git.run(*arguments, doing=doing).split("\0")))
    if others := set(differing) - texts.keys():
        raise LostRace(f"files were edited in {git.folder}: {', '.join(sorted(others)[:5])}")
    return Commit(sha, tuple(differing)) if differing else None


def commit_of(git: GitCommand, tree: str, parent: str, message: str) -> str:
    """Make a commit object of a tree, signed where the identity has a key; returns its id.

    Args:
        git: git in the repository.
        tree: the id of the tree, or an expression for it.
        parent: the id of the parent; "" for none.
        message: the message; bytes that are not UTF-8 are surrogate escapes.

    Raises:
        CheckoutUnwritable, RepositoryBroken: see provider.errors.
        Unavailable: git exceeded its time limit.
    """
    parents = ("-p", parent) if parent else ()
    content = message.encode("utf-8", "surrogateescape")
    if not git.signs:
        return git.run("commit-tree", tree, *parents, stdin=content, doing=f"commit in {git.folder}")
    doing = f"sign a commit in {git.folder} with the key of IMAGE_FACTORY_COMMIT_SIGNING_KEY"
    # Unlike `git commit`, it does not read from the configuration that commits are signed.
    return git.run("commit-tree", "-S", tree, *parents, stdin=content, doing=doing)


def _entries(git: GitCommand, texts: Mapping[str, str | None], doing: str) -> dict[str, str]:
    """The entry of the index for each path: its mode and the id of its content.

    The contents are stored as they are: a `.gitattributes` in the repository can change what `git add` stores, or make
    it fail.
    """
    written = [path for path, text in texts.items() if text is not None]
    entries = {path: _REMOVED for path, text in texts.items() if text is None}
    if written:
        stdin = "".join(f"{path}\n" for path in written).encode()
        ids = git.run("hash-object", "-w", "--no-filters", "--stdin-paths", stdin=stdin, doing=doing).split()
        entries |= {path: f"{_FILE} {blob}" for path, blob in zip(written, ids, strict=True)}
    return entries


def push(git: GitCommand, address: str, sha: str, ref: str, *, force: bool = False) -> None:
    """Push one commit to the remote's branch; only as a fast-forward, unless `force` replaces what is there.

    Raises:
        LostRace: the remote's branch has newer commits.
        Refused: a protected branch, a hook or missing permission, with the message of the server.
        OutcomeUnknown: no answer; the push may have arrived: the next fetch shows it.
        CheckoutUnwritable, RepositoryBroken: a failure on this machine; see provider.errors.
    """
    try:
        _push_once(git, address, f"{'+' if force else ''}{sha}", ref)
    except Unavailable as error:
        raise OutcomeUnknown(str(error)) from error


def _push_once(git: GitCommand, address: str, sha: str, ref: str) -> None:
    answer = git.ask_remote("push", "--porcelain", "--no-verify", "origin", f"{sha}:{ref}")
    report = answer.text
    match push_outcome(answer.status, report):
        case Push.ACCEPTED:
            return
        case Push.RACED:
            raise LostRace(f"{address}: {rejection(report)}")
        case Push.REFUSED:
            raise Refused(
                f"{address} refused the push to {ref}: {rejection(report)}: {gist(answer.stderr)}; allow this service "
                "to push there, or keep the state on another branch (IMAGE_FACTORY_STATE_BRANCH)"
            )
        case Push.UNANSWERED:
            raise failure_of(f"push to {ref} of {address}", answer.stderr, asked_remote=True, login=git.login)
