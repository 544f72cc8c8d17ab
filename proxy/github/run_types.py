"""A workflow's runs as values, and how running one again fails."""

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
"""What a list of runs can be filtered by: a status or a conclusion (GitHub's docs, "List workflow runs")."""


class NotRerunnable(Never):
    """GitHub does not run this run again as it is: it still runs, nothing failed in it, or it is too old."""


@dataclass(frozen=True, slots=True)
class WorkflowRun:
    """A run as GitHub tells it; times are in UTC.

    Attributes:
        name: of the workflow.
        title: of the run.
        conclusion: None until it is completed.
        actor: the login of who started it first; None where the account is gone.
        started_at: when this attempt was started.
        workflow: the path of the workflow's file in the repository.
        repository: OWNER/NAME, as GitHub calls it now.
        url: its page.
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

    @property
    def commit_url(self) -> str:
        """The page of the commit that was built."""
        return f"{self.url.partition('/actions/')[0]}/commit/{self.head_sha}"

    @property
    def is_completed(self) -> bool:
        """Whether it has ended."""
        return self.status == COMPLETED

    def duration(self, now: datetime) -> timedelta | None:
        """How long this attempt took, or has taken until now; None while it waits for its start."""
        if not self.is_completed and self.status != IN_PROGRESS:
            return None
        return max(timedelta(0), (self.updated_at if self.is_completed else now) - self.started_at)


@dataclass(frozen=True, slots=True)
class RunQuery:
    """Which runs of a workflow; `page` counts from 1 and has `size` runs, 1 to 100.

    Attributes:
        status: one of `STATUSES`.
        refresh: ask GitHub anew; see `Cache.get`.
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
        total: how many there are. Of a list with a filter GitHub tells 1,000 at most; the rest is found on the way, so
            the total grows while pages behind the first 1,000 are read, and is right on the last one.
        stale: some of it is older than it should be.
        fetched_at: when GitHub said so, in UTC; of several answers the oldest.
    """

    items: Sequence[WorkflowRun]
    total: int
    stale: bool
    fetched_at: datetime
