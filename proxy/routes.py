"""Which requests the GitHub-shaped face passes on: an allow-list of templates, repositories and query keys. Pure."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from urllib.parse import quote, urlencode


class Doing(StrEnum):
    """What a request does upstream."""

    READ = "read"
    RERUN = "rerun"


@dataclass(frozen=True, slots=True)
class Allowed:
    """A request that may be sent.

    Attributes:
        doing: what the caller has to be allowed.
        repository: OWNER/NAME, spelled as the enrollment has it.
        template: the name of the path's template, for freshness and messages.
        path: path and query below GitHub's API, rebuilt from what was matched.
        parts: what the template's places were filled with.
    """

    doing: Doing
    repository: str
    template: str
    path: str
    parts: Mapping[str, str] = field(default_factory=dict)

    @property
    def owner(self) -> str:
        """Whose repository it is."""
        return self.repository.partition("/")[0]


@dataclass(frozen=True, slots=True)
class RouteRefused:
    """A request that goes nowhere; `reason` says what may be asked instead."""

    reason: str


@dataclass(frozen=True, slots=True)
class _Template:
    name: str
    path: str
    keys: frozenset[str] = frozenset()
    doing: Doing = Doing.READ


_PAGES = frozenset({"page", "per_page"})
_RUNS = _PAGES | {"actor", "branch", "created", "event", "exclude_pull_requests", "head_sha", "status"}
_PLACES = {
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
    _Template("rerun", "/actions/runs/{run}/rerun", doing=Doing.RERUN),
    _Template("rerun-failed-jobs", "/actions/runs/{run}/rerun-failed-jobs", doing=Doing.RERUN),
)
_METHODS = {Doing.READ: frozenset({"GET", "HEAD"}), Doing.RERUN: frozenset({"POST"})}
_OF_REPOSITORY = re.compile(r"/repos/(?P<owner>[A-Za-z0-9-]{1,39})/(?P<name>[A-Za-z0-9._-]{1,100})(?P<rest>/.*)?")
_VALUE = re.compile(r"[\x20-\x7e]{0,255}")
_WHAT_THERE_IS = "runs, jobs, workflows, branches and the repository can be read, and a run can be run again"


def route(
    method: str, path: str, query: Sequence[tuple[str, str]], repositories: Mapping[str, str]
) -> Allowed | RouteRefused:
    """Whether a request may go to GitHub, and as what.

    Args:
        method: the caller's.
        path: below the face; decoded once at most: what is still encoded is refused.
        query: names and values, decoded.
        repositories: those of enrolled images, in lower case, to how enrollments spell them.
    """
    found = _OF_REPOSITORY.fullmatch(path)
    if found is None or _strange(path):
        return RouteRefused(f"this path is not allowed; of an enrolled image's repository {_WHAT_THERE_IS}")
    repository = repositories.get(f"{found['owner']}/{found['name']}".lower())
    if repository is None:
        return RouteRefused("no enrolled image is built from this repository; enroll one to see its runs here")
    for template, pattern in _PATTERNS:
        if match := pattern.fullmatch(found["rest"] or ""):
            if method not in _METHODS[template.doing]:
                continue
            if problem := _query_problem(template, query):
                return RouteRefused(problem)
            return Allowed(
                template.doing,
                repository,
                template.name,
                _upstream(template, repository, match.groupdict(), query),
                match.groupdict(),
            )
    return RouteRefused(f"{method} is not allowed for this path; of an enrolled image's repository {_WHAT_THERE_IS}")


def _strange(path: str) -> bool:
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
    return name if re.fullmatch(r"[A-Za-z0-9_-]{1,40}", name) else "one that is no name"


def _upstream(template: _Template, repository: str, parts: Mapping[str, str], query: Sequence[tuple[str, str]]) -> str:
    rest = template.path.format(**{name: quote(part, safe="") for name, part in parts.items()})
    asked = f"?{urlencode(sorted(query))}" if query else ""
    return f"/repos/{quote(repository)}{rest}{asked}"


def _pattern(template: _Template) -> re.Pattern[str]:
    places = {name: f"(?P<{name}>{pattern})" for name, pattern in _PLACES.items()}
    return re.compile(template.path.format(**places))


_PATTERNS = tuple((template, _pattern(template)) for template in _TEMPLATES)
