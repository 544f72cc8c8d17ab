"""Reads a file of a repository at GitHub with the contents API."""

import base64
import binascii
from posixpath import normpath
from urllib.parse import quote, unquote, urlsplit

from proxy.errors import Garbage, NoSuchBranch, NoSuchFile, NoSuchRepository, NotFound
from proxy.github.pygithub import SessionRequester
from proxy.github.renames import Renamed, check_name, renamed

# GitHub's words if the repository exists and the ref does not.
_NO_REF = "No commit found"


def read_file(requester: SessionRequester, repository: str, path: str, ref: str | None) -> bytes:
    """A file, at a ref or on the default branch.

    GitHub follows a symbolic link inside the repository. It sends no content of files above 1 MiB.

    Args:
        requester: for the repository's owner.
        repository: OWNER/NAME.
        path: of the file in the repository; `./app//Dockerfile` is `app/Dockerfile`.
        ref: a branch, a tag or a commit.

    Raises:
        NoSuchFile: the repository and the ref exist, the file does not.
        NoSuchRepository, NoSuchBranch: there is no such repository or ref.
        NotFound: GitHub does not send the content of this file.
        OutsideFailure: see `GitHubSession.ask`.
    """
    where = f"github:{repository}: {path} on {ref or 'the default branch'}"
    parameters = {"ref": ref} if ref else {}
    try:
        address = f"/repos/{quote(repository)}/contents/{quote(normpath(path))}"
        _, document = requester.requestJsonAndCheck("GET", address, parameters)
    except Renamed:
        raise
    except NotFound as error:
        raise _missing(requester, repository, where, ref, error) from error
    match document:
        case {"url": str(url)} if f"/repos/{repository}/contents/".lower() not in _path_of(url, where).lower():
            raise renamed(f"github:{repository}")
        case list():
            raise NotFound(f"{where} is a folder")
        case {"type": "file", "encoding": "base64", "content": str(content)}:
            return _decoded(content, where)
        case {"type": "file"}:
            raise NotFound(f"{where} is too large: GitHub sends files up to 1 MiB")
        case {"type": str(kind)}:
            raise NotFound(f"{where} is a {kind}, not a file")
        case _:
            raise Garbage(f"{where}: GitHub's answer about the file cannot be read; retried later")


def _missing(requester: SessionRequester, repository: str, where: str, ref: str | None, error: NotFound) -> NotFound:
    """Find out what is missing: GitHub also answers 404 for a repository that the token may not see."""
    if _NO_REF in str(error):
        return NoSuchBranch(f"github:{repository} has no branch {ref or 'yet; push a first commit'}")
    try:
        _, document = requester.requestJsonAndCheck("GET", f"/repos/{quote(repository)}")
    except NotFound:
        return NoSuchRepository(f"there is no repository github:{repository}, or the service's token may not see it")
    match document:
        case {"full_name": str(name)}:
            check_name(repository, name)
        case _:
            pass
    return no_such_file(where)


def no_such_file(where: str) -> NoSuchFile:
    """The error for a file that its repository does not have on this branch; `where` names all three."""
    return NoSuchFile(f"{where} does not exist; check the path and the branch")


def _path_of(url: str, where: str) -> str:
    try:
        return unquote(urlsplit(url).path)
    except ValueError as error:
        raise Garbage(f"{where}: GitHub's answer about the file cannot be read; retried later") from error


def _decoded(content: str, where: str) -> bytes:
    try:
        return base64.b64decode(content)
    except binascii.Error as error:
        raise Garbage(f"{where}: GitHub's answer about the file is not base64; retried later") from error
