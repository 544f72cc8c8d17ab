"""Everything that a plan depends on, at one moment. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from provider.domain.edges.edge import Edge
from provider.domain.ledger import Ledger
from provider.domain.planning.topology import Topology
from provider.domain.policy.authority import is_own
from provider.domain.snapshot import Snapshot
from provider.domain.state import BaseState, DependencyState, ImageState
from provider.domain.verification.rule import UnusableRule, Verify, resolved
from provider.domain.verification.trust import Trust
from proxy.signatures.rules import SignatureRule


@dataclass(frozen=True, slots=True)
class World:
    """Everything that a plan depends on.

    Attributes:
        errors: the unexpected errors of the last round, by image.
        files: the texts of the files that `verify` of enrollments names, by path in the config repository.
    """

    images: Mapping[str, ImageState]
    bases: Mapping[str, BaseState]
    topology: Topology
    errors: Mapping[str, str] = field(default_factory=dict)
    files: Mapping[str, str] = field(default_factory=dict)
    _rules: dict[Verify, SignatureRule | UnusableRule] = field(default_factory=dict, repr=False, compare=False)

    @classmethod
    def of(cls, snapshot: Snapshot, topology: Topology) -> "World":
        """The world of a snapshot, with the topology of its images."""
        return World(snapshot.images, snapshot.bases, topology, snapshot.errors, snapshot.files)

    def followed_by(self, snapshot: Snapshot, topology: Topology) -> "World":
        """The world of a later snapshot with the same files; rules of signatures are not made again."""
        return replace(World.of(snapshot, topology), files=self.files, _rules=self._rules)

    def ledger(self, name: str) -> Ledger:
        """The ledger of an entity; an empty one where there is no such entity."""
        if image := self.images.get(name):
            return image.ledger
        base = self.bases.get(name)
        return base.ledger if base else Ledger()

    def edges(self, name: str) -> list[Edge]:
        """The dependencies of an image, each with the ledger and the managed images at its other end.

        Raises:
            InternalError: they could not be computed.
        """
        if error := self.topology.broken.get(name):
            raise error
        parents = self.topology.parents[name]
        verify = self.images[name].enrollment.verify
        return [
            self._edge(dependency, parents[position], verify)
            for position, dependency in enumerate(self.images[name].dependencies)
        ]

    def _edge(self, dependency: DependencyState, parents: Sequence[str], verify: Verify | None) -> Edge:
        entity = self.images.get(dependency.name) or self.bases.get(dependency.name)
        return Edge(
            dependency,
            self.ledger(dependency.name),
            tuple(self.images[parent] for parent in parents),
            is_own=is_own(self.topology.policy, dependency.image),
            error=entity.error if entity else None,
            trust=self._trust(dependency, verify, entity) if verify else None,
        )

    def _trust(
        self, dependency: DependencyState, verify: Verify, entity: ImageState | BaseState | None
    ) -> Trust | None:
        if not verify.covers(dependency.image):
            return None
        if verify not in self._rules:
            self._rules[verify] = resolved(verify, self.files)
        return Trust.of(self._rules[verify], entity.verifications if entity else ())
