"""The edges between managed images: who is rebuilt before whom. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from catalog.graph import cycles, depths
from catalog.image import DependencyRole
from provider.containment import contained
from provider.domain.enrollment import Enrollment
from provider.domain.policy.authority import trusts
from provider.domain.policy.rules import Policy
from provider.domain.state import DependencyState, ImageState
from provider.errors import InternalError


@dataclass(frozen=True, slots=True)
class Topology:
    """The edges between managed images. Computed once for a set of enrollments and dependencies.

    There is an edge only to an image whose entry the dependent image trusts (`policy/authority.py`). Any other image is
    a base from outside for it, whatever its entry says.

    Attributes:
        parents: the managed images that each dependency of an image means, in the order of the dependencies.
        levels: the number of different depths, at least one.
        broken: the images whose edges could not be computed, each with the error.
    """

    parents: Mapping[str, tuple[tuple[str, ...], ...]]
    children: Mapping[str, tuple[str, ...]]
    depth: Mapping[str, int]
    circles: Mapping[str, tuple[str, ...]]
    policy: Policy
    levels: int
    broken: Mapping[str, InternalError] = field(default_factory=dict)

    @classmethod
    def of(cls, images: Mapping[str, ImageState], policy: Policy) -> "Topology":
        """Compute the topology of these images."""
        by_path: dict[str, list[Enrollment]] = {}
        for image in images.values():
            by_path.setdefault(image.enrollment.reference.image, []).append(image.enrollment)
        found_parents = {name: contained(name, _edges, image, by_path, policy) for name, image in images.items()}
        broken = {name: found for name, found in found_parents.items() if isinstance(found, InternalError)}
        parents = {name: () if isinstance(found, InternalError) else found for name, found in found_parents.items()}
        flat = {name: {parent for found in edges for parent in found} for name, edges in parents.items()}
        children: dict[str, list[str]] = {}
        for name, found in flat.items():
            for parent in sorted(found):
                children.setdefault(parent, []).append(name)
        below = {name: tuple(found) for name, found in children.items()}
        depth = depths(flat)
        levels = max(depth.values(), default=0) + 1
        return cls(parents, below, depth, cycles(flat), policy=policy, levels=levels, broken=broken)

    def differences(self, other: "Topology") -> set[str]:
        """The images of the other topology that have other parents or another cycle there, or another error."""
        return {
            name
            for name, edges in other.parents.items()
            if edges != self.parents.get(name)
            or other.circles.get(name) != self.circles.get(name)
            or name in other.broken
            or name in self.broken
        }


def same_place(before: ImageState, after: ImageState) -> bool:
    """Whether two states of an image have the same edges wherever the other images and the policy are the same."""
    if before.enrollment != after.enrollment or len(before.dependencies) != len(after.dependencies):
        return False
    pairs = zip(before.dependencies, after.dependencies, strict=True)
    return all(one is other or (one.image == other.image and one.role is other.role) for one, other in pairs)


def _edges(
    image: ImageState, by_path: Mapping[str, Sequence[Enrollment]], policy: Policy
) -> tuple[tuple[str, ...], ...]:
    """The managed images of each dependency, in the order of the dependencies."""
    return tuple(
        tuple(found.name for found in _parents(image, dependency, by_path, policy)) for dependency in image.dependencies
    )


def _parents(
    image: ImageState, dependency: DependencyState, by_path: Mapping[str, Sequence[Enrollment]], policy: Policy
) -> Sequence[Enrollment]:
    """The managed images of a dependency: the one with the same tag, else all others enrolled in that repository."""
    if dependency.pinned or dependency.role in (DependencyRole.UNUSED, DependencyRole.SYNTAX):
        return ()
    enrolled = [found for found in by_path.get(dependency.image.image, ()) if trusts(policy, image.enrollment, found)]
    exact = [found for found in enrolled if found.reference == dependency.image.tagged]
    return exact or [found for found in enrolled if found.name != image.name]
