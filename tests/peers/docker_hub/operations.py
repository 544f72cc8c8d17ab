"""What the fake Docker Hub does for each operation of the description."""

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta

from tests.peers.docker_hub.documents import refusal, repository_document, tag_document
from tests.peers.docker_hub.state import Account, Repository, Session, State
from tests.peers.exchange import Answer, json_answer
from tests.peers.github.contract import Json

BEARER_LIFE = timedelta(minutes=10)
_PAGE_SIZE = 10
# Since 2026-08-11 (goharbor/harbor issue 23819 has the answer).
_ANONYMOUS_OFFSET = 1000
_TOO_FAR = "pagination offset too large for anonymous requests; sign in to page further"


class NotThere(Exception):
    """It does not exist for this caller."""


@dataclass(frozen=True, slots=True)
class Call:
    """One parsed request; `url` is the requested address, without its query."""

    state: State
    url: str
    parameters: Mapping[str, str]
    query: Mapping[str, str]
    body: Json
    account: Account | None

    @property
    def repository(self) -> Repository:
        """The repository that the path names.

        Raises:
            NotThere: there is none that the caller may see.
        """
        key = self.parameters["namespace"], self.parameters["repository"]
        repository = self.state.repositories.get(key)
        if repository is None:
            raise NotThere
        if repository.private and (self.account is None or repository.namespace not in self.account.namespaces):
            raise NotThere
        return repository


Perform = Callable[[Call], Answer]


def create_token(call: Call) -> Answer:
    """POST /v2/auth/token."""
    bearer = _bearer(call, call.body["identifier"], call.body["secret"])
    return json_answer(200, {"access_token": bearer}) if bearer else refusal(401, "unauthorized")


def log_in(call: Call) -> Answer:
    """POST /v2/users/login, the older way."""
    bearer = _bearer(call, call.body["username"], call.body["password"])
    if bearer is None:
        return json_answer(401, {"detail": "Incorrect authentication credentials"})
    return json_answer(200, {"token": bearer})


def list_tags(call: Call) -> Answer:
    """GET .../tags: newest first, ten on a page by default."""
    repository = call.repository
    size, number = int(call.query.get("page_size", _PAGE_SIZE)), int(call.query.get("page", 1))
    offset, count = (number - 1) * size, len(repository.tags)
    if offset >= _ANONYMOUS_OFFSET and call.account is None:
        return refusal(403, _TOO_FAR)
    if offset >= count and number > 1:
        raise NotThere
    shown = repository.newest_first()[offset : offset + size]
    document = {
        "count": count,
        "next": f"{call.url}?page={number + 1}&page_size={size}" if offset + size < count else None,
        "previous": f"{call.url}?page={number - 1}&page_size={size}" if number > 1 else None,
        "results": [tag_document(repository, tag) for tag in shown],
    }
    return json_answer(200, document)


def get_tag(call: Call) -> Answer:
    """GET .../tags/TAG."""
    repository = call.repository
    tag = repository.tags.get(call.parameters["tag"])
    if tag is None:
        raise NotThere
    return json_answer(200, tag_document(repository, tag))


def get_repository(call: Call) -> Answer:
    """GET /v2/namespaces/NAMESPACE/repositories/NAME."""
    return json_answer(200, repository_document(call.repository))


def check(read: Perform) -> Perform:
    """HEAD: the same status without a body."""

    def checked(call: Call) -> Answer:
        return Answer(read(call).status)

    return checked


def _bearer(call: Call, name: str, secret: str) -> str | None:
    account = call.state.accounts.get(name)
    if account is None or account.secret != secret:
        return None
    bearer = f"bearer.{secrets.token_urlsafe(24)}"
    call.state.sessions[bearer] = Session(account, call.state.clock() + BEARER_LIFE)
    return bearer


OPERATIONS: Mapping[str, Perform] = {
    "AuthCreateAccessToken": create_token,
    "PostUsersLogin": log_in,
    "GetRepository": get_repository,
    "CheckRepository": check(get_repository),
    "ListRepositoryTags": list_tags,
    "CheckRepositoryTags": check(list_tags),
    "GetRepositoryTag": get_tag,
    "CheckRepositoryTag": check(get_tag),
}
