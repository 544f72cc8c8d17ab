"""The errors for unsuccessful answers of GitLab. Pure."""

import json
from http import HTTPStatus

from proxy.errors import Garbage, NoSuchRepository, NotFound, OutsideFailure, Refused, Unavailable, perhaps_done
from proxy.http.exchange import Answer

_MOST_WORDS = 400
_GONE = frozenset({HTTPStatus.NOT_FOUND, HTTPStatus.GONE})


class Moved(NoSuchRepository):
    """The project was renamed or moved. Its old path may get another owner, so GitLab's redirect is not followed."""


class NoSuchRef(NotFound):
    """The project exists, the branch, tag or commit does not."""


class NoSuchPath(NotFound):
    """The project and the branch exist, the file does not."""


# Source: GitLab's `lib/api/helpers.rb` and `lib/api/files.rb`: not_found!("Commit") is "404 Commit Not Found".
_MISSING: tuple[tuple[str, type[NotFound]], ...] = (
    ("404 Commit Not Found", NoSuchRef),
    ("404 File Not Found", NoSuchPath),
)


def words_of(answer: Answer) -> str:
    """GitLab's own message in one line; empty if the body is not GitLab's error document."""
    try:
        document = json.loads(answer.body)
    except (ValueError, RecursionError):
        return ""
    match document:
        case {"message": str(message)} | {"error_description": str(message)} | {"error": str(message)}:
            text = " ".join(message.split())
        case {"message": dict() | list() as details}:
            text = " ".join(json.dumps(details).split())
        case _:
            return ""
    return text[:_MOST_WORDS] if text.isprintable() else ""


def failure_of(summary: str, answer: Answer, words: str, *, changing: bool) -> OutsideFailure:
    """The error for an answer.

    Args:
        summary: which host answered what to which request.
        answer: neither a success nor a rate limit.
        words: GitLab's own message, without secrets.
        changing: the request changes something.
    """
    status = answer.status
    problem = f"{summary} ({words})" if words else summary
    if status == HTTPStatus.UNAUTHORIZED:
        return Refused(f"{problem}: it does not accept the service's token; check IMAGE_FACTORY_GITLAB_TOKEN")
    if status in _GONE:
        kind = next((kind for text, kind in _MISSING if words == text), NotFound)
        return kind(f"{problem}: it does not exist, or the service's token may not see it")
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return perhaps_done(problem) if changing else Unavailable(f"{problem}; retried later")
    if status == HTTPStatus.FORBIDDEN:
        return Refused(f"{problem}: check the scope of the service's token and its role in the project")
    if status >= HTTPStatus.BAD_REQUEST:
        return Refused(f"{problem}: the request cannot be carried out as it is")
    if status >= HTTPStatus.MULTIPLE_CHOICES:
        return moved(summary)
    return Garbage(f"{summary}, which is not a valid answer; retried later")


def moved(where: str) -> Moved:
    """The error for a redirect; `where` starts the message."""
    return Moved(
        f"{where}: the project was renamed or moved, or IMAGE_FACTORY_GITLAB_URL is not GitLab's current address; "
        "use the new name"
    )
