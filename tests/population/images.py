"""The images of an organization, computed from their numbers. Pure."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

from catalog.image import (
    DependencyDocument,
    DependencyRole,
    DiscoveryDocument,
    DiscoveryStatus,
    Evidence,
    Failure,
    Image,
    OriginDocument,
    Role,
    Status,
)
from catalog.times import utc_day
from tests.population.histories import BEFORE, digest_of, digests_of, rebuilds_of

GROUP = 900
"""Images that share one base image and one managed parent: a third depends on each, and a third on other images."""

_TEAMS = 20
_LIBRARY_EACH = 10
_DELAY = timedelta(days=7)
# One of each in every hundred managed images; the rest is proven to be up to date.
_STATUSES = {
    3: Status.ERROR,
    7: Status.FAILED,
    11: Status.HELD,
    17: Status.UNKNOWN,
    23: Status.UNVERIFIED,
    31: Status.REBUILDING,
    41: Status.DUE,
}
_REASONS = {
    Status.ERROR: "The registry ghcr.io answers 503.",
    Status.FAILED: "The last build failed.",
    Status.HELD: "On hold by user:default/jane: release freeze.",
    Status.UNKNOWN: "Not known: ARG VERSION has no value in line 3 of Dockerfile.",
    Status.UNVERIFIED: "The digest of the base image that it was built from is not known; a rebuild makes it certain.",
    Status.REBUILDING: "A build is running.",
    Status.DUE: "A rebuild is due and waits for its turn.",
    Status.UP_TO_DATE: "Built on the latest eligible digest of every base image.",
}
_BEHIND = frozenset({Status.HELD, Status.FAILED, Status.DUE, Status.WAITING, Status.REBUILDING})


def population(count: int, now: datetime) -> Iterator[Image]:
    """This number of images; the same for the same number and time."""
    for number in range(count):
        if number % GROUP == 0:
            yield _base(_group_base(number), f"node:{22 + number // GROUP}", now - timedelta(days=2))
        elif number % GROUP == 1:
            yield _waiting(_managed(number, _group_parent(number), _group_base(number), now), now, "")
        elif number % GROUP == 2:
            child = _managed(number, _name(number), _group_parent(number), now)
            yield _waiting(child, now, f"{_group_parent(number)} is rebuilt first. ")
        elif number % _LIBRARY_EACH == 0:
            yield _base(f"library-{number:05}", f"library-{number}:1", now - timedelta(days=number % 60, hours=5))
        else:
            yield _one_of_many(number, now)


def _one_of_many(number: int, now: datetime) -> Image:
    first = (_group_base(number), _group_parent(number), _library(number))[number % 3]
    made = _managed(number, _name(number), first, now)
    status = _STATUSES.get(number % 100, Status.UP_TO_DATE)
    behind = now - timedelta(days=number % 30, hours=number % 23 + 1) if status in _BEHIND else None
    error = Failure(now - timedelta(hours=5), _REASONS[status]) if status is Status.ERROR else None
    return replace(made, status=status, reason=_REASONS[status], behind_since=behind, last_error=error)


def _base(name: str, tagged: str, changed: datetime) -> Image:
    repository, _, tag = tagged.partition(":")
    updates = digests_of(name, changed)
    return Image(
        name,
        Role.BASE,
        "docker.io",
        f"library/{repository}",
        tag,
        Status.WATCHED,
        f"It changed on {utc_day(changed)}.",
        "group:default/platform",
        digest=updates[-1].digest,
        digest_since=changed,
        previous_digest=updates[0].digest,
        last_updated=changed,
        first_discovered=updates[0].first_seen,
        updates=updates,
    )


def _managed(number: int, name: str, base: str, now: datetime) -> Image:
    reference = _reference(base)
    rebuilds = tuple(rebuilds_of(name, number, base, reference, now))
    edge = DependencyDocument(
        base,
        reference,
        DependencyRole.FINAL,
        ("from",),
        built_on=digest_of(base),
        evidence=Evidence.PASSED if rebuilds[-1].freshness == "passed" else Evidence.VERIFIED,
        newest=digest_of(base),
        status=Status.WAITING if base.startswith("base-") else Status.WATCHED,
    )
    updates = digests_of(name, rebuilds[-1].requested_at + timedelta(minutes=5))
    return Image(
        name,
        Role.MANAGED,
        "ghcr.io",
        f"acme/{name}",
        "latest",
        Status.UP_TO_DATE,
        _REASONS[Status.UP_TO_DATE],
        f"group:default/team-{number % _TEAMS:02}",
        digest=updates[-1].digest,
        digest_since=updates[-1].first_seen,
        previous_digest=updates[0].digest,
        last_updated=updates[-1].first_seen,
        last_built=rebuilds[-1].completed_at,
        enrolled_at=now - timedelta(days=100),
        discovery=DiscoveryDocument(DiscoveryStatus.SUCCESS),
        dependencies=(edge,),
        enrollment=_entry(number, name),
        last_rebuild=rebuilds[-1],
        updates=updates,
        rebuilds=rebuilds,
        origins=(OriginDocument(updates[-1].digest, (digest_of(base),)),),
    )


def _waiting(image: Image, now: datetime, before: str) -> Image:
    """The image, built from the digests that its base image had before it changed two days ago."""
    changed, until = now - timedelta(days=2), now - timedelta(days=2) + _DELAY
    (edge,) = image.dependencies
    built_on = digest_of(edge.name, BEFORE) if image.name.startswith("base-") else digest_of(edge.name)
    return replace(
        image,
        status=Status.WAITING,
        reason=f"{before}node:22 changed on {utc_day(changed)}; rebuild on or after {utc_day(until)} (7-day delay).",
        next_eligible_at=until,
        behind_since=changed,
        dependencies=(replace(edge, built_on=built_on),),
        origins=(OriginDocument(digest_of(image.name), (built_on,)),),
    )


def _entry(number: int, name: str) -> dict[str, object]:
    criticality = {0: "high", 1: "low"}.get(number % 9)
    source = {"provider": "github", "repo": f"acme/{name}", "workflow": "build.yml"}
    entry: dict[str, object] = {"name": name, "registry": "ghcr.io", "repository": f"acme/{name}", "source": source}
    return {**entry, "criticality": criticality} if criticality else entry


def _name(number: int) -> str:
    return "payments-api" if number == 2 else f"team-{number % _TEAMS:02}-service-{number:05}"


def _group_base(number: int) -> str:
    return f"node-{22 + number // GROUP}"


def _group_parent(number: int) -> str:
    return "base-node" if number < GROUP else f"base-node-{number // GROUP}"


def _library(number: int) -> str:
    own = number // _LIBRARY_EACH * _LIBRARY_EACH
    return f"library-{own:05}" if own % GROUP else _group_base(number)


def _reference(base: str) -> str:
    if base.startswith("base-"):
        return f"ghcr.io/acme/{base}:latest"
    kind, _, number = base.partition("-")
    return f"docker.io/library/node:{number}" if kind == "node" else f"docker.io/library/library-{int(number)}:1"
