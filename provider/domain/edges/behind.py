"""Since when an image is behind: a newer digest of what it is built from is known, and it is not built on it. Pure.

Behind and unknown are different things. An image is behind where a newer digest exists that it certainly does not
contain. Where nothing shows what it was built from, no newer digest is known: it is not behind, and its status says
`unknown` or `unverified`.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from itertools import pairwise

from catalog.image import Evidence
from provider.domain.edges.edge import Edge
from provider.domain.edges.view import BEFORE_ALL
from provider.domain.ledger import BuiltOn, Observation
from provider.domain.state import DependencyState, ImageState

_SHOWN = frozenset({Evidence.LABEL, Evidence.LAYERS})


def behind_since(image: ImageState, edges: Sequence[Edge], parents: Mapping[str, datetime]) -> datetime | None:
    """The earliest time since which a newer digest of something that the image is built from is known.

    A managed image that is itself behind counts with its own time: the image cannot be newer than its parents.

    Args:
        image: the image.
        edges: all its dependencies.
        parents: the managed images that are behind, each with its time.

    Returns:
        None where no newer digest is known. That is no proof that the image is up to date.
    """
    pulled = [edge for edge in edges if edge.dependency.counts(image.enrollment.rebuild_on)]
    return min((time for edge in pulled for time in _times(edge, parents)), default=None)


def _times(edge: Edge, parents: Mapping[str, datetime]) -> Iterator[datetime]:
    yield from (parents[maker.name] for maker in edge.makers if maker.name in parents)
    if contained := _contained(edge):
        yield from (newer.first_seen for newer in edge.ledger.candidates(contained, edge.dependency.platforms))


def _contained(edge: Edge) -> BuiltOn | None:
    """The digest that the image contains, as far as it is known; None where every digest may be the one.

    A digest that was only assumed was current when the image was first seen: what came later is not in the image.
    """
    dependency = edge.dependency
    contained = _pinned(dependency) if dependency.pinned else dependency.built_on
    if contained and dependency.built_on and dependency.evidence is Evidence.MISMATCH:
        return _before(edge, contained)
    return contained


def _pinned(dependency: DependencyState) -> BuiltOn | None:
    """What a pinned dependency contributes: the digest that the image shows, else the one in the Dockerfile."""
    built_on, pin = dependency.built_on, dependency.image.digest
    if pin is None or dependency.image.tag is None:
        return None
    if built_on and dependency.evidence in _SHOWN:
        return built_on
    return BuiltOn(pin, built_on.at if built_on else BEFORE_ALL.at)


def _before(edge: Edge, missed: BuiltOn) -> BuiltOn:
    """The digest before one that was passed to the build, or pinned, and is not in the image: then that one is newer.

    The first digest of a tag has none before it: what the image contains may be older or newer than that.
    """
    found: Observation | None = next(
        (before for before, seen in reversed([*pairwise(edge.ledger.observations)]) if seen.digest == missed.digest),
        None,
    )
    return BuiltOn(found.digest, found.first_seen) if found else missed
