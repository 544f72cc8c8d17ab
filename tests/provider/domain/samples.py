"""Ledgers, images and edges for the tests of decisions."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from catalog.image import Conclusion, DependencyRole, DiscoveryStatus, Evidence
from catalog.reference import Digest, ImageReference
from provider.domain.edges.edge import Edge
from provider.domain.enrollment import Build, Enrollment, Source
from provider.domain.ledger import BuiltOn, Ledger
from provider.domain.rebuild import Decision, Rebuild, decide
from provider.domain.state import BaseState, DependencyState, ImageState, RebuildStage, RebuildState

START = datetime(2026, 1, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
WINDOW = timedelta(minutes=30)
NODE = ImageReference("docker.io", "library/node", "22")


def digest(letter: str) -> Digest:
    """A different digest for each text."""
    return Digest(f"sha256:{letter.encode().hex():0>64}")


def ledger(*seen: tuple[str, timedelta], platforms: Mapping[str, Mapping[str, str]] | None = None) -> Ledger:
    """A tag that pointed to these, each first seen so long after the start; `platforms`: children by letter."""
    found = Ledger()
    for letter, after in seen:
        children = {name: digest(child) for name, child in (platforms or {}).get(letter, {}).items()}
        found = found.observe(START + after, digest(letter), children)
    return found


def dependency(image: ImageReference = NODE, built_on: str | None = "a", **others: Any) -> DependencyState:
    """An edge to what the image was built on since the start."""
    others.setdefault("role", DependencyRole.FINAL)
    others.setdefault("evidence", Evidence.PASSED)
    known = BuiltOn(digest(built_on), START) if built_on else None
    return DependencyState(
        image.repository.replace("library/", ""), str(image), image, ("from",), built_on=known, **others
    )


def image(name: str = "portal", *dependencies: DependencyState, **others: Any) -> ImageState:
    """A managed image with a delay of seven days; keywords are the enrollment's."""
    source, build = Source("github", f"acme/{name}"), Build("github-actions", workflow="build.yml")
    enrollment = Enrollment(name, "ghcr.io", f"acme/{name}", **{"source": source, "build": build, **others})
    discovery = DiscoveryStatus.SUCCESS if dependencies else DiscoveryStatus.NONE
    return ImageState(enrollment, START, ledger(("own", timedelta(0))), discovery, dependencies=tuple(dependencies))


def base(name: str, reference: ImageReference, known: Ledger | None = None) -> BaseState:
    """A base image."""
    return BaseState(name, reference, START, known or Ledger())


def decided(
    after: timedelta, seen: Ledger, state: ImageState | None = None, going: Mapping[str, datetime] | None = None
) -> Decision:
    """The decision so long after the start for an image on one base, node:22."""
    state = state or image("portal", dependency())
    edges = [Edge(each, seen) for each in state.dependencies]
    return decide(START + after, state, edges, going or {}, WINDOW)


def rebuilt(state: ImageState, rebuild: Decision, conclusion: Conclusion = Conclusion.FAILURE) -> ImageState:
    """The image after that rebuild has ended."""
    assert isinstance(rebuild, Rebuild)
    record = RebuildState(
        f"r-{len(state.rebuilds) + 1}", rebuild.key, START, rebuild.wave, rebuild.causes, rebuild.targets, "because"
    )
    ended = replace(record, stage=RebuildStage.COMPLETED, conclusion=conclusion, completed_at=START, settled=True)
    return state.with_record(ended)


def passed(rebuild: Decision) -> Sequence[Digest]:
    """The digests that the build is given."""
    assert isinstance(rebuild, Rebuild)
    return [target.digest for target in rebuild.targets]
