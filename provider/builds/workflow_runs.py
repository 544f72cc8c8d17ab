"""Reads GitHub's workflow runs, and finds the run that a request started. Pure."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from catalog.image import Conclusion
from provider.domain.build_request import Run

# GitHub's clock and ours may differ; runs are identified by our id, so an earlier start of the search is harmless.
SKEW = timedelta(minutes=2)
# Every other conclusion, such as startup_failure, action_required or stale, is a failure: no image was built.
_CONCLUSIONS = {
    "success": Conclusion.SUCCESS,
    "cancelled": Conclusion.CANCELLED,
    "skipped": Conclusion.CANCELLED,
    "timed_out": Conclusion.TIMED_OUT,
}


@dataclass(frozen=True, slots=True)
class ListedRun:
    """A run as GitHub lists it."""

    run: Run
    repository: str
    title: str
    actor: str
    branch: str
    created_at: datetime


def read_run(document: Mapping[str, Any]) -> ListedRun:
    """Read a run from GitHub's JSON.

    Raises:
        KeyError, TypeError, ValueError: it is not a run.
    """
    completed = document["status"] == "completed" and document["conclusion"] is not None
    run = Run(
        id=str(document["id"]),
        url=document.get("html_url"),
        status=str(document["status"]),
        conclusion=_CONCLUSIONS.get(document["conclusion"], Conclusion.FAILURE) if completed else None,
        # GitHub returns no other time for the end of a run.
        completed_at=datetime.fromisoformat(document["updated_at"]) if completed else None,
    )
    return ListedRun(
        run=run,
        repository=str(document["repository"]["full_name"]),
        title=f"{document.get('display_title') or ''}\n{document.get('name') or ''}",
        actor=str((document.get("triggering_actor") or document.get("actor") or {}).get("login", "")),
        branch=str(document.get("head_branch") or ""),
        created_at=datetime.fromisoformat(document["created_at"]),
    )


def with_id(runs: Iterable[ListedRun], rebuild_id: str) -> Run | None:
    """The run whose title contains the id as a whole word."""
    word = re.compile(rf"(?<![\w-]){re.escape(rebuild_id)}(?![\w-])")
    return next((each.run for each in runs if word.search(each.title)), None)


def only_candidate(runs: Iterable[ListedRun], actor: str, ref: str, requested_at: datetime) -> Run | None:
    """The only run of this actor on this ref since the request; None if there are several: one may be a person's."""
    # GitHub's times have whole seconds.
    since = requested_at.replace(microsecond=0)
    branch = ref.removeprefix("refs/heads/").removeprefix("refs/tags/")
    found = [
        each.run
        for each in runs
        if each.actor.lower() == actor.lower() and each.branch == branch and each.created_at >= since
    ]
    return found[0] if len(found) == 1 else None
