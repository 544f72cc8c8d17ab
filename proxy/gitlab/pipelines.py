"""Creates pipelines of a project at GitLab, and reads them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from catalog.times import rfc3339
from proxy.errors import Garbage
from proxy.gitlab.client import PER_PAGE, gitlab_client, read_answers
from proxy.gitlab.session import GitLabSession

_MOST_PAGES = 10
_FAILED = "failed"
# Source: GitLab's `app/models/concerns/enums/ci/commit_status.rb`.
_OUT_OF_TIME = frozenset({"job_execution_timeout", "stuck_or_timeout_failure"})


@dataclass(frozen=True, slots=True)
class Pipeline:
    """A pipeline as GitLab shows it.

    Attributes:
        status: GitLab's word, such as `running`.
        finished_at: None while it runs, and in a list.
        updated_at: the last change.
    """

    id: int
    url: str | None
    ref: str
    status: str
    created_at: datetime
    updated_at: datetime
    finished_at: datetime | None


class Pipelines:
    """The pipelines of one project; every method raises the errors of `GitLabSession.ask`. Not safe for threads.

    Args:
        session: sends the requests.
        project: its path with all groups: acme/team/app.
    """

    def __init__(self, session: GitLabSession, project: str) -> None:
        self._client = gitlab_client(session)
        self._project: Any = self._client.projects.get(project, lazy=True)
        self._where = f"gitlab:{project}"

    def default_branch(self) -> str | None:
        """The default branch of the project; None while it has no commits."""
        with read_answers(self._where):
            branch = self._client.projects.get(self._project.encoded_id).attributes["default_branch"]
        if not (branch is None or isinstance(branch, str)):
            raise Garbage(f"{self._where}: GitLab's answer about the project cannot be read; retried later")
        return branch or None

    def check_branch(self, name: str) -> None:
        """Check that the project has this branch.

        Raises:
            NotFound: it has not, or there is no such project.
        """
        with read_answers(self._where):
            self._project.branches.get(name)

    def create(self, ref: str, variables: Mapping[str, str]) -> Pipeline:
        """Create a pipeline with one POST.

        Raises:
            OutcomeUnknown: it may have been created; also if the answer cannot be read.
        """
        pairs = [{"key": key, "value": value} for key, value in variables.items()]
        with read_answers(f"{self._where}: the new pipeline", "POST"):
            return _read(self._project.pipelines.create({"ref": ref, "variables": pairs}).attributes)

    def pipeline(self, pipeline_id: int) -> Pipeline:
        """One pipeline of the project."""
        with read_answers(f"{self._where}: pipeline {pipeline_id}"):
            return _read(self._project.pipelines.get(pipeline_id).attributes)

    def timed_out(self, pipeline_id: int) -> bool:
        """Whether a job of a failed pipeline was stopped because it took too long."""
        with read_answers(f"{self._where}: the jobs of pipeline {pipeline_id}"):
            jobs = self._of(pipeline_id).jobs.list(scope=_FAILED, get_all=False)
            return any(job.attributes.get("failure_reason") in _OUT_OF_TIME for job in jobs)

    def created_since(self, since: datetime, ref: str) -> list[Pipeline]:
        """The pipelines that our own account created by API on this ref since this time, the newest first."""
        with read_answers(f"{self._where}: the list of pipelines"):
            asked = {"source": "api", "ref": ref, "username": self._login(), "updated_after": rfc3339(since)}
            found: list[Pipeline] = []
            for page in range(1, _MOST_PAGES + 1):
                listed = self._project.pipelines.list(**asked, per_page=PER_PAGE, page=page, get_all=False)
                found += [_read(each.attributes) for each in listed]
                if len(listed) < PER_PAGE:
                    return [each for each in found if each.created_at >= since]
        # The other ones are not listed, so "not found" would not prove that there is none.
        raise Garbage(f"{self._where} has more than {len(found)} pipelines on {ref} since {rfc3339(since)}")

    def variable(self, pipeline_id: int, key: str) -> str | None:
        """The value of a variable that a pipeline was created with; None if it has no such variable.

        Raises:
            Refused: the token may not read the variables of this project, as some group tokens.
        """
        with read_answers(f"{self._where}: the variables of pipeline {pipeline_id}"):
            listed = self._of(pipeline_id).variables.list(per_page=PER_PAGE, get_all=False)
            return next((str(each.attributes["value"]) for each in listed if each.attributes["key"] == key), None)

    def _of(self, pipeline_id: int) -> Any:
        return self._project.pipelines.get(pipeline_id, lazy=True)

    def _login(self) -> str:
        self._client.auth()
        if self._client.user is None:
            raise KeyError("user")
        return str(self._client.user.attributes["username"])


def _read(document: Mapping[str, Any]) -> Pipeline:
    """Read a pipeline.

    Raises:
        KeyError, TypeError, ValueError: it is not one.
    """
    finished, url = document.get("finished_at"), document.get("web_url")
    if not isinstance(document["id"], int):
        raise TypeError
    return Pipeline(
        id=document["id"],
        url=url if isinstance(url, str) else None,
        ref=str(document["ref"]),
        status=str(document["status"]),
        created_at=datetime.fromisoformat(document["created_at"]),
        updated_at=datetime.fromisoformat(document["updated_at"]),
        finished_at=datetime.fromisoformat(finished) if finished else None,
    )
