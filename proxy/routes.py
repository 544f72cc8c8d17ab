"""Which requests the GitHub proxy passes on: an allow-list of templates, repositories and query keys. Pure."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from urllib.parse import quote, urlencode


class RouteAction(StrEnum):
    """The effect of a request at GitHub."""

    READ = "read"
    RERUN = "rerun"


@dataclass(frozen=True, slots=True)
class Allowed:
    """A request that may be sent.

    Attributes:
        action: what the caller needs permission for.
        repository: OWNER/NAME, spelled as in the enrollment.
        template: the name of the path's template, for freshness and messages.
        path: path and query below GitHub's API, rebuilt from what was matched.
        parts: the values of the template's placeholders.
    """

    action: RouteAction
    repository: str
    template: str
    path: str
    parts: Mapping[str, str] = field(default_factory=dict)

    @property
    def owner(self) -> str:
        """The user or organization that owns the repository."""
        return self.repository.partition("/")[0]


@dataclass(frozen=True, slots=True)
class RouteRefused:
    """A request that is not sent; `reason` says which requests are allowed instead."""

    reason: str


@dataclass(frozen=True, slots=True)
class _Template:
    name: str
    path: str
    keys: frozenset[str] = frozenset()
    action: RouteAction = RouteAction.READ


_PAGES = frozenset({"page", "per_page"})
_RUNS = _PAGES | {"actor", "branch", "created", "event", "exclude_pull_requests", "head_sha", "status"}
_PLACEHOLDERS = {
    "workflow": r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}",
    "branch": r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,254}",
    "run": r"[0-9]{1,19}",
    "job": r"[0-9]{1,19}",
    "attempt": r"[0-9]{1,6}",
}
_TEMPLATES = (
    _Template("repository", ""),
    _Template("branches", "/branches", _PAGES | {"protected"}),
    _Template("branch", "/branches/{branch}"),
    _Template("workflows", "/actions/workflows", _PAGES),
    _Template("workflow", "/actions/workflows/{workflow}"),
    _Template("workflow-runs", "/actions/workflows/{workflow}/runs", _RUNS),
    _Template("runs", "/actions/runs", _RUNS),
    _Template("run", "/actions/runs/{run}", frozenset({"exclude_pull_requests"})),
    _Template("attempt", "/actions/runs/{run}/attempts/{attempt}", frozenset({"exclude_pull_requests"})),
    _Template("jobs", "/actions/runs/{run}/jobs", _PAGES | {"filter"}),
    _Template("attempt-jobs", "/actions/runs/{run}/attempts/{attempt}/jobs", _PAGES),
    _Template("job", "/actions/jobs/{job}"),
    _Template("rerun", "/actions/runs/{run}/rerun", action=RouteAction.RERUN),
    _Template("rerun-failed-jobs", "/actions/runs/{run}/rerun-failed-jobs", action=RouteAction.RERUN),
)
_METHODS = {RouteAction.READ: frozenset({"GET", "HEAD"}), RouteAction.RERUN: frozenset({"POST"})}
_OF_REPOSITORY = re.compile(r"/repos/(?P<owner>[A-Za-z0-9-]{1,39})/(?P<name>[A-Za-z0-9._-]{1,100})(?P<rest>/.*)?")
_VALUE = re.compile(r"[\x20-\x7e]{0,255}")
_ALLOWED_REQUESTS = "runs, jobs, workflows, branches and the repository can be read, and a run can be run again"


def route(
    method: str, path: str, query: Sequence[tuple[str, str]], repositories: Mapping[str, str]
) -> Allowed | RouteRefused:
    """Decide whether a request may go to GitHub, and as which request.

    Args:
        method: the caller's.
        path: below the proxy's address, decoded at most once; a path that is still encoded is refused.
        query: names and values, decoded.
        repositories: the repositories of enrolled images, from lower case to the spelling of the enrollment.
    """
    found = _OF_REPOSITORY.fullmatch(path)
    if found is None or _is_unsafe(path):
        return RouteRefused(f"this path is not allowed; of an enrolled image's repository {_ALLOWED_REQUESTS}")
    repository = repositories.get(f"{found['owner']}/{found['name']}".lower())
    if repository is None:
        return RouteRefused("no enrolled image is built from this repository; enroll one to see its runs here")
    for template, pattern in _PATTERNS:
        if match := pattern.fullmatch(found["rest"] or ""):
            if method not in _METHODS[template.action]:
                continue
            if problem := _query_problem(template, query):
                return RouteRefused(problem)
            return Allowed(
                template.action,
                repository,
                template.name,
                _upstream_path(template, repository, match.groupdict(), query),
                match.groupdict(),
            )
    return RouteRefused(f"{method} is not allowed for this path; of an enrolled image's repository {_ALLOWED_REQUESTS}")


def _is_unsafe(path: str) -> bool:
    return "%" in path or "\\" in path or "//" in path or any(part in {".", ".."} for part in path.split("/"))


def _query_problem(template: _Template, query: Sequence[tuple[str, str]]) -> str | None:
    names = [name for name, _ in query]
    if unknown := sorted(set(names) - template.keys):
        allowed = ", ".join(sorted(template.keys)) or "none"
        return f"these query keys are not allowed: {', '.join(map(_shown, unknown))}; allowed here: {allowed}"
    if len(set(names)) < len(names):
        return "a query key is given twice; give each once"
    if wrong := [name for name, value in query if not _VALUE.fullmatch(value)]:
        return f"the value of {wrong[0]} is not allowed; use printable ASCII, at most 255 characters"
    return None


def _shown(name: str) -> str:
    return name if re.fullmatch(r"[A-Za-z0-9_-]{1,40}", name) else "a key that is not a name"


def _upstream_path(
    template: _Template, repository: str, parts: Mapping[str, str], query: Sequence[tuple[str, str]]
) -> str:
    rest = template.path.format(**{name: quote(part, safe="") for name, part in parts.items()})
    sent = f"?{urlencode(sorted(query))}" if query else ""
    return f"/repos/{quote(repository)}{rest}{sent}"


def _pattern(template: _Template) -> re.Pattern[str]:
    placeholders = {name: f"(?P<{name}>{pattern})" for name, pattern in _PLACEHOLDERS.items()}
    return re.compile(template.path.format(**placeholders))


_PATTERNS = tuple((template, _pattern(template)) for template in _TEMPLATES)
