"""Images and an index in memory, for the tests of what is shown."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
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
    WarningDocument,
)
from catalog.reference import Digest
from provider.ports import ImageFilter, Neighbours, Page, PartHealth, Place, StoredCatalog
from tests.fakes.image_index import FakeImageIndex

NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)


def digest(letter: str) -> Digest:
    """A digest of one hexadecimal digit."""
    return Digest(f"sha256:{letter * 64}")


def base(name: str, **others: object) -> Image:
    """A base image that is watched."""
    image = Image(
        name,
        Role.BASE,
        "docker.io",
        f"library/{name}",
        "22",
        Status.WATCHED,
        "Watched because images depend on it.",
        "group:default/platform",
        digest=digest("a"),
        digest_since=NOW - timedelta(days=3),
        last_updated=NOW - timedelta(days=3),
    )
    return replace(image, **others)  # type: ignore[arg-type]  # keywords of Image


def managed(name: str, *bases: str, enrollment: Mapping[str, object] | None = None, **others: object) -> Image:
    """A managed image that depends on the bases."""
    image = Image(
        name,
        Role.MANAGED,
        "ghcr.io",
        f"acme/{name}",
        "latest",
        Status.UP_TO_DATE,
        "Built on the newest bases.",
        "group:default/team-a",
        digest=digest("b"),
        dependencies=tuple(dependency(base_name) for base_name in bases),
        discovery=DiscoveryDocument(DiscoveryStatus.SUCCESS),
        enrollment={"name": name, "registry": "ghcr.io", "repository": f"acme/{name}", **(enrollment or {})},
    )
    return replace(image, **others)  # type: ignore[arg-type]  # keywords of Image


def dependency(
    name: str, role: DependencyRole = DependencyRole.FINAL, reference: str | None = None
) -> DependencyDocument:
    """An edge to a base."""
    return DependencyDocument(name, reference or f"docker.io/library/{name}:22", role, ("from",))


def rebuild(number: int, **others: object) -> RebuildDocument:
    """A rebuild that went well, `number` days ago."""
    at = NOW - timedelta(days=number)
    cause = CauseDocument("node", "docker.io/library/node:22", digest("c"), digest("a"), at - timedelta(days=7))
    view = RebuildDocument(
        f"rebuild-{number}",
        at,
        at,
        at,
        "completed",
        Conclusion.SUCCESS,
        f"https://github.com/acme/x/actions/runs/{number}",
        "image-factory",
        False,
        "node moved and has aged 7 days.",
        (cause,),
        "verified",
    )
    return replace(view, **others)  # type: ignore[arg-type]  # keywords of RebuildDocument


def update(number: int, letter: str, previous: str | None, until: int | None = None) -> UpdateDocument:
    """A digest that was first seen `number` days ago, and current until so many days ago."""
    at, gone = NOW - timedelta(days=number), None if until is None else NOW - timedelta(days=until)
    return UpdateDocument(
        digest(letter), digest(previous) if previous else None, at, gone, "poll", False, ("linux/amd64",)
    )


class MemoryIndex(FakeImageIndex):
    """The fake, filled; `asked` names every question it got."""

    def __init__(self, images: Iterable[Image] = (), fragments: Mapping[str, str] | None = None) -> None:
        super().__init__()
        self.images = {image.name: image for image in images}
        self.by_name = dict(fragments or {})
        self.asked: list[str] = []

    def image(self, name: str) -> Image | None:
        """One image."""
        self.asked.append("image")
        return super().image(name)

    def neighbours(self, names: Sequence[str]) -> Mapping[str, Neighbours]:
        """Direct dependents; everything was checked five minutes ago."""
        self.asked.append("neighbours")
        checked = NOW - timedelta(minutes=5)
        return {name: replace(found, last_checked=checked) for name, found in super().neighbours(names).items()}

    def page(self, wanted: ImageFilter, page: int, size: int, after: Place | None = None) -> Page:
        """A page, filtered and sorted."""
        self.asked.append("page")
        return super().page(wanted, page, size, after)

    def count_by_status(self) -> Mapping[str, int]:
        """How many of each."""
        self.asked.append("count_by_status")
        return super().count_by_status()

    def catalog_tag(self) -> str:
        """All fragments."""
        self.asked.append("catalog_tag")
        return super().catalog_tag()

    @contextmanager
    def read_catalog(self) -> Iterator[StoredCatalog]:
        """The fragments by name."""
        self.asked.append("read_catalog")
        with super().read_catalog() as read:
            yield read


class Parts:
    """The health of parts that a test names."""

    def __init__(self, *parts: PartHealth) -> None:
        self._parts = parts

    def parts(self) -> Sequence[PartHealth]:
        """Those."""
        return self._parts


def varied_images() -> list[Image]:
    """A dozen images that differ in every way that shows."""
    failed = rebuild(1, conclusion=Conclusion.FAILURE, error="The build ended with exit code 1.", emergency=True)
    running = rebuild(0, conclusion=None, completed_at=None, status="running", requested_by="user:default/mia")
    long_repository = "acme/platform/observability/very-long-repository-name-for-a-collector"
    return [
        managed(
            "backstage",
            title="Backstage",
            description="The developer portal",
            system="portal",
            lifecycle="production",
            status=Status.WAITING,
            reason="node:22 changed on 5 Mar 2026; rebuild on or after 12 Mar 2026 (7-day delay).",
            next_eligible_at=NOW + timedelta(days=2),
            behind_since=NOW - timedelta(days=3),
            last_updated=NOW - timedelta(days=9),
            last_built=NOW - timedelta(days=9),
            enrolled_at=NOW - timedelta(days=90),
            dependencies=(
                replace(
                    dependency("node"),
                    platforms=("linux/amd64",),
                    built_on=digest("d"),
                    evidence=Evidence.VERIFIED,
                    newest=digest("a"),
                    status=Status.WATCHED,
                ),
                dependency("syntax", DependencyRole.SYNTAX),
            ),
            origins=(OriginDocument(digest("c"), (digest("d"),)),),
            updates=(update(90, "a", None, 30), update(30, "c", "a", 9), update(9, "b", "c")),
            rebuilds=(rebuild(9), rebuild(30)),
            last_rebuild=rebuild(9),
            enrollment={"source": {"provider": "github", "repo": "acme/portal", "workflow": "backstage.yml"}},
        ),
        managed(
            "payments-api",
            "debian",
            status=Status.FAILED,
            reason="The last build failed; it is retried when a base image changes.",
            last_error=Failure(NOW - timedelta(hours=4), "The build ended with exit code 1."),
            rebuilds=(failed,),
            discovery=DiscoveryDocument(
                DiscoveryStatus.SUCCESS,
                None,
                (
                    UnresolvedDocument("BASE_TAG", 3),
                    UnresolvedDocument("RUNTIME", 9, "Give ARG RUNTIME a default value, or set it under buildArgs."),
                ),
                (WarningDocument(12, "COPY --chmod-all is not understood; the image that it may name is not found"),),
            ),
            notes=("debian is pinned in the Dockerfile; the tag now points to another digest.",),
        ),
        managed(
            "search",
            status=Status.REBUILDING,
            reason="A build is running.",
            rebuilds=(running,),
            dependencies=(
                replace(
                    dependency("backstage", reference="ghcr.io/acme/backstage:latest"),
                    built_on=digest("c"),
                    evidence=Evidence.ASSUMED,
                    newest=digest("b"),
                    status=Status.WAITING,
                ),
            ),
        ),
        managed("mailer", "node", status=Status.DUE, reason="backstage is being rebuilt first."),
        managed("reports", "debian", status=Status.HELD, reason="debian:22 has aged, and autoRebuild is off."),
        managed(
            "collector",
            status=Status.ERROR,
            repository=long_repository,
            reason="The Dockerfile cannot be read.",
            discovery=DiscoveryDocument(DiscoveryStatus.FAILED, "acme/collector has no branch main."),
        ),
        managed("web-shop", "node", last_updated=NOW - timedelta(minutes=20)),
        managed("gateway", status=Status.UNKNOWN, reason="Not checked yet.", digest=None, discovery=None),
        managed(
            "assumer",
            status=Status.UNVERIFIED,
            reason="Which digest of node:22 it was built from is not known; a rebuild makes it certain.",
        ),
        base("node", updates=(update(60, "d", None, 3), update(3, "a", "d"))),
        base("debian"),
        base("syntax", repository="docker/dockerfile"),
        base("python", registry="registry.example.com:5000", repository="mirror/python", tag="3.13-slim-bookworm"),
    ]
