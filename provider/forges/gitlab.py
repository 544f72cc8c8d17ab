"""Merge requests and statuses of commits at GitLab."""

from collections.abc import Sequence
from typing import Self

from catalog.addresses import Sites
from provider.adapter_parts import AdapterParts
from provider.forge_ports import CommitMark, ProposedPullRequest, PullRequest, PullRequestState
from provider.forges.place import project_at
from proxy.errors import OutcomeUnknown, Refused
from proxy.gitlab.merge_requests import MergeRequest, MergeRequests
from proxy.gitlab.session import GitLabSession

_NAME = "image-factory"
_LONGEST_DESCRIPTION = 255
_STATES = {"merged": PullRequestState.MERGED, "closed": PullRequestState.CLOSED}


class GitLabForge:
    """One project at GitLab. Safe to use from many threads.

    The token needs the scope `api` and the role Developer in the project.

    Args:
        session: sends the requests to GitLab.
        project: its path with all groups.
    """

    def __init__(self, session: GitLabSession, project: str) -> None:
        self._session = session
        self._project = project

    @classmethod
    def of(cls, parts: AdapterParts, sites: Sites, address: str) -> Self | None:
        """The project of this address; None for an address elsewhere, and without a token for GitLab's API."""
        project = project_at(sites.gitlab, address)
        return cls(parts.gitlab, project) if project and parts.settings.gitlab_token else None

    def open(self, proposed: ProposedPullRequest) -> PullRequest:
        """See the port."""
        if found := self._open_one(proposed):
            return found
        try:
            made = self._requests().create(proposed.branch, proposed.base, proposed.title, proposed.body)
        except (Refused, OutcomeUnknown):
            # GitLab also refuses where another request has just opened it.
            if found := self._open_one(proposed):
                return found
            raise
        return _pull_request(made)

    def pull_requests(self, prefix: str, base: str) -> Sequence[PullRequest]:
        """See the port; of the last hundred that changed."""
        found = self._requests().listed(target_branch=base)
        return [_pull_request(each) for each in found if each.branch.startswith(prefix)]

    def mark(self, commit: str, shown: CommitMark) -> None:
        """See the port; GitLab shows at most 255 characters."""
        description = shown.description[:_LONGEST_DESCRIPTION]
        self._requests().set_status(commit, success=shown.success, name=_NAME, description=description, url=shown.url)

    def _requests(self) -> MergeRequests:
        return MergeRequests(self._session, self._project)

    def _open_one(self, proposed: ProposedPullRequest) -> PullRequest | None:
        found = self._requests().listed(state="opened", source_branch=proposed.branch, target_branch=proposed.base)
        return _pull_request(found[0]) if found else None


def _pull_request(found: MergeRequest) -> PullRequest:
    state = _STATES.get(found.state, PullRequestState.OPEN)
    return PullRequest(found.number, found.url, state, found.branch, found.title, found.created_at, found.updated_at)
