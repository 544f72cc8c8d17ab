"""The repositories of an owner at GitHub, and those that a user has starred."""

from collections.abc import Mapping
from typing import Any

from provider.domain.source_address import repo_problem
from provider.tracker.ports import OwnerList, OwnerListKind, OwnerRepository
from provider.tracker.sources.github_lists import pages_of
from proxy.errors import NotFound
from proxy.github.pygithub import SessionRequester
from proxy.github.session import GitHubSession

MOST_PAGES = 10
"""Pages of 100 repositories that are read; owners with more are rare, and the rest can be imported as a list."""

# GitHub's names have at most 39 characters, those of managed users some more.
_LONGEST = 80


class GitHubOwners:
    """Implements `provider.tracker.ports.OwnerRepositories`, with the service's own credentials."""

    def __init__(self, session: GitHubSession) -> None:
        self._session = session

    def read(self, owner: str, kind: OwnerListKind) -> OwnerList:
        """See the port.

        Source: GitHub's docs, "List organization repositories", "List repositories for a user" and "List repositories
        starred by a user". Only the first of these shows private repositories of an organization.
        """
        if len(owner) > _LONGEST or repo_problem("github", f"{owner}/x"):
            raise NotFound(f"{owner[:40]!r} is not the name of a user or an organization at GitHub")
        requester = SessionRequester(self._session, owner)
        if kind is OwnerListKind.STARRED:
            return _list(requester, f"/users/{owner}/starred")
        try:
            return _list(requester, f"/orgs/{owner}/repos")
        except NotFound:
            return _list(requester, f"/users/{owner}/repos")


def _list(requester: SessionRequester, path: str) -> OwnerList:
    found: dict[str, OwnerRepository] = {}
    whole = False
    for page in pages_of(requester, path, MOST_PAGES):
        found |= {each.path: each for entry in page.entries if (each := _repository(entry))}
        whole = page.last
    return OwnerList(tuple(found.values()), whole)


def _repository(entry: Mapping[str, Any]) -> OwnerRepository | None:
    """None for an entry without a name that can be tracked."""
    path, description = entry.get("full_name"), entry.get("description")
    if not isinstance(path, str) or repo_problem("github", path):
        return None
    return OwnerRepository(
        path,
        description if isinstance(description, str) else "",
        fork=entry.get("fork") is True,
        archived=entry.get("archived") is True,
    )
