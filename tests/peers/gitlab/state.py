"""The state of the fake GitLab."""

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

TOKEN = "glpat-" + "tanuki-0123456789"
"""The token of the user `factory`."""

WEB = "https://gitlab.example.com"
"""The start of addresses for people."""


@dataclass(frozen=True, slots=True)
class Token:
    """A user, and what the token may do beyond reading.

    Attributes:
        can_build: has the role Developer or more.
        reads_variables: may read the variables of a pipeline; GitLab refuses it to some group tokens.
        sets_variables: has the role that the project requires for pipeline variables.
    """

    login: str
    can_build: bool = True
    reads_variables: bool = True
    sets_variables: bool = True


@dataclass(slots=True)
class Pipeline:
    """A pipeline."""

    id: int
    iid: int
    ref: str
    source: str
    login: str
    created_at: datetime
    updated_at: datetime
    variables: Mapping[str, str]
    status: str = "created"
    failure_reason: str = "script_failure"
    finished_at: datetime | None = None


@dataclass(slots=True)
class StoredMergeRequest:
    """A merge request between branches of one project."""

    id: int
    iid: int
    source: str
    target: str
    title: str
    description: str
    created_at: datetime
    updated_at: datetime
    state: str = "opened"


@dataclass(frozen=True, slots=True)
class StoredStatus:
    """The status of a commit."""

    sha: str
    state: str
    name: str
    description: str
    target_url: str


@dataclass(slots=True)
class Project:
    """A project with the files of each branch.

    Attributes:
        former: the paths that it had before.
        private: only callers with a token see it.
    """

    id: int
    path: str
    branches: dict[str, dict[str, str]] = field(default_factory=dict)
    default_branch: str = "main"
    former: list[str] = field(default_factory=list)
    private: bool = False
    builds: bool = True
    pipelines: dict[int, Pipeline] = field(default_factory=dict)
    merge_requests: list[StoredMergeRequest] = field(default_factory=list)
    statuses: list[StoredStatus] = field(default_factory=list)

    @property
    def commit(self) -> str:
        """The only commit that it knows."""
        return f"{self.id:040x}"


def utc_now() -> datetime:
    """The real time."""
    return datetime.now(UTC)


@dataclass(slots=True)
class State:
    """The whole of it; `lock` is held while a request is carried out and by the controls.

    Attributes:
        clock: the time that GitLab stamps on things.
        started: is called with each pipeline that is created.
    """

    clock: Callable[[], datetime] = utc_now
    tokens: dict[str, Token] = field(default_factory=lambda: {TOKEN: Token("factory")}, repr=False)
    projects: dict[str, Project] = field(default_factory=dict)
    started: Callable[[Pipeline], None] | None = None
    lock: threading.RLock = field(default_factory=threading.RLock, repr=False)
    last_id: int = 4000

    def new_id(self) -> int:
        """An id that nothing else has."""
        self.last_id += 1
        return self.last_id

    def named(self, name: str) -> Project | None:
        """The project with this path or id; paths are compared without case."""
        for project in self.projects.values():
            if name == str(project.id) or name.lower() == project.path.lower():
                return project
        return None

    def formerly(self, path: str) -> Project | None:
        """The project that had this path before."""
        return next((each for each in self.projects.values() if path.lower() in map(str.lower, each.former)), None)

    def pipeline(self, pipeline_id: int) -> Pipeline:
        """A pipeline of any project."""
        return next(each.pipelines[pipeline_id] for each in self.projects.values() if pipeline_id in each.pipelines)
