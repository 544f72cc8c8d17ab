"""Workflow runs as the fake GitHub keeps them, and the filters of their lists. Pure but for the runs' own state."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Literal

from tests.peers.github.repository import Repository, Workflow

Conclusion = Literal["success", "failure", "cancelled", "timed_out"]
# Filtered lists stop there (docs: "List workflow runs for a repository").
_FILTERED_LIMIT = 1000
# Above GitHub's own 51 (docs: "Re-running workflows and jobs"), so that jobs' ids tell run and attempt.
_MOST_ATTEMPTS = 100


@dataclass(slots=True)
class Run:
    """A workflow run; its status is queued, in_progress or completed.

    Attributes:
        triggering_actor: who started this attempt; None for who started the run.
        earlier: the attempts before this one, as they ended, oldest first.
    """

    id: int
    repository: Repository
    workflow: Workflow
    number: int
    event: str
    title: str
    head_branch: str
    head_sha: str
    actor: str
    created_at: datetime
    inputs: Mapping[str, str] = field(default_factory=dict)
    status: str = "queued"
    conclusion: str | None = None
    attempt: int = 1
    started_at: datetime | None = None
    updated_at: datetime | None = None
    triggering_actor: str | None = None
    earlier: tuple["Run", ...] = ()

    @property
    def job_id(self) -> int:
        """The id of this attempt's only job."""
        return self.id * _MOST_ATTEMPTS + self.attempt

    @property
    def attempts(self) -> tuple["Run", ...]:
        """Every attempt, oldest first; the last one is the run itself."""
        return (*self.earlier, self)

    def start(self, now: datetime) -> None:
        """From queued to in progress."""
        self._expect("queued", "start")
        self.status, self.updated_at = "in_progress", now

    def finish(self, conclusion: Conclusion, now: datetime) -> None:
        """To completed, from wherever it is."""
        if self.status == "completed":
            raise ValueError(f"run {self.id} cannot finish: it is completed already")
        self.status, self.conclusion, self.updated_at = "completed", conclusion, now

    def rerun(self, now: datetime, actor: str) -> None:
        """The next attempt of the same run."""
        self._expect("completed", "be run again")
        self.earlier = (*self.earlier, replace(self, earlier=()))
        self.triggering_actor = actor
        self.status, self.conclusion = "queued", None
        self.attempt += 1
        self.started_at = self.updated_at = now

    def _expect(self, status: str, what: str) -> None:
        if self.status != status:
            raise ValueError(f"run {self.id} cannot {what}: it is {self.status}")


def of_job(job_id: int) -> tuple[int, int]:
    """The run and the attempt of a job's id."""
    return divmod(job_id, _MOST_ATTEMPTS)


def filtered(runs: list[Run], query: Mapping[str, str]) -> list[Run]:
    """The runs that match a list's query, newest first.

    Raises:
        ValueError: `created` is no date or range of dates.
    """
    wanted = {name: value for name, value in query.items() if name in _FILTERS}
    found = [run for run in runs if all(_FILTERS[name](run, value) for name, value in wanted.items())]
    newest_first = sorted(found, key=lambda run: (run.created_at, run.id), reverse=True)
    return newest_first[:_FILTERED_LIMIT] if wanted else newest_first


def _created(run: Run, text: str) -> bool:
    """Source: GitHub's "Understanding the search syntax", query for dates."""
    if ".." in text:
        first, last = text.split("..", 1)
        return (first == "*" or _from(first) <= run.created_at) and (last == "*" or run.created_at <= _to(last))
    if text.startswith(">="):
        return run.created_at >= _from(text[2:])
    if text.startswith("<="):
        return run.created_at <= _to(text[2:])
    if text.startswith(">"):
        return run.created_at > _to(text[1:])
    if text.startswith("<"):
        return run.created_at < _from(text[1:])
    return _from(text) <= run.created_at <= _to(text)


def _from(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _to(text: str) -> datetime:
    """A day without a time lasts until its end."""
    moment = _from(text)
    return moment if "T" in text else moment.replace(hour=23, minute=59, second=59, microsecond=999999)


_FILTERS: Mapping[str, Callable[[Run, str], bool]] = {
    "actor": lambda run, value: run.actor == value,
    "branch": lambda run, value: run.head_branch == value,
    "created": _created,
    "event": lambda run, value: run.event == value,
    "head_sha": lambda run, value: run.head_sha == value,
    "status": lambda run, value: value in {run.status, run.conclusion},
}
