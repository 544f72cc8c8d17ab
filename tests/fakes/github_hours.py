"""GitHub in memory, as much of it as a day of the service asks for, with its limits on a clock that is moved.

It stands in place of the transport, so everything above it is the product's code: sessions, tokens of an App, pacing.
"""

import base64
import hashlib
import json
import re
import threading
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from proxy.http.exchange import Answer

HOUR = timedelta(hours=1)
LIMIT = 5000
WORKFLOW = "on:\n  workflow_dispatch:\n    inputs:\n      image_factory_rebuild_id:\n      image_factory_base_images:\n"
_OWN = ("GET /users/", "POST /app/installations/")
_EXPRESSION = re.compile(r"p(\d+)_(\d+)")


@dataclass
class _Run:
    id: int
    repository: str
    started_at: datetime
    ends_at: datetime


@dataclass
class GitHubHours:
    """A GitHub App's installation with so many requests an hour and as many points of queries.

    Attributes:
        at: the time.
        limit: of an hour.
        build_time: how long a build takes.
        counted: requests that count, by the minute since the start.
        every: all requests, by what they are.
        refused: requests that a limit refused.
        writes: when something was changed.
    """

    at: datetime
    limit: int = LIMIT
    build_time: timedelta = timedelta(minutes=10)
    counted: Counter[int] = field(default_factory=Counter)
    every: Counter[str] = field(default_factory=Counter)
    refused: int = 0
    writes: list[datetime] = field(default_factory=list)
    _lock: threading.RLock = field(default_factory=threading.RLock)
    _used: Counter[tuple[str, int]] = field(default_factory=Counter)
    _runs: dict[int, _Run] = field(default_factory=dict)
    _tokens: int = 0

    def __post_init__(self) -> None:
        self.start = self.at

    def now(self) -> datetime:
        """The time."""
        return self.at

    def sleep(self, seconds: float) -> None:
        """Wait by moving the time."""
        with self._lock:
            self.at += timedelta(seconds=seconds)

    @property
    def highest_hour(self) -> int:
        """The most counted requests in any sixty minutes, whenever they begin."""
        minutes = [self.counted[minute] for minute in range(max(self.counted, default=0) + 1)]
        return max((sum(minutes[begin : begin + 60]) for begin in range(len(minutes))), default=0)

    def request(
        self, method: str, url: str, headers: Mapping[str, str], *, body: bytes | None = None, **_: object
    ) -> Answer:
        """See `Transport.request`."""
        path = url.removeprefix("https://api.github.com")
        with self._lock:
            if f"{method} {path}".startswith(_OWN):
                return self._of_app(path)
            resource = "graphql" if path == "/graphql" else "core"
            hour = int((self.at - self.start) / HOUR)
            if self._used[resource, hour] >= self.limit:
                self.refused += 1
                return self._answer(403, {"message": "API rate limit exceeded"}, resource, hour)
            kind, document = self._perform(method, path, json.loads(body) if body else {})
            self.every[kind] += 1
            etag = f'"{hashlib.sha256(json.dumps(document).encode() + headers["authorization"].encode()).hexdigest()}"'
            # An unchanged answer is free (GitHub's docs, "Best practices for using the REST API").
            if method == "GET" and headers.get("if-none-match") == etag:
                self.every["unchanged"] += 1
                return self._answer(304, None, resource, hour)
            self._used[resource, hour] += 1
            self.counted[int((self.at - self.start) / timedelta(minutes=1))] += 1
            return self._answer(200, document, resource, hour, {"etag": etag})

    def _answer(
        self, status: int, document: object, resource: str, hour: int, more: Mapping[str, str] | None = None
    ) -> Answer:
        headers = {
            "x-ratelimit-limit": str(self.limit),
            "x-ratelimit-remaining": str(self.limit - self._used[resource, hour]),
            "x-ratelimit-reset": str(int((self.start + (hour + 1) * HOUR).timestamp())),
            "x-ratelimit-resource": resource,
            "content-type": "application/json",
            **(more or {}),
        }
        return Answer(status, headers, b"" if document is None else json.dumps(document).encode(), "")

    def _of_app(self, path: str) -> Answer:
        """A new token each hour; these requests count against the App, not against the installation."""
        if path.startswith("/users/"):
            return Answer(200, {}, json.dumps({"id": 1, "app_slug": "image-factory"}).encode(), "")
        self._tokens += 1
        until = (self.at + HOUR).isoformat()
        return Answer(201, {}, json.dumps({"token": f"token-{self._tokens}", "expires_at": until}).encode(), "")

    def _perform(self, method: str, path: str, body: Mapping[str, object]) -> tuple[str, object]:
        if path == "/graphql":
            return "query", {"data": _found(body["variables"])}
        place, _, query = path.partition("?")
        repository, _, rest = place.removeprefix("/repos/").partition("/actions/")
        if method == "POST":
            run = self._started(repository)
            return "dispatch", {"workflow_run_id": run.id, "html_url": f"https://github.com/{repository}/{run.id}"}
        if "/contents/" in place:
            repository, _, file = repository.partition("/contents/")
            return "file", _file(repository, file, query)
        if rest == "runs":
            runs = [self._document(run) for run in self._runs.values() if run.repository == repository]
            return "list of runs", {"total_count": len(runs), "workflow_runs": runs}
        if rest.startswith("runs/"):
            return "run", self._document(self._runs[int(rest.removeprefix("runs/"))])
        return "repository", {"full_name": repository, "default_branch": "main"}

    def _started(self, repository: str) -> _Run:
        self.writes.append(self.at)
        run = _Run(len(self._runs) + 1, repository, self.at, self.at + self.build_time)
        self._runs[run.id] = run
        return run

    def _document(self, run: _Run) -> Mapping[str, object]:
        ended = self.at >= run.ends_at
        # While a run is in progress, its jobs change it: its list is different each time.
        changed = run.ends_at if ended else self.at
        return {
            "id": run.id,
            "status": "completed" if ended else "in_progress",
            "conclusion": "success" if ended else None,
            "repository": {"full_name": run.repository},
            "created_at": run.started_at.isoformat(),
            "updated_at": changed.isoformat(),
        }


def _found(variables: object) -> Mapping[str, object]:
    assert isinstance(variables, dict)
    found: dict[str, dict[str, object]] = {}
    for name, value in variables.items():
        if match := _EXPRESSION.fullmatch(name):
            number, file = match.groups()
            repository = f"{variables[f'o{number}']}/{variables[f'n{number}']}"
            text = _dockerfile(repository, value.partition(":")[2])
            part = found.setdefault(f"r{number}", {"nameWithOwner": repository, "head": {"oid": "1" * 40}})
            part[f"f{file}"] = {"byteSize": len(text), "isBinary": False, "isTruncated": False, "text": text}
    return found


def _file(repository: str, path: str, query: str) -> Mapping[str, object]:
    text = WORKFLOW if path.startswith(".github/") else _dockerfile(repository, path)
    url = f"https://api.github.com/repos/{repository}/contents/{path}?{query}"
    content = base64.b64encode(text.encode()).decode()
    return {"type": "file", "encoding": "base64", "content": content, "url": url}


def _dockerfile(repository: str, path: str) -> str:
    return f"# {repository} {path}\nFROM docker.io/library/base-{len(path) % 7}:1\n"
