"""What an edge of the graph shows: from which digest an image was built, and whether that is behind. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass

from catalog.image import DependencyDocument, DependencyRole, Evidence, Image
from catalog.reference import Digest
from provider.domain.asking.coverage import is_pinned
from provider.domain.impact import can_cause

_DOUBTFUL = frozenset({Evidence.ASSUMED, Evidence.MISMATCH})


@dataclass(frozen=True, slots=True)
class GraphEdge:
    """An image, and one that it depends on.

    Attributes:
        base: the name of the image that the other one depends on.
        image: the name of the image that depends on it.
        role: what the build needs the base for.
        built_on: the digest that the image was built from; None where it is not known.
        evidence: how that is known; None where nothing says it, and where only the Dockerfile names the digest.
        newest: the digest that the tag of the base points to now; None where it is not known.
        pinned: whether the Dockerfile names the digest.
        known: whether the evidence shows that the image was built from `built_on`.
        causes: whether a newer digest of the base rebuilds the image.
        behind: whether the image is known to be built from an older digest, and lacks the content of the newest one.
    """

    base: str
    image: str
    role: DependencyRole
    built_on: Digest | None
    evidence: Evidence | None
    newest: Digest | None
    pinned: bool
    known: bool
    causes: bool
    behind: bool


def edges_of(image: Image) -> Iterator[GraphEdge]:
    """The edges of an image to what it depends on, one for each base.

    Where a Dockerfile names a base in several ways, one that is behind counts, then one that causes rebuilds.
    """
    found: dict[str, GraphEdge] = {}
    for dependency in image.dependencies:
        edge = edge_of(image, dependency)
        known = found.get(edge.base)
        if known is None or _weight(edge) > _weight(known):
            found[edge.base] = edge
    yield from found.values()


def edge_of(image: Image, dependency: DependencyDocument) -> GraphEdge:
    """The edge of one dependency."""
    pinned, causes = is_pinned(dependency), can_cause(image, dependency)
    pin = Digest(dependency.reference.partition("@")[2]) if pinned else None
    built_on = dependency.built_on or pin
    evidence = dependency.evidence if dependency.built_on else None
    known = is_known(evidence) if dependency.built_on else pinned
    older = known and dependency.newest is not None and dependency.newest != built_on
    return GraphEdge(
        dependency.name,
        image.name,
        dependency.role,
        built_on,
        evidence,
        dependency.newest,
        pinned,
        known,
        causes,
        # An index with the same children has another digest, and an image that was built from either has the newest.
        behind=older and (causes or pinned) and image.behind_since is not None,
    )


def is_known(evidence: Evidence | None) -> bool:
    """Whether the evidence shows from which digest an image was built."""
    return evidence is not None and evidence not in _DOUBTFUL


def _weight(edge: GraphEdge) -> tuple[bool, bool]:
    return edge.behind, edge.causes
