"""The requests to GitHub Actions: one HTTP exchange each, and for a list a limited number."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote

from catalog.times import rfc3339
from provider.builds.workflow_runs import ListedRun, read_run
from proxy.errors import Garbage, Never, NoSuchRepository, NotFound
from proxy.github.files import read_file
from proxy.github.pygithub import PER_PAGE, SessionRequester
from proxy.github.renames import Renamed, check_name

# GitHub returns at most 1,000 results of a list with a filter.
_MOST_PAGES = 10


@dataclass(frozen=True, slots=True)
class Workflow:
    """One workflow of one repository; every method raises the errors of `GitHubSession.ask`, and Garbage."""

    requester: SessionRequester
    repository: str
    name: str

    @property
    def path(self) -> str:
        """The path of its file."""
        return f".github/workflows/{self.name}"

    def file(self, ref: str) -> bytes:
        """Its file at a ref."""
        return read_file(self.requester, self.repository, self.path, ref)

    def default_branch(self) -> str:
        """The repository's default branch.

        Raises:
            NoSuchRepository: beside the errors of every method.
        """
        try:
            _, document = self.requester.requestJsonAndCheck("GET", self._address)
        except Renamed:
            raise
        except NotFound as error:
            missing = f"there is no repository github:{self.repository}, or the service's token may not see it"
            raise NoSuchRepository(missing) from error
        return str(with_shape(document, dict).get("default_branch") or "main")

    def dispatch(self, ref: str, inputs: Mapping[str, str], *, run_details: bool) -> Any:
        """Start a run with one POST; returns the JSON of the answer, None if it is not JSON."""
        body: dict[str, object] = {"ref": ref, "inputs": dict(inputs)}
        if run_details:
            body["return_run_details"] = True
        address = f"{self._actions}/workflows/{quote(self.name, safe='')}/dispatches"
        _, _, text = self.requester.requestJson("POST", address, input=body)
        try:
            return json.loads(text)
        except (ValueError, RecursionError):
            return None

    def dispatched_since(self, since: datetime) -> list[ListedRun]:
        """Its dispatched runs since this time, the newest first."""
        pages = list(self._pages(f"{self._actions}/workflows/{quote(self.name, safe='')}/runs", since))
        if len(pages) == _MOST_PAGES and len(pages[-1]) == PER_PAGE:
            # The other runs cannot be listed, so "not found" would not prove that there is no run.
            raise Garbage(f"{self.path} of {self.repository} has more runs since {rfc3339(since)} than GitHub lists")
        return [run for page in pages for run in page]

    def pages_of_repository(self, since: datetime) -> Iterator[list[ListedRun]]:
        """The dispatched runs of all workflows of the repository since this time, page by page, the newest first."""
        return self._pages(f"{self._actions}/runs", since)

    def _pages(self, address: str, since: datetime) -> Iterator[list[ListedRun]]:
        parameters = {
            "event": "workflow_dispatch",
            "created": f">={rfc3339(since)}",
            "per_page": str(PER_PAGE),
        }
        for page in range(1, _MOST_PAGES + 1):
            _, document = self.requester.requestJsonAndCheck("GET", address, {**parameters, "page": str(page)})
            runs = with_shape(with_shape(document, dict).get("workflow_runs"), list)
            yield [self._read(run) for run in runs]
            if len(runs) < PER_PAGE:
                return

    def run(self, run_id: str) -> ListedRun:
        """One run of the repository."""
        _, document = self.requester.requestJsonAndCheck("GET", f"{self._actions}/runs/{quote(run_id, safe='')}")
        return self._read(document)

    def _read(self, document: object) -> ListedRun:
        try:
            found = read_run(with_shape(document, dict))
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise Garbage(f"GitHub's answer about a run of {self.repository} cannot be read") from error
        check_name(self.repository, found.repository)
        return found

    @property
    def _address(self) -> str:
        return f"/repos/{quote(self.repository)}"

    @property
    def _actions(self) -> str:
        return f"{self._address}/actions"


def login_of(requester: SessionRequester) -> str | None:
    """The account of the token; None for a GitHub App and without credentials, because GitHub refuses the question.

    Raises:
        NotNow: GitHub cannot answer now.
    """
    try:
        _, document = requester.requestJsonAndCheck("GET", "/user")
    except Never:
        return None
    login = with_shape(document, dict).get("login")
    return str(login) if login else None


def with_shape(value: object, shape: type[dict[Any, Any]] | type[list[Any]]) -> Any:
    """The value, if it is a JSON value of this type.

    Raises:
        Garbage: it is of another type.
    """
    if not isinstance(value, shape):
        raise Garbage("GitHub's answer about a workflow cannot be read")
    return value
