"""One call of one operation, and how operations refuse."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar
from urllib.parse import urlencode

from tests.peers.exchange import Answer, Headers, json_answer
from tests.peers.github.addresses import numbered
from tests.peers.github.contract import Json
from tests.peers.github.documents import Documents
from tests.peers.github.repository import Repository
from tests.peers.github.state import State, Token

_DOCUMENTATION = "https://docs.github.com/rest"


class Refused(Exception):
    """GitHub answers this status and message instead."""

    def __init__(self, status: int, message: str, errors: Sequence[Json] = ()) -> None:
        super().__init__(message)
        self.status = status
        self.errors = list(errors)

    def answer(self) -> Answer:
        """The answer to send."""
        return refusal(self.status, str(self), errors=self.errors)


class Moved(Refused):
    """The repository has another name now; reads are sent there by 301, all else by 307.

    Source: docs "Best practices for using the REST API", redirects.
    """

    def __init__(self, method: str, address: str) -> None:
        super().__init__(301 if method == "GET" else 307, "Moved Permanently")
        self._address = address

    def answer(self) -> Answer:
        """With the new address in the body too."""
        document = {"message": str(self), "url": self._address, "documentation_url": _DOCUMENTATION}
        return json_answer(self.status, document, ("Location", self._address))


@dataclass(frozen=True, slots=True)
class Call:
    """What an operation gets: the parsed request and the state it works on.

    Attributes:
        documents: makes the documents of answers.
        path: the request's path with names, even where the caller used numbers.
        parameters: of the path.
        token: who calls; None for nobody.
    """

    state: State
    documents: Documents
    method: str
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
            Moved: it has another name now.
        """
        full_name = f"{self.parameters['owner']}/{self.parameters['repo']}"
        repository = self.state.repositories.get(full_name.lower())
        moved = None if repository else self.state.renamed(full_name)
        found = repository or moved
        if found is None or (found.private and not (self.token and self.token.sees(found.owner))):
            raise Refused(404, "Not Found")
        if moved:
            rest = self.path.removeprefix(f"/repos/{full_name}")
            raise Moved(self.method, self.address(f"/repositories/{moved.id}{rest}", self.query))
        return found

    def address(self, path: str, query: Mapping[str, str]) -> str:
        """A full address here."""
        return f"{self.documents.base}{path}{'?' if query else ''}{urlencode(query)}"

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


Item = TypeVar("Item")
Perform = Callable[[Call], Answer]


def refusal(status: int, message: str, headers: Headers = (), errors: Sequence[Json] = ()) -> Answer:
    """GitHub's error document."""
    document: Json = {"message": message, "documentation_url": _DOCUMENTATION, "status": str(status)}
    return json_answer(status, document | ({"errors": list(errors)} if errors else {}), *headers)


def paged(
    call: Call, items: Sequence[Item], key: str | None = None, *, document: Callable[[Item], Json] = lambda item: item
) -> Answer:
    """One page of a list, with Link if there are others; with a `key`, in an object with `total_count`.

    Only the page's own items are made into documents. The addresses in Link have numbers where GitHub's have.
    """
    size = max(1, min(100, int(call.query.get("per_page", "30"))))
    number = max(1, int(call.query.get("page", "1")))
    last = max(1, -(-len(items) // size))
    page = [document(item) for item in items[(number - 1) * size : number * size]]
    path = numbered(call.path, call.state)
    links = [
        f'<{call.address(path, {**call.query, "page": str(target)})}>; rel="{relation}"'
        for relation, target, shown in (
            ("prev", min(number - 1, last), number > 1),
            ("next", number + 1, number < last),
            ("last", last, number < last),
            ("first", 1, number > 1),
        )
        if shown
    ]
    headers = (("Link", ", ".join(links)),) if links else ()
    return json_answer(200, {"total_count": len(items), key: page} if key else page, *headers)
