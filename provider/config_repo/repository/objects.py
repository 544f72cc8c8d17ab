"""Reads what a commit holds, from git's objects: never from the work tree, where somebody may be editing."""

from collections.abc import Iterable, Sequence

from provider.git.command import GitCommand
from provider.git.failures import failure_of

_FILE_MODES = ("100644", "100755")
# Paths given as arguments; more of them cost more than listing everything.
_FEW = 50


def read_texts(git: GitCommand, commit: str, paths: Sequence[str]) -> dict[str, str]:
    """The texts of those paths that are files in the commit, in one git process.

    Bytes that are not UTF-8 come as surrogate escapes: writing the text again yields the same bytes.
    """
    # By content id: by path, git would search the folder's whole tree for each one.
    blobs = list_files(git, commit, paths)
    asked = [path for path in paths if path in blobs]
    if not asked:
        return {}
    questions = "".join(f"{blobs[path]}\n" for path in asked).encode()
    answer = git.ask("cat-file", "--batch", "--buffer", stdin=questions)
    if answer.status != 0:
        raise failure_of("read the files", answer.stderr, asked_remote=False)
    return dict(zip(asked, _contents(answer.output), strict=True))


def list_files(git: GitCommand, commit: str, paths: Sequence[str] = ()) -> dict[str, str]:
    """Files of the commit and the id of each one's content; links and submodules are no files.

    Args:
        git: where the commit is.
        commit: its id.
        paths: only these, at least; a long list is answered with all files.
    """
    below = paths if len(paths) <= _FEW else ()
    listing = git.run("ls-tree", "-r", "-z", "--full-tree", commit, "--", *below, doing=f"list files in {git.folder}")
    files: dict[str, str] = {}
    for entry in filter(None, listing.split("\0")):
        mode_type_id, _, path = entry.partition("\t")
        mode, _, blob = mode_type_id.split(" ")
        if mode in _FILE_MODES:
            files[path] = blob
    return files


def _contents(batch: bytes) -> Iterable[str]:
    """Each content in the answer of `git cat-file --batch` (its help, "BATCH OUTPUT")."""
    position = 0
    while position < len(batch):
        end = batch.index(b"\n", position)
        size = int(batch[position:end].rsplit(b" ", 1)[1])
        yield batch[end + 1 : end + 1 + size].decode("utf-8", "surrogateescape")
        position = end + size + 2
