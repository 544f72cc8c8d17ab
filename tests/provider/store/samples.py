"""Images for the tests of the store."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from catalog.image import (
    CauseDocument,
    Conclusion,
    DependencyDocument,
    DependencyRole,
    DiscoveryDocument,
    DiscoveryStatus,
    Evidence,
    Failure,
    Image,
    OriginDocument,
    RebuildDocument,
    Role,
    Status,
    UnresolvedDocument,
    UpdateDocument,
)
from catalog.reference import Digest

NOW = datetime(2026, 3, 1, 12, 30, 5, 123456, tzinfo=UTC)
DIGEST = Digest("sha256:" + "a" * 64)
PREVIOUS = Digest("sha256:" + "b" * 64)


def base(name: str, *, status: Status = Status.WATCHED, owner: str = "group:default/platform") -> Image:
    """A base image with few known fields."""
    return Image(name, Role.BASE, "docker.io", f"library/{name}", "latest", status, "It is watched.", owner)


def managed(name: str, *bases: str, status: Status = Status.UP_TO_DATE) -> Image:
    """A managed image that depends on these bases."""
    return replace(
        base(name, status=status, owner="group:default/team-a"),
        role=Role.MANAGED,
        registry="ghcr.io",
        repository=f"acme/{name}",
        dependencies=tuple(
            DependencyDocument(one, f"docker.io/library/{one}:latest", DependencyRole.FINAL, ("from",)) for one in bases
        ),
    )


def built(image: Image, *digests: Digest, origins: Mapping[Digest, tuple[Digest, ...]] | None = None) -> Image:
    """The image with the digests that it was built from, one a dependency, and the origins of its digests."""
    edges = zip(image.dependencies, digests, strict=True)
    return replace(
        image,
        dependencies=tuple(replace(edge, built_on=digest, evidence=Evidence.PASSED) for edge, digest in edges),
        origins=tuple(OriginDocument(own, found) for own, found in (origins or {}).items()),
    )


def full(name: str = "full") -> Image:
    """An image with every field set."""
    rebuild = RebuildDocument(
        id="r1",
        requested_at=NOW,
        dispatched_at=NOW + timedelta(seconds=1),
        completed_at=None,
        status="completed",
        conclusion=Conclusion.TIMED_OUT,
        url="https://example.com/runs/1",
        requested_by="schedule",
        emergency=True,
        reason="node moved",
        causes=(CauseDocument("node", "docker.io/library/node:22", DIGEST, None, NOW),),
        freshness="verified",
    )
    node, alpine = managed(name, "node", "alpine").dependencies
    evident = replace(
        node,
        platforms=("linux/amd64",),
        built_on=DIGEST,
        evidence=Evidence.VERIFIED,
        newest=PREVIOUS,
        built_on_since=NOW,
    )
    return replace(
        managed(name),
        dependencies=(replace(evident, status=Status.WATCHED), alpine),
        origins=(OriginDocument(DIGEST, (PREVIOUS,)),),
        digest=DIGEST,
        previous_digest=PREVIOUS,
        next_eligible_at=NOW,
        behind_since=NOW - timedelta(days=2),
        last_updated=NOW,
        last_built=NOW - timedelta(days=1),
        enrolled_at=NOW,
        first_discovered=NOW,
        discovery=DiscoveryDocument(
            DiscoveryStatus.FAILED, "line 3: no such stage", (UnresolvedDocument("VERSION", 3),)
        ),
        enrollment={
            "name": name,
            "criticality": "high",
            "source": {"buildArgs": {"NODE": "22"}},
            "platforms": ["linux/amd64"],
        },
        last_rebuild=rebuild,
        last_error=Failure(NOW, "The registry answers 503."),
        title="Ünïcode 100%",
        notes=("The tag of a pinned base changed.",),
        updates=(UpdateDocument(DIGEST, PREVIOUS, NOW, NOW, "poll", repoint=True, platforms=("linux/amd64",)),),
        rebuilds=(rebuild, replace(rebuild, id="r0", conclusion=None)),
    )
