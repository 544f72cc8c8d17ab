"""GET /api/v1/overview: how many images are up to date, what is behind, and what happened in the last seven days."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from provider.api.overview.schemas import OverviewQuery, OverviewSchema
from provider.api.records.histories import rebuild_document
from provider.api.resources import ReadingBlueprint
from provider.overview_ports import RecentRebuilds
from provider.services.overview.overviews import Overview, Overviews

MOST_PROBLEMS = 10


def overview_resources(overviews: Overviews, now: Callable[[], datetime]) -> Any:
    """The blueprint for the overview."""
    resources = ReadingBlueprint("overview", "How things are, in one answer")

    @resources.get("/api/v1/overview", OverviewSchema, OverviewQuery)
    def read_overview(query: Mapping[str, Any]) -> dict[str, object]:
        """Get the overview.

        Returns how many managed images are proven to be up to date, behind, not known, failing and held, the ten that
        are behind for longest, what changed, was rebuilt and was released in the last seven days, the problems of the
        config repository, and when each part was last checked. The page /overview shows the same.
        """
        return overview_document(overviews.read(now(), query["owner"]))

    return resources.blueprint


def overview_document(found: Overview) -> dict[str, object]:
    """All attributes that `OverviewSchema` shows."""
    return {
        "at": found.at,
        "since": found.since,
        "owners": found.owners,
        "images": {
            "total": found.total,
            "up_to_date": found.up_to_date,
            "behind": found.behind.total,
            "behind_since": found.behind.since,
            "not_known": found.not_known,
            "failing": found.failing,
            "held": found.held,
            "statuses": _counts(found.managed),
            "base_statuses": _counts(found.bases),
        },
        "behind": found.behind.worst,
        "changes": found.changes,
        "rebuilds": _rebuilds(found.rebuilds),
        "releases": found.releases,
        "problems": {"total": len(found.problems), "items": found.problems[:MOST_PROBLEMS]},
        "parts": found.parts,
    }


def _rebuilds(found: RecentRebuilds) -> dict[str, object]:
    conclusions = {conclusion or "none": count for conclusion, count in found.by_conclusion.items()}
    items = [rebuild_document(rebuild) for rebuild in found.latest]
    return {"total": found.total, "by_conclusion": _counts(conclusions), "latest": items}


def _counts(numbers: Mapping[str, int]) -> list[dict[str, object]]:
    return [{"value": value, "count": count} for value, count in numbers.items()]
