"""Everything the fake GitHub knows."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Literal

from tests.peers.github.repository import Repository
from tests.peers.github.runs import Run

OwnerType = Literal["Organization", "User"]


@dataclass(frozen=True, slots=True)
class Token:
    """What a token may do beyond reading; fine-grained tokens cannot read packages at GitHub."""

    login: str
    can_write: bool = True
    can_read_packages: bool = True


@dataclass(slots=True)
class PackageVersion:
    """One manifest of a container package; replaced tags leave it without any."""

    id: int
    digest: str
    tags: list[str]
    created_at: datetime
    updated_at: datetime


def utc_now() -> datetime:
    """The real time, to the second, as GitHub tells times."""
    return datetime.now(UTC).replace(microsecond=0)


@dataclass(slots=True)
class State:
    """The whole of it; `lock` is held while a request is carried out and by the controls.

    Attributes:
        clock: the time that GitHub stamps on things.
        owners: type by login.
        packages: container package versions, oldest first, by owner and name.
        ghes: whether it behaves as GitHub Enterprise Server up to 3.20, which refuses `return_run_details`.
    """

    clock: Callable[[], datetime] = utc_now
    owners: dict[str, OwnerType] = field(default_factory=dict)
    tokens: dict[str, Token] = field(default_factory=dict, repr=False)
    repositories: dict[str, Repository] = field(default_factory=dict)
    runs: dict[int, Run] = field(default_factory=dict)
    packages: dict[tuple[str, str], list[PackageVersion]] = field(default_factory=dict)
    ghes: bool = False
    dispatched: Callable[[Run], None] | None = None
    lock: threading.RLock = field(default_factory=threading.RLock, repr=False)
    _last_id: int = 9000

    def new_id(self) -> int:
        """An id that nothing else has, larger than all before."""
        self._last_id += 1
        return self._last_id

    def add_run(
        self,
        repository: Repository,
        workflow_name: str,
        *,
        event: str,
        ref: str,
        actor: str,
        inputs: dict[str, str],
        title: str | None = None,
    ) -> Run:
        """A queued run of a workflow at a ref."""
        workflow = repository.workflow(workflow_name)
        commit = repository.resolve(ref)
        if workflow is None or commit is None:
            raise LookupError(f"{repository.full_name} has no workflow {workflow_name} or no ref {ref}")
        file = repository.workflow_at(workflow, commit) or workflow.file
        seen = file.with_defaults(inputs)
        now = self.clock()
        run = Run(
            id=self.new_id(),
            repository=repository,
            workflow=workflow,
            number=1 + sum(each.workflow.id == workflow.id for each in self.runs.values()),
            event=event,
            title=title or file.title(seen),
            head_branch=ref.removeprefix("refs/heads/").removeprefix("refs/tags/"),
            head_sha=commit.sha,
            actor=actor,
            created_at=now,
            inputs=seen,
            started_at=now,
            updated_at=now,
        )
        self.runs[run.id] = run
        return run
