"""Images for the tests of the catalog."""

from datetime import UTC, datetime, timedelta, timezone

from catalog.image import (
    CauseDocument,
    Conclusion,
    DependencyDocument,
    DependencyRole,
    DiscoveryDocument,
    DiscoveryStatus,
    Image,
    RebuildDocument,
    Role,
    Status,
)
from catalog.reference import parse_digest

NEW = parse_digest("sha256:" + "b" * 64)
OLD = parse_digest("sha256:" + "a" * 64)
MORNING = datetime(2026, 5, 4, 8, 30, 15, 999, tzinfo=timezone(timedelta(hours=2)))
RUN = "https://github.com/acme/portal/actions/runs/7"


def dependency(name: str, role: DependencyRole = DependencyRole.FINAL) -> DependencyDocument:
    """A dependency on the base with this name."""
    return DependencyDocument(name, f"{name}:1", role, ("from",))


def rebuild(url: str | None = RUN) -> RebuildDocument:
    """A successful rebuild."""
    cause = CauseDocument("node-22", "node:22", NEW, OLD, MORNING)
    return RebuildDocument(
        "r1",
        MORNING,
        MORNING,
        MORNING,
        "completed",
        Conclusion.SUCCESS,
        url,
        "image-factory",
        False,
        "aged",
        (cause,),
        "",
    )


def managed() -> Image:
    """A managed image with every field set."""
    return Image(
        name="backstage",
        role=Role.MANAGED,
        registry="ghcr.io",
        repository="acme/team/backstage",
        tag="latest",
        status=Status.UP_TO_DATE,
        reason="all bases are those it was built on",
        owner="group:default/portal",
        digest=NEW,
        previous_digest=OLD,
        next_eligible_at=MORNING,
        last_updated=MORNING,
        last_built=MORNING,
        enrolled_at=MORNING,
        discovery=DiscoveryDocument(DiscoveryStatus.SUCCESS),
        dependencies=(dependency("node-22"), dependency("alpine-3", DependencyRole.STAGE), dependency("node-22")),
        enrollment={
            "source": {
                "provider": "github",
                "repo": "acme/portal",
                "branch": "release/1",
                "dockerfile": "app/Dockerfile",
                "workflow": "backstage.yml",
            }
        },
        last_rebuild=rebuild(),
        title="Backstage",
        description="The developer portal",
        system="portal",
        lifecycle="experimental",
    )


def base() -> Image:
    """A base image that was not checked yet."""
    return Image(
        name="node-22",
        role=Role.BASE,
        registry="docker.io",
        repository="library/node",
        tag="22",
        status=Status.WATCHED,
        reason="not checked yet",
        owner="group:default/platform",
        first_discovered=datetime(2026, 5, 4, tzinfo=UTC),
    )
