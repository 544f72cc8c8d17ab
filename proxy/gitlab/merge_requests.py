"""Merge requests of a project at GitLab, and statuses of its commits."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from proxy.errors import Refused
from proxy.gitlab.client import PER_PAGE, gitlab_client, read_answers
from proxy.gitlab.session import GitLabSession

# GitLab's words where a commit has this status already (`app/services/ci/create_commit_status_service.rb`).
_SAME_STATUS = "Cannot transition status"


@dataclass(frozen=True, slots=True)
class MergeRequest:
    """A merge request as GitLab shows it; `state` is opened, closed, locked or merged."""

    number: int
    url: str
    state: str
    branch: str
    title: str
    created_at: datetime
    updated_at: datetime


class MergeRequests:
    """Those of one project; every method raises the errors of `GitLabSession.ask`. Not safe for threads.

    Args:
        session: sends the requests.
        project: its path with all groups: acme/team/app.
    """

    def __init__(self, session: GitLabSession, project: str) -> None:
        self._project: Any = gitlab_client(session).projects.get(project, lazy=True)
        self._where = f"gitlab:{project}"

    def listed(self, **wanted: str) -> list[MergeRequest]:
        """The last hundred that changed, newest first, without those of forks; `wanted` are GitLab's filters."""
        with read_answers(f"{self._where}: the list of merge requests"):
            asked = {"state": "all", "order_by": "updated_at", "sort": "desc", **wanted}
            found = self._project.mergerequests.list(**asked, per_page=PER_PAGE, get_all=False)
            documents = [each.attributes for each in found]
            return [_read(each) for each in documents if each["source_project_id"] == each["target_project_id"]]

    def create(self, branch: str, base: str, title: str, text: str) -> MergeRequest:
        """Create one with one POST; its branch is removed when it is merged.

        Raises:
            OutcomeUnknown: it may have been created.
        """
        body = {"source_branch": branch, "target_branch": base, "title": title, "description": text}
        with read_answers(f"{self._where}: the new merge request", "POST"):
            return _read(self._project.mergerequests.create({**body, "remove_source_branch": True}).attributes)

    def set_status(self, commit: str, *, success: bool, name: str, description: str, url: str) -> None:
        """Set the status of a commit; one that has the same state keeps its description."""
        state = "success" if success else "failed"
        body = {"state": state, "name": name, "description": description, "target_url": url}
        try:
            with read_answers(f"{self._where}: the status of {commit}", "POST"):
                self._project.commits.get(commit, lazy=True).statuses.create(body)
        except Refused as error:
            if _SAME_STATUS not in str(error):
                raise


def _read(document: Mapping[str, Any]) -> MergeRequest:
    if not isinstance(document["iid"], int):
        raise TypeError
    return MergeRequest(
        number=document["iid"],
        url=str(document["web_url"]),
        state=str(document["state"]),
        branch=str(document["source_branch"]),
        title=str(document["title"]),
        created_at=datetime.fromisoformat(document["created_at"]),
        updated_at=datetime.fromisoformat(document["updated_at"]),
    )
