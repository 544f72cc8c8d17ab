"""Pull requests and statuses of commits at GitHub."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Self
from urllib.parse import quote

from catalog.addresses import Sites
from provider.adapter_parts import AdapterParts
from provider.forge_ports import CommitMark, ProposedPullRequest, PullRequest, PullRequestState
from provider.forges.place import project_at
from proxy.errors import Garbage, OutcomeUnknown, Refused
from proxy.github.pygithub import PER_PAGE, SessionRequester
from proxy.github.session import GitHubSession

_CONTEXT = "image-factory"
_LONGEST_DESCRIPTION = 140


class GitHubForge:
    """One repository at GitHub. Safe to use from many threads.

    Opening needs the permission `pull_requests: write`, marks need `statuses: write`.

    Args:
        session: sends the requests to GitHub.
        repository: OWNER/NAME.
    """

    def __init__(self, session: GitHubSession, repository: str) -> None:
        self._session = session
        self._owner = repository.partition("/")[0]
        self._address = f"/repos/{quote(repository)}"
        self._repository = repository

    @classmethod
    def of(cls, parts: AdapterParts, sites: Sites, address: str) -> Self | None:
        """The repository of this address; None for an address elsewhere, and without credentials for GitHub's API."""
        settings = parts.settings
        repository = project_at(sites.github, address)
        has_credentials = settings.github_token or settings.github_app_id
        return cls(parts.github, repository) if repository and has_credentials else None

    def open(self, proposed: ProposedPullRequest) -> PullRequest:
        """See the port."""
        if found := self._open_one(proposed):
            return found
        body = {"title": proposed.title, "head": proposed.branch, "base": proposed.base, "body": proposed.body}
        try:
            _, document = self._requester().requestJsonAndCheck("POST", f"{self._address}/pulls", input=body)
        except (Refused, OutcomeUnknown):
            # GitHub also refuses where another request has just opened it.
            if found := self._open_one(proposed):
                return found
            raise
        return self._read(document)

    def pull_requests(self, prefix: str, base: str) -> Sequence[PullRequest]:
        """See the port; of the last hundred that changed."""
        return [found for found in self._listed(base=base) if found.branch.startswith(prefix)]

    def mark(self, commit: str, shown: CommitMark) -> None:
        """See the port; GitHub shows at most 140 characters."""
        body = {
            "state": "success" if shown.success else "failure",
            "context": _CONTEXT,
            "description": shown.description[:_LONGEST_DESCRIPTION],
            "target_url": shown.url,
        }
        self._requester().requestJsonAndCheck("POST", f"{self._address}/statuses/{quote(commit)}", input=body)

    def _requester(self) -> SessionRequester:
        return SessionRequester(self._session, self._owner)

    def _open_one(self, proposed: ProposedPullRequest) -> PullRequest | None:
        found = self._listed(base=proposed.base, state="open", head=f"{self._owner}:{proposed.branch}")
        return next((each for each in found if each.branch == proposed.branch), None)

    def _listed(self, **wanted: str) -> list[PullRequest]:
        parameters = {"state": "all", "sort": "updated", "direction": "desc", "per_page": str(PER_PAGE), **wanted}
        _, documents = self._requester().requestJsonAndCheck("GET", f"{self._address}/pulls", parameters)
        if not isinstance(documents, list):
            raise self._unreadable()
        return [self._read(each) for each in documents if self._is_own(each)]

    def _is_own(self, document: object) -> bool:
        match document:
            case {"head": {"repo": {"full_name": str(name)}}}:
                return name.lower() == self._repository.lower()
            case _:
                # GitHub has no repository there once a fork was deleted.
                return False

    def _read(self, document: object) -> PullRequest:
        try:
            return _pull_request(document)  # type: ignore[arg-type]  # another shape raises TypeError
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise self._unreadable() from error

    def _unreadable(self) -> Garbage:
        return Garbage(f"GitHub's answer about pull requests of {self._repository} cannot be read; retried later")


def _pull_request(document: Mapping[str, Any]) -> PullRequest:
    state = PullRequestState(document["state"])
    return PullRequest(
        number=int(document["number"]),
        url=str(document["html_url"]),
        state=PullRequestState.MERGED if document["merged_at"] else state,
        branch=str(document["head"]["ref"]),
        title=str(document["title"]),
        created_at=datetime.fromisoformat(document["created_at"]),
        updated_at=datetime.fromisoformat(document["updated_at"]),
    )
