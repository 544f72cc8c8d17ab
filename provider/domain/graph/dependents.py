"""Everything that is built from an image, directly or over others: from which digest, and what is behind. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from itertools import dropwhile, islice

from catalog.image import DependencyRole, Evidence, Image, Status
from catalog.reference import Digest
from provider.domain.graph.edges import is_known

_NEEDED = (DependencyRole.FINAL, DependencyRole.STAGE)


class DependentState(StrEnum):
    """What is known of an image that depends on another one.

    `behind`: it contains an older digest. `unknown`: which digest it contains is not shown. `newest`: it contains the
    newest digest, or one with the same content. `unused`: it contains none, because its build does not need it.
    """

    BEHIND = "behind"
    UNKNOWN = "unknown"
    NEWEST = "newest"
    UNUSED = "unused"


_STATES = tuple(DependentState)


@dataclass(frozen=True, slots=True)
class DependentEdge:
    """One dependency of an image that depends on the base, directly or over others.

    Attributes:
        image: the image that depends on `base`, with its status, owner, and since when it is behind.
        base: the image that is asked about, or one that is built from it.
        role: what the build needs `base` for.
        built_on: the digest of `base` that the image was built from; None where it is not known.
        evidence: how that is known; None also where only the Dockerfile names the digest, which `pinned` says.
    """

    image: str
    status: Status
    owner: str
    behind_since: datetime | None
    base: str
    role: DependencyRole
    built_on: Digest | None
    evidence: Evidence | None
    pinned: bool

    @property
    def known(self) -> bool:
        """Whether it is shown that the image was built from `built_on`."""
        return self.built_on is not None and (is_known(self.evidence) or (self.pinned and self.evidence is None))


@dataclass(frozen=True, slots=True)
class DependentRows:
    """What the index has of everything that is built from an image.

    Attributes:
        edges: of each image that depends on it, or on an image that is built from it.
        contents: digests of images that are built from it, and the digests of it that each of them contains.
    """

    edges: Sequence[DependentEdge]
    contents: Mapping[Digest, frozenset[Digest]]


@dataclass(frozen=True, slots=True)
class Dependent:
    """An image that depends on another one, directly or over others.

    Attributes:
        steps: 1 for an image that depends on it directly.
        role: what the build needs it for; None for an image that depends on it over others only.
        through: the images between, as far as the image depends on them directly; empty for a direct one.
        digest: the oldest of its digests that the image contains; None where none is known.
        evidence: how that is known; the weakest where there are several ways.
        known: whether that is shown of each way from the base to the image.
        behind: whether the image contains a digest that is older than the newest.
        behind_since: since when; None where it is not behind.
    """

    name: str
    status: Status
    owner: str
    steps: int
    role: DependencyRole | None
    through: tuple[str, ...]
    digest: Digest | None
    evidence: Evidence | None
    pinned: bool
    known: bool
    behind: bool
    behind_since: datetime | None

    @property
    def state(self) -> DependentState:
        """What is known of it."""
        if self.behind:
            return DependentState.BEHIND
        if self.role not in (None, *_NEEDED) and not self.through:
            return DependentState.UNUSED
        return DependentState.NEWEST if self.known else DependentState.UNKNOWN


def dependents_of(image: Image, rows: DependentRows) -> list[Dependent]:
    """The images that depend on an image: first those that are behind, for longest; then those that may be.

    Args:
        image: with its history of digests.
        rows: what the index has.
    """
    edges: defaultdict[str, list[DependentEdge]] = defaultdict(list)
    for edge in rows.edges:
        if edge.image != image.name:
            edges[edge.image].append(edge)
    steps = _steps(image.name, rows.edges)
    history = _History(image)
    found = [_dependent(history, steps[name], edges[name], rows.contents) for name in steps]
    return sorted(found, key=_order)


@dataclass(frozen=True, slots=True)
class _Way:
    """One dependency of a dependent that leads to the base: a digest that came into it on that way; None: unknown."""

    edge: DependentEdge
    digest: Digest | None


class _History:
    """The digests of the base, in the order in which they were seen."""

    def __init__(self, image: Image) -> None:
        self.name, self.newest = image.name, image.digest
        self._updates = image.updates
        self._places = {update.digest: place for place, update in enumerate(image.updates)}

    def oldest(self, ways: Sequence[_Way]) -> _Way:
        """The way of the oldest digest; one that was never seen counts as older than all, and an unknown one last."""
        return min(ways, key=lambda way: (way.digest is None, self._place(way.digest), way.edge.known))

    def _place(self, digest: Digest | None) -> int:
        return self._places.get(digest, -1) if digest else -1

    def behind_since(self, ways: Iterable[_Way], image: datetime | None) -> datetime | None:
        """Since when an image is behind the newest digest; None where it is not known to be.

        Args:
            ways: how digests came into the image.
            image: since when the image is behind anything that it is built from; None where it is not: then another
                digest that it contains has the content of the newest.
        """
        older = [way for way in ways if way.digest not in (None, self.newest) and way.edge.known]
        if image is None or not older:
            return None
        return self._superseded(self.oldest(older).digest) or image

    def _superseded(self, digest: Digest | None) -> datetime | None:
        """When the next digest with other content was first seen; None where the history does not say it."""
        if digest is None or digest not in self._places:
            return None
        later = islice(self._updates, self._places[digest] + 1, None)
        following = next(dropwhile(lambda update: update.repoint, later), None)
        return following.first_seen if following else None


def _steps(base: str, edges: Iterable[DependentEdge]) -> Mapping[str, int]:
    """The least steps to each image; only over images that are built from the base."""
    users: defaultdict[str, list[DependentEdge]] = defaultdict(list)
    for edge in edges:
        users[edge.base].append(edge)
    found: dict[str, int] = {}
    level, steps = {base}, 0
    followed = {base}
    while level:
        steps += 1
        reached = [edge for name in sorted(level) for edge in users[name] if edge.image != base]
        for edge in reached:
            found.setdefault(edge.image, steps)
        level = {edge.image for edge in reached if edge.role in _NEEDED} - followed
        followed |= level
    return found


def _dependent(
    history: _History, steps: int, edges: Sequence[DependentEdge], contents: Mapping[Digest, frozenset[Digest]]
) -> Dependent:
    direct = [edge for edge in edges if edge.base == history.name]
    needed = [edge for edge in edges if edge.role in _NEEDED]
    ways = [way for edge in needed or direct for way in _ways(history.name, edge, contents)]
    oldest = history.oldest(ways)
    since = history.behind_since(ways, edges[0].behind_since) if needed else None
    return Dependent(
        edges[0].image,
        edges[0].status,
        edges[0].owner,
        steps,
        direct[0].role if direct else None,
        tuple(sorted({edge.base for edge in needed} - {history.name})),
        oldest.digest,
        oldest.edge.evidence if oldest.digest else None,
        oldest.edge.pinned,
        known=all(way.digest is not None and way.edge.known for way in ways),
        behind=since is not None,
        behind_since=since,
    )


def _ways(base: str, edge: DependentEdge, contents: Mapping[Digest, frozenset[Digest]]) -> list[_Way]:
    if edge.base == base:
        return [_Way(edge, edge.built_on)]
    inside = contents.get(edge.built_on, frozenset()) if edge.built_on else frozenset()
    return [_Way(edge, digest) for digest in sorted(inside)] or [_Way(edge, None)]


def _order(dependent: Dependent) -> tuple[object, ...]:
    since = dependent.behind_since.isoformat() if dependent.behind_since else ""
    return _STATES.index(dependent.state), since, dependent.steps, dependent.name
