"""Files of many repositories with one GraphQL request.

The contents API needs a request for each file, and its conditional requests are of no use to a GitHub App: an ETag is
valid for one token, and an App gets a new one every hour.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from posixpath import normpath
from re import compile as pattern

from proxy.github.session import GitHubSession

# Names that mean nothing else in a revision expression such as `main:Dockerfile` (git's docs, "gitrevisions").
_PLAIN_REF = pattern(r"(?!.*(\.\.|@\{))[A-Za-z0-9_][A-Za-z0-9._/+-]*")
_HEAD = "HEAD"
_BLOB = "... on Blob { byteSize isBinary isTruncated text }"


@dataclass(frozen=True, slots=True)
class FileAddress:
    """A file of a repository.

    Attributes:
        repository: OWNER/NAME.
        ref: a branch, a tag or a commit; None: the default branch.
        path: in the repository.
    """

    repository: str
    ref: str | None
    path: str


@dataclass(frozen=True, slots=True)
class FoundFile:
    """What there is at an address.

    Attributes:
        content: None: the repository and the ref exist, and have no such file.
        commit: that it was read from.
    """

    content: bytes | None
    commit: str


@dataclass(frozen=True, slots=True)
class _Head:
    """A ref of a repository, and the paths that are asked for there."""

    repository: str
    ref: str | None
    paths: list[str]

    @property
    def expression(self) -> str:
        return self.ref or _HEAD


def read_many(session: GitHubSession, owner: str, addresses: Sequence[FileAddress]) -> Mapping[FileAddress, FoundFile]:
    """Read files with one request.

    Args:
        session: sends it.
        owner: the user or organization that all the repositories belong to.
        addresses: of the files.

    Returns:
        What was found. A file that is missing there has to be read alone, which finds out the reason: a repository or
        a ref that cannot be seen, a folder, a symbolic link, a file that is large or not text.

    Raises:
        OutsideFailure: see `GitHubSession.query`.
    """
    heads = _heads(addresses)
    if not heads:
        return {}
    data = session.query(_document(heads), _variables(heads), owner=owner)
    found: dict[FileAddress, FoundFile] = {}
    for number, head in enumerate(heads):
        for path, file in _files(head, data.get(f"r{number}")):
            found[FileAddress(head.repository, head.ref, path)] = file
    return found


def _heads(addresses: Sequence[FileAddress]) -> list[_Head]:
    heads: dict[tuple[str, str | None], _Head] = {}
    for each in dict.fromkeys(addresses):
        if each.ref is None or _PLAIN_REF.fullmatch(each.ref):
            heads.setdefault((each.repository, each.ref), _Head(each.repository, each.ref, [])).paths.append(each.path)
    return list(heads.values())


def _document(heads: Sequence[_Head]) -> str:
    """The query: what comes from people is in its variables."""
    parameters, repositories = [], []
    for number, head in enumerate(heads):
        names = [
            f"$o{number}",
            f"$n{number}",
            f"$h{number}",
            *(f"$p{number}_{file}" for file in range(len(head.paths))),
        ]
        parameters += [f"{name}: String!" for name in names]
        files = " ".join(
            f"f{file}: object(expression: $p{number}_{file}) {{ {_BLOB} __typename }}"
            for file in range(len(head.paths))
        )
        # A repository that was renamed is not found under its old name: the new one may have another owner.
        repositories.append(
            f"r{number}: repository(owner: $o{number}, name: $n{number}, followRenames: false) "
            f"{{ nameWithOwner head: object(expression: $h{number}) {{ oid }} {files} }}"
        )
    return f"query({', '.join(parameters)}) {{ {' '.join(repositories)} }}"


def _variables(heads: Sequence[_Head]) -> dict[str, str]:
    values: dict[str, str] = {}
    for number, head in enumerate(heads):
        owner, _, name = head.repository.partition("/")
        values |= {f"o{number}": owner, f"n{number}": name, f"h{number}": head.expression}
        for file, path in enumerate(head.paths):
            values[f"p{number}_{file}"] = f"{head.expression}:{normpath(path)}"
    return values


def _files(head: _Head, answer: object) -> Iterator[tuple[str, FoundFile]]:
    match answer:
        case {"nameWithOwner": str(name), "head": {"oid": str(commit)}, **files} if (
            name.lower() == head.repository.lower()
        ):
            for number, path in enumerate(head.paths):
                if file := _file(files.get(f"f{number}", ""), commit):
                    yield path, file
        case _:
            pass


def _file(answer: object, commit: str) -> FoundFile | None:
    match answer:
        case None:
            return FoundFile(None, commit)
        case {"isBinary": False, "isTruncated": False, "byteSize": int(size), "text": str(text)}:
            content = text.encode(errors="replace")
            # The content of a symbolic link is a path: one word. Text of another encoding comes changed.
            return FoundFile(content, commit) if len(content) == size and len(text.split()) > 1 else None
        case _:
            return None
