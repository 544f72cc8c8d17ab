"""Commits of files of enrollments, one after the other, with the state that follows from each."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from provider.config_repo.enrollments.claims import Before
from provider.config_repo.enrollments.files import read_enrollments
from provider.config_repo.enrollments.in_force import InForce, in_force
from provider.config_repo.enrollments.policy import read_policy
from provider.domain.lifecycle import settle
from provider.domain.snapshot import Origins, Snapshot

NOW = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass
class Commits:
    """The state after the commits so far, as `GitSnapshotStore` and the rounds keep it.

    Attributes:
        dependents: the names of the images that depend on a repository.
    """

    dependents: dict[str, tuple[str, ...]] = field(default_factory=dict)
    state: Snapshot = field(default_factory=lambda: Snapshot("0", {}, {}, {}))

    def commit(self, files: Mapping[str, str], policy: str = "") -> InForce:
        """What is in force after a commit with these files."""
        state, rules = self.state, read_policy(policy)[0]
        known = {name: image.enrollment for name, image in state.images.items()}
        known |= {name: base.enrollment for name, base in state.bases.items() if base.enrollment}
        origins = Origins.of(
            (*state.archived_images.values(), *state.images.values()),
            (*state.archived_bases.values(), *state.bases.values()),
        )
        found = in_force(Before(known, origins, self._dependents, rules), read_enrollments(files))
        fresh = Snapshot(
            "1", found.enrollments, state.images, state.bases, state.archived_images, state.archived_bases, policy=rules
        )
        self.state = settle(NOW, fresh).apply(fresh)
        return found

    def _dependents(self, repository: str) -> Iterable[str]:
        return self.dependents.get(repository, ())


def entry_text(name: str, repository: str | None = None, **others: object) -> str:
    """An entry of an image that is built, in lines."""
    lines = [f"- name: {name}", "  registry: ghcr.io", f"  repository: {repository or f'acme/{name}'}"]
    lines += [f"  {key}: {value}" for key, value in others.items()]
    return "\n".join([*lines, f"  source: {{provider: github, repo: acme/{name}, workflow: build.yml}}", ""])
