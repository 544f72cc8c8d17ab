"""GitHub's documents about runs: their cached form, and their values. Pure."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from proxy.errors import Garbage
from proxy.github.run_types import WorkflowRun

# The fields of a run's twenty kilobytes that this service shows or checks.
_KEPT = (
    "id",
    "name",
    "display_title",
    "status",
    "conclusion",
    "head_sha",
    "head_branch",
    "event",
    "run_attempt",
    "created_at",
    "run_started_at",
    "updated_at",
    "path",
    "html_url",
)
_WEB = ("https://", "http://")


@dataclass(frozen=True, slots=True)
class RunList:
    """One page of GitHub's list, the newest first; `total` is GitHub's count."""

    total: int
    runs: tuple[WorkflowRun, ...]


def condense(body: bytes, where: str) -> bytes:
    """The same list with only the needed fields.

    Args:
        body: GitHub's list of workflow runs.
        where: the path of the list, for messages.

    Raises:
        Garbage: it is not a list of runs.
    """
    try:
        document = json.loads(body)
        kept = {
            "total_count": document["total_count"],
            "workflow_runs": [_condensed(run) for run in document["workflow_runs"]],
        }
        _list_of(kept)
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise Garbage(f"{where}: GitHub's answer is not a list of workflow runs; retried later") from error
    return json.dumps(kept, separators=(",", ":")).encode()


def read_list(condensed: bytes) -> RunList:
    """The values of a condensed list."""
    return _list_of(json.loads(condensed))


def read_run(body: bytes, where: str) -> WorkflowRun:
    """Parse one run.

    Raises:
        Garbage: the body is not a run.
    """
    try:
        return _run_of(_condensed(json.loads(body)))
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise Garbage(f"{where}: GitHub's answer is not a workflow run; retried later") from error


def _condensed(run: Mapping[str, Any]) -> dict[str, Any]:
    kept = {name: run.get(name) for name in _KEPT}
    actor = run.get("actor") or {}
    return {
        **kept,
        "actor": actor.get("login"),
        "repository": run["repository"]["full_name"],
        "commit_message": _first_line((run.get("head_commit") or {}).get("message")),
    }


def _first_line(message: object) -> str | None:
    """The first line of a commit's message; None where GitHub does not have the commit."""
    return next(iter(message.strip().splitlines()), "").strip() if isinstance(message, str) else None


def _list_of(document: Mapping[str, Any]) -> RunList:
    return RunList(int(document["total_count"]), tuple(_run_of(run) for run in document["workflow_runs"]))


def _run_of(run: Mapping[str, Any]) -> WorkflowRun:
    created_at = _time(run["created_at"])
    url = _text(run["html_url"])
    if not url.startswith(_WEB):
        raise ValueError("a run's page is not on the web")
    return WorkflowRun(
        id=int(run["id"]),
        name=_optional(run["name"]),
        title=_optional(run["display_title"]) or "",
        # A run that was created a moment ago may have no status yet (GitHub's schema allows null).
        status=_optional(run["status"]) or "queued",
        conclusion=_optional(run["conclusion"]),
        head_sha=_text(run["head_sha"]),
        head_branch=_optional(run["head_branch"]),
        event=_text(run["event"]),
        actor=_optional(run["actor"]),
        attempt=int(run["run_attempt"] or 1),
        created_at=created_at,
        started_at=_time(run["run_started_at"]) if run["run_started_at"] else created_at,
        updated_at=_time(run["updated_at"]),
        # GitHub may add the ref: `.github/workflows/build.yml@main`.
        workflow=_text(run["path"]).partition("@")[0],
        repository=_text(run["repository"]),
        url=url,
        # What an earlier version cached does not have it.
        commit_message=_optional(run.get("commit_message")),
    )


def _time(value: object) -> datetime:
    moment = datetime.fromisoformat(_text(value))
    if moment.tzinfo is None:
        raise ValueError("a time has no zone")
    return moment


def _optional(value: object) -> str | None:
    return None if value is None else _text(value)


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError("not a text")
    return value
