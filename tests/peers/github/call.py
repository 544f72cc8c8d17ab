"""One call of one operation, and how operations refuse."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from tests.peers.exchange import Answer, Headers, json_answer
from tests.peers.github.contract import Json
from tests.peers.github.documents import Documents
from tests.peers.github.repository import Repository
from tests.peers.github.state import State, Token

_DOCUMENTATION = "https://docs.github.com/rest"


class Refused(Exception):
    """GitHub answers this status and message instead."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


@dataclass(frozen=True, slots=True)
class Call:
    """What an operation gets: the parsed request and the state it works on.

    Attributes:
        documents: makes the documents of answers.
        path: the request's path, for the addresses of further pages.
        parameters: of the path.
        token: who calls; None for nobody.
    """

    state: State
    documents: Documents
    path: str
    parameters: Mapping[str, str]
    query: Mapping[str, str]
    body: Json
    accept: str
    token: Token | None

    @property
    def repository(self) -> Repository:
        """The repository that the path names.

        Raises:
            Refused: there is none that the caller may see.
        """
        full_name = f"{self.parameters['owner']}/{self.parameters['repo']}"
        repository = self.state.repositories.get(full_name.lower())
        if repository is None or (repository.private and self.token is None):
            raise Refused(404, "Not Found")
        return repository

    def require_token(self) -> Token:
        """The caller's token.

        Raises:
            Refused: there is none.
        """
        if self.token is None:
            raise Refused(401, "Requires authentication")
        return self.token

    def require_writer(self) -> Token:
        """The caller's token, if it may change things.

        Raises:
            Refused: there is none, or it may not.
        """
        token = self.require_token()
        if not token.can_write:
            raise Refused(403, "Resource not accessible by personal access token")
        return token


Perform = Callable[[Call], Answer]


def refusal(status: int, message: str, headers: Headers = ()) -> Answer:
    """GitHub's error document."""
    document = {"message": message, "documentation_url": _DOCUMENTATION, "status": str(status)}
    return json_answer(status, document, *headers)


def paged(call: Call, items: list[Json], key: str | None = None) -> Answer:
    """One page of a list, with Link where there are others; under `key` beside `total_count` when one is given."""
    size = max(1, min(100, int(call.query.get("per_page", "30"))))
    number = max(1, int(call.query.get("page", "1")))
    last = max(1, -(-len(items) // size))
    page = items[(number - 1) * size : number * size]
    links = [
        f'<{call.documents.base}{call.path}?{_query(call, target)}>; rel="{relation}"'
        for relation, target, shown in (
            ("prev", number - 1, number > 1),
            ("next", number + 1, number < last),
            ("last", last, number < last),
            ("first", 1, number > 1),
        )
        if shown
    ]
    headers = (("Link", ", ".join(links)),) if links else ()
    return json_answer(200, {"total_count": len(items), key: page} if key else page, *headers)


def _query(call: Call, page: int) -> str:
    return urlencode({**call.query, "page": str(page)})
