"""An answer to "what if" as the API returns it, in JSON and as rows of CSV. It imports no web framework."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta

from provider.api.simulation.schemas import SimulationSchema
from provider.domain.simulation.figures import Fate, PolicyFigures, Simulated
from provider.domain.simulation.measures import days, fates_of
from provider.domain.simulation.policies import duration_text

COLUMNS: Sequence[str] = (
    "policy", "rebuildDelay", "window", "maxConcurrentBuilds", "since", "until", "images", "builds", "buildsPerWeek",
    "busiestHour", "busiestHourBuilds", "mostAtATime", "mostAtATimeAt", "medianDaysBehind", "onWithdrawn", "onReplaced",
    "onRepointed", "weeks", "worst",
)  # fmt: skip


def simulation_attributes(found: Simulated) -> Mapping[str, object]:
    """All attributes that `SimulationSchema` shows."""
    return {
        "since": found.since,
        "until": found.until,
        "owner": found.asked.owner,
        "images": found.images,
        "policies": [_policy(found, column) for column in found.columns],
        "notes": found.notes,
    }


def simulation_document(found: Simulated) -> Mapping[str, object]:
    """The answer in the format of the API."""
    document: Mapping[str, object] = SimulationSchema().dump(simulation_attributes(found))
    return document


def simulation_rows(found: Simulated) -> Iterator[Mapping[str, object]]:
    """One row for each policy, with `COLUMNS`."""
    shown = simulation_document(found)
    policies = shown["policies"]
    assert isinstance(policies, list)  # noqa: S101 - the schema dumps a list
    for policy in policies:
        hour, most = policy["busiestHour"] or {}, policy["mostAtATime"] or {}
        yield {
            **{name: policy.get(name, shown.get(name)) for name in COLUMNS},
            "busiestHour": hour.get("at"),
            "busiestHourBuilds": hour.get("builds", 0),
            "mostAtATime": most.get("builds", 0),
            "mostAtATimeAt": most.get("at"),
            "weeks": [week["builds"] for week in policy["weeks"]],
            "worst": "; ".join(f"{each['name']} {each['days']}" for each in policy["worst"]),
        }


def _policy(found: Simulated, column: PolicyFigures) -> Mapping[str, object]:
    policy, average = column.policy, column.builds_a_week(found.since, found.until)
    return {
        "policy": column.label,
        "rebuild_delay": _text(policy.delay if policy else None),
        "window": _text(policy.caps.window if policy else None),
        "max_concurrent_builds": policy.caps.builds if policy else None,
        "builds": column.builds,
        "builds_per_week": None if average is None else round(average, 1),
        "weeks": [
            {"start": found.since + number * timedelta(weeks=1), "builds": builds}
            for number, builds in enumerate(column.weeks)
        ],
        "busiest_hour": column.busiest_hour,
        "most_at_a_time": column.most_at_once,
        "median_days_behind": days(column.median_behind),
        "worst": [{"name": each.name, "days": days(each.time)} for each in column.worst],
        "on_withdrawn": fates_of(column, Fate.WITHDRAWN),
        "on_replaced": fates_of(column, Fate.REPLACED),
        "on_repointed": fates_of(column, Fate.REPOINTED),
        "withdrawn": column.withdrawn,
    }


def _text(duration: timedelta | None) -> str | None:
    return None if duration is None else duration_text(duration)
