"""Reads a file of a project at GitLab."""

import base64
import binascii
from posixpath import normpath
from typing import Any

from proxy.errors import Garbage, NoSuchBranch, NoSuchFile, NoSuchRepository, NotFound
from proxy.gitlab.client import gitlab_client, read_answers
from proxy.gitlab.failures import Moved, NoSuchPath, NoSuchRef
from proxy.gitlab.session import GitLabSession


def read_file(session: GitLabSession, project: str, path: str, ref: str | None) -> tuple[bytes, str | None]:
    """A file, at a ref or on the default branch, and the commit that it was read from, where GitLab says it.

    Args:
        session: sends the request.
        project: its path with all groups: acme/team/app.
        path: of the file in the repository; `./app//Dockerfile` is `app/Dockerfile`.
        ref: a branch, a tag or a commit.

    Raises:
        NoSuchFile: the project and the ref exist, the file does not.
        NoSuchRepository, NoSuchBranch: there is no such project or ref.
        OutsideFailure: see `GitLabSession.ask`.
    """
    where = f"gitlab:{project}: {path} on {ref or 'the default branch'}"
    try:
        with read_answers(where):
            # HEAD is the default branch (docs: "Repository files API").
            files = gitlab_client(session).projects.get(project, lazy=True).files
            return _content(files.get(file_path=normpath(path), ref=ref or "HEAD").attributes, where)
    except Moved:
        raise
    except NoSuchPath as error:
        raise NoSuchFile(f"{where} does not exist; check the path and the branch") from error
    except NoSuchRef as error:
        raise NoSuchBranch(f"gitlab:{project} has no branch {ref or 'yet; push a first commit'}") from error
    except NotFound as error:
        raise NoSuchRepository(
            f"there is no project gitlab:{project}, or the service's token may not see it"
        ) from error


def _content(document: dict[str, Any], where: str) -> tuple[bytes, str | None]:
    match document:
        case {"encoding": "base64", "content": str(content)}:
            commit = document.get("commit_id")
            return _decoded(content, where), commit if isinstance(commit, str) else None
        case _:
            raise Garbage(f"{where}: GitLab's answer about the file cannot be read; retried later")


def _decoded(content: str, where: str) -> bytes:
    try:
        return base64.b64decode(content)
    except binascii.Error as error:
        raise Garbage(f"{where}: GitLab's answer about the file is not base64; retried later") from error
