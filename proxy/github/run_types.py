"""A workflow's runs as values, and the error if one cannot be run again."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from proxy.errors import Never

COMPLETED = "completed"
IN_PROGRESS = "in_progress"
STATUSES = (
    "completed",
    "action_required",
    "cancelled",
    "failure",
    "neutral",
    "skipped",
    "stale",
    "success",
    "timed_out",
    "in_progress",
    "queued",
    "requested",
    "waiting",
    "pending",
)
"""The filters of a list of runs: a status or a conclusion (GitHub's docs, "List workflow runs")."""


class NotRerunnable(Never):
    """GitHub does not run this run again: it is still running, nothing failed in it, or it is too old."""


@dataclass(frozen=True, slots=True)
class WorkflowRun:
    """A run, as GitHub describes it; times are in UTC.

    Attributes:
        name: of the workflow.
        title: of the run.
        conclusion: None until it is completed.
        actor: the login of the user who first started it; None if the account was deleted.
        started_at: when this attempt was started.
        workflow: the path of the workflow's file in the repository.
        repository: OWNER/NAME, with its current name.
        url: of its web page.
        commit_message: the first line of the message of the commit that is built; None where it is not known.
    """

    id: int
    name: str | None
    title: str
    status: str
    conclusion: str | None
    head_sha: str
    head_branch: str | None
    event: str
    actor: str | None
    attempt: int
    created_at: datetime
    started_at: datetime
    updated_at: datetime
    workflow: str
    repository: str
    url: str
    commit_message: str | None = None

    @property
    def commit_url(self) -> str:
        """The web page of the commit that was built."""
        return f"{self.url.partition('/actions/')[0]}/commit/{self.head_sha}"

    @property
    def is_completed(self) -> bool:
        """Whether it has ended."""
        return self.status == COMPLETED

    def duration(self, now: datetime) -> timedelta | None:
        """How long this attempt took, or has taken until now; None while it is waiting."""
        if not self.is_completed and self.status != IN_PROGRESS:
            return None
        return max(timedelta(0), (self.updated_at if self.is_completed else now) - self.started_at)


@dataclass(frozen=True, slots=True)
class RunQuery:
    """Which runs of a workflow; `page` counts from 1 and has `size` runs, 1 to 100.

    Attributes:
        status: one of `STATUSES`.
        refresh: send a request even if the answer is fresh; see `Cache.get`.
    """

    status: str | None = None
    branch: str | None = None
    page: int = 1
    size: int = 20
    refresh: bool = False


@dataclass(frozen=True, slots=True)
class RunPage:
    """A page of runs, the newest first.

    Attributes:
        total: the number of runs. GitHub counts at most 1,000 runs of a list with a filter; more are found while pages
            after them are read, so the total grows and is right on the last page.
        stale: a part of it is no longer fresh.
        fetched_at: when GitHub sent or confirmed its oldest part, in UTC.
    """

    items: Sequence[WorkflowRun]
    total: int
    stale: bool
    fetched_at: datetime
