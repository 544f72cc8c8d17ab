"""Read the files of a commit from git's objects, not from the work tree, which a person may be editing."""

from collections.abc import Iterable, Iterator, Sequence

from provider.git.command import GitCommand
from provider.git.failures import failure_of

_FILE_MODES = ("100644", "100755")
# The most paths that are passed as arguments; with more of them, listing all files is faster.
_FEW = 50
# The files of one git process, whose texts are in memory together.
_AT_ONCE = 1000


def last_change(git: GitCommand, commit: str, paths: Sequence[str]) -> str:
    """The newest commit, from this one back, that changed one of these files or folders; "" if none did."""
    return git.run("rev-list", "-1", commit, "--", *paths, doing=f"find the last change of {', '.join(paths)}")


def read_texts(git: GitCommand, commit: str, paths: Sequence[str]) -> dict[str, str]:
    """The texts of those paths that are files in the commit, read by one git process.

    Bytes that are not UTF-8 become surrogate escapes; writing the text again gives the same bytes.
    """
    # Read by content id: for each path git would search the tree of its folder.
    blobs = list_files(git, commit, paths)
    found = [path for path in paths if path in blobs]
    if not found:
        return {}
    return dict(zip(found, read_blobs(git, [blobs[path] for path in found]), strict=True))


def read_blobs(git: GitCommand, blobs: Sequence[str]) -> Iterator[str]:
    """The texts with these content ids, in their order; only some of them are in memory at a time."""
    for start in range(0, len(blobs), _AT_ONCE):
        ids = "".join(f"{blob}\n" for blob in blobs[start : start + _AT_ONCE]).encode()
        answer = git.ask("cat-file", "--batch", "--buffer", stdin=ids)
        if answer.status != 0:
            raise failure_of("read the files", answer.stderr, asked_remote=False)
        yield from _contents(answer.output)


def small_files(git: GitCommand, commit: str, paths: Sequence[str], most_bytes: int) -> list[str]:
    """Those of the paths that are files of at most so many bytes in the commit."""
    blobs = list_files(git, commit, paths)
    found = [path for path in paths if path in blobs]
    if not found:
        return []
    ids = "".join(f"{blobs[path]}\n" for path in found).encode()
    answer = git.ask("cat-file", "--batch-check=%(objectsize)", stdin=ids)
    if answer.status != 0:
        raise failure_of("read the sizes of files", answer.stderr, asked_remote=False)
    sizes = map(int, answer.output.split())
    return [path for path, size in zip(found, sizes, strict=True) if size <= most_bytes]


def list_files(git: GitCommand, commit: str, paths: Sequence[str] = ()) -> dict[str, str]:
    """The files of the commit, each with the id of its content; links and submodules are left out.

    Args:
        git: git in the repository of the commit.
        commit: the id of the commit.
        paths: list these files; empty or more than 50: list all files.
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


def changed_files(git: GitCommand, before: str, commit: str) -> dict[str, str | None] | None:
    """The files that differ between two commits, each with its new content id, or None where it is no file any more.

    Returns:
        None where git cannot compare them, as when it no longer has the earlier commit.
    """
    answer = git.ask("diff-tree", "-r", "-z", "--raw", "--no-renames", before, commit)
    if answer.status != 0:
        return None
    fields = answer.text.split("\0")
    changed: dict[str, str | None] = {}
    # Of each file: ":<mode before> <mode> <id before> <id> <status>", and its path (git help diff-tree, "RAW OUTPUT").
    for entry, path in zip(fields[::2], fields[1::2], strict=False):
        _, mode, _, blob, _ = entry.split(" ")
        changed[path] = blob if mode in _FILE_MODES else None
    return changed


def _contents(batch: bytes) -> Iterable[str]:
    """The contents in the output of `git cat-file --batch` (git help cat-file, "BATCH OUTPUT")."""
    position = 0
    while position < len(batch):
        end = batch.index(b"\n", position)
        size = int(batch[position:end].rsplit(b" ", 1)[1])
        yield batch[end + 1 : end + 1 + size].decode("utf-8", "surrogateescape")
        position = end + size + 2
