"""The requests that GitHub Actions needs, each one HTTP exchange (a list: a bounded number)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

from provider.builds.workflow_runs import ListedRun, read_run
from provider.github_client import PER_PAGE, Answer, GitHubClient, ask, read_file
from provider.github_failures import Cause, GitHubFailure, renamed

# GitHub's lists with a filter stop at 1,000 results.
_MOST_PAGES = 10


@dataclass(frozen=True, slots=True)
class Workflow:
    """One workflow of one repository; every method raises GitHubFailure."""

    client: GitHubClient
    repository: str
    name: str

    @property
    def path(self) -> str:
        """Where its file is."""
        return f".github/workflows/{self.name}"

    def file(self, ref: str) -> bytes:
        """Its file at a ref."""
        return read_file(self.client, self.repository, self.path, ref)

    def default_branch(self) -> str:
        """The repository's default branch."""
        document = ask(self.client, "GET", self._address).document
        with_shape(document, dict)
        return str(document.get("default_branch") or "main")

    def dispatch(self, ref: str, inputs: Mapping[str, str], *, run_details: bool) -> Answer:
        """Start a run: one POST."""
        body: dict[str, object] = {"ref": ref, "inputs": dict(inputs)}
        if run_details:
            body["return_run_details"] = True
        return ask(self.client, "POST", f"{self._actions}/workflows/{quote(self.name, safe='')}/dispatches", body=body)

    def dispatched_since(self, since: datetime) -> list[ListedRun]:
        """Its dispatched runs since then, newest first."""
        created = since.astimezone(UTC).strftime(">=%Y-%m-%dT%H:%M:%SZ")
        parameters = {"event": "workflow_dispatch", "created": created, "per_page": str(PER_PAGE)}
        found: list[ListedRun] = []
        for page in range(1, _MOST_PAGES + 1):
            address = f"{self._actions}/workflows/{quote(self.name, safe='')}/runs"
            answer = ask(self.client, "GET", address, parameters={**parameters, "page": str(page)})
            runs = with_shape(with_shape(answer.document, dict).get("workflow_runs"), list)
            found += [self._read(document) for document in runs]
            if len(runs) < PER_PAGE:
                return found
        # What is beyond cannot be listed, so that "not found" would prove nothing.
        raise GitHubFailure(Cause.SERVER_ERROR, f"{self.path} has more runs since {created} than GitHub lists")

    def run(self, run_id: str) -> ListedRun:
        """One run of the repository."""
        return self._read(ask(self.client, "GET", f"{self._actions}/runs/{quote(run_id, safe='')}").document)

    def _read(self, document: object) -> ListedRun:
        try:
            found = read_run(with_shape(document, dict))
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise GitHubFailure(Cause.SERVER_ERROR, "GitHub's answer about a run cannot be read") from error
        if found.repository.lower() != self.repository.lower():
            # PyGithub follows a renamed repository's 301 without the query, and so to a list of all runs.
            raise renamed(f"{self.repository} is {found.repository}")
        return found

    @property
    def _address(self) -> str:
        return f"/repos/{quote(self.repository)}"

    @property
    def _actions(self) -> str:
        return f"{self._address}/actions"


def login_of(client: GitHubClient) -> str | None:
    """Who the client's token is; None where GitHub does not tell: Apps and nobody may not ask.

    Raises:
        GitHubFailure: it cannot be asked now.
    """
    try:
        document = with_shape(ask(client, "GET", "/user").document, dict)
    except GitHubFailure as failure:
        if failure.transient:
            raise
        return None
    login = document.get("login")
    return str(login) if login else None


def with_shape(value: object, shape: type[dict[Any, Any]] | type[list[Any]]) -> Any:
    """The value, which must be of that kind of JSON."""
    if not isinstance(value, shape):
        raise GitHubFailure(Cause.SERVER_ERROR, "GitHub's answer cannot be read")
    return value
