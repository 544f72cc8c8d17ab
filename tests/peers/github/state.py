"""The state of the fake GitHub."""

import threading
import zlib
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Literal

from tests.peers.github.hook_state import Hook
from tests.peers.github.repository import Repository
from tests.peers.github.runs import Conclusion, Run

if TYPE_CHECKING:
    from tests.peers.github.reviews import CommitStatus, PullRequest

_DURATION = timedelta(minutes=1)

OwnerType = Literal["Organization", "User"]


@dataclass(frozen=True, slots=True)
class Token:
    """What a token may do beyond reading; fine-grained tokens cannot read packages at GitHub.

    Attributes:
        installed_for: whose private repositories it sees, where it is a GitHub App's; None: everybody's.
    """

    login: str
    can_write: bool = True
    can_read_packages: bool = True
    installed_for: str | None = None
    can_manage_hooks: bool = True

    def sees(self, owner: str) -> bool:
        """Whether the token can read private repositories of this owner."""
        return self.installed_for is None or self.installed_for.lower() == owner.lower()


@dataclass(slots=True)
class PackageVersion:
    """One manifest of a container package; replaced tags leave it without any."""

    id: int
    digest: str
    tags: list[str]
    created_at: datetime
    updated_at: datetime


def utc_now() -> datetime:
    """The real time, to the second, as GitHub writes times."""
    return datetime.now(UTC).replace(microsecond=0)


def owner_id(login: str) -> int:
    """The number of a user or an organization: the same for a login everywhere."""
    return zlib.crc32(login.lower().encode())


@dataclass(slots=True)
class State:
    """The whole of it; `lock` is held while a request is carried out and by the controls.

    Attributes:
        clock: the time that GitHub stamps on things.
        owners: type by login.
        moved: the ids of renamed repositories, by the OWNER/NAME that they had.
        packages: container package versions, oldest first, by owner and name.
        pulls: the pull requests of each repository, by its id, oldest first.
        statuses: the statuses of its commits, likewise.
        hooks: webhooks by OWNER/NAME/ID or ORGANIZATION/ID, in lower case, and the App's by its id.
        ghes: whether it behaves as GitHub Enterprise Server up to 3.20, which refuses `return_run_details`.
        log_address: a signed address of a job's log, by the job's id.
    """

    clock: Callable[[], datetime] = utc_now
    owners: dict[str, OwnerType] = field(default_factory=dict)
    tokens: dict[str, Token] = field(default_factory=dict, repr=False)
    repositories: dict[str, Repository] = field(default_factory=dict)
    moved: dict[str, int] = field(default_factory=dict)
    runs: dict[int, Run] = field(default_factory=dict)
    packages: dict[tuple[str, str], list[PackageVersion]] = field(default_factory=dict)
    pulls: dict[int, list["PullRequest"]] = field(default_factory=dict)
    statuses: dict[int, list["CommitStatus"]] = field(default_factory=dict)
    hooks: dict[str, Hook] = field(default_factory=dict)
    ghes: bool = False
    dispatched: Callable[[Run], None] | None = None
    log_address: Callable[[int], str] | None = None
    lock: threading.RLock = field(default_factory=threading.RLock, repr=False)
    _last_id: int = 9000
    _run_numbers: Counter[int] = field(default_factory=Counter)

    def new_id(self) -> int:
        """An id that nothing else has, larger than all before."""
        self._last_id += 1
        return self._last_id

    def renamed(self, full_name: str) -> Repository | None:
        """The repository that had that OWNER/NAME before."""
        number = self.moved.get(full_name.lower())
        return next((each for each in self.repositories.values() if each.id == number), None)

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
        created_at: datetime | None = None,
        conclusion: Conclusion | None = None,
    ) -> Run:
        """A run of a workflow at a ref: queued, or where a conclusion is given completed a minute after its start."""
        workflow = repository.workflow(workflow_name)
        commit = repository.resolve(ref)
        if workflow is None or commit is None:
            raise LookupError(f"{repository.full_name} has no workflow {workflow_name} or no ref {ref}")
        file = repository.workflow_at(workflow, commit) or workflow.file
        seen = file.with_defaults(inputs)
        now = created_at or self.clock()
        self._run_numbers[workflow.id] += 1
        run = Run(
            id=self.new_id(),
            repository=repository,
            workflow=workflow,
            number=self._run_numbers[workflow.id],
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
        if conclusion:
            run.finish(conclusion, now + _DURATION)
        self.runs[run.id] = run
        return run
