"""Random sequences of enrollments over a real repository: no history is lost, and git tells each transition."""

import tempfile
from contextlib import ExitStack
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from catalog.image import Conclusion
from catalog.reference import Digest, ImageReference
from provider.config_repo.layout import StateFile, StateRole, path_of
from provider.config_repo.state.documents import StateContent
from provider.config_repo.state.files import read_file
from provider.config_repo.state.snapshot_store import GitSnapshotStore
from provider.domain.enrollment import Build, Enrollment, Source
from provider.domain.ledger import Ledger, Observation
from provider.domain.planning.kept_settling import KeptSettling
from provider.domain.snapshot import Changes, Snapshot
from provider.domain.state import BaseState, ImageState, RebuildStage, RebuildState
from provider.services.enrollments import follow_enrollments
from tests.provider.config_repo.repositories import Remote
from tests.provider.config_repo.repository.steered import SteeredRepository, enrollments_text
from tests.provider.domain.samples import START, dependency, digest

NAMES = st.sampled_from(["portal", "billing", "shop"])
PATHS = st.sampled_from(["acme/portal", "acme/billing", "acme/base"])
HOUR = timedelta(hours=1)


def reference_of(path: str) -> ImageReference:
    """The image at a path."""
    return ImageReference("ghcr.io", path, "latest")


def enrollment(name: str, path: str, *, managed: bool) -> Enrollment:
    """An entry for a path; without a source it is only watched."""
    source, build = Source("github", f"acme/{name}"), Build("github-actions", workflow="build.yml")
    return Enrollment(name, "ghcr.io", path, source=source if managed else None, build=build if managed else None)


class Lifecycle(RuleBasedStateMachine):
    """A person edits images.yaml, Dockerfiles and tags change, and the service follows."""

    def __init__(self) -> None:
        super().__init__()
        self._stack = ExitStack()
        folder = Path(self._stack.enter_context(tempfile.TemporaryDirectory()))
        self.remote = Remote.make(folder / "remote.git", {"images.yaml": "[]\n"})
        repository = self._stack.enter_context(SteeredRepository.open(str(self.remote.folder), checkout=folder / "c"))
        self.store = GitSnapshotStore(repository)
        self.entries: dict[str, Enrollment] = {}
        self.digests: dict[ImageReference, list[Digest]] = {}
        self.rebuilds: dict[ImageReference, list[str]] = {}
        self.past: list[Snapshot] = []
        self.numbers = count(1)
        self.now: datetime = START
        self.settling = KeptSettling()

    def teardown(self) -> None:
        """Read each past state back from its commit."""
        for snapshot in self.past:
            self._assert_can_be_read_back(snapshot)
        self._stack.close()

    @initialize()
    def begin(self) -> None:
        """An empty repository is a state too."""
        self._follow()

    @rule(name=NAMES, path=PATHS, managed=st.booleans())
    def enroll_or_change(self, name: str, path: str, *, managed: bool) -> None:
        """An entry is added, or changed: promoted, renamed, to be watched only, or for another repository."""
        if any(one.repository == path and one.name != name for one in self.entries.values()):
            return
        self.entries[name] = enrollment(name, path, managed=managed)
        self._push()

    @rule(name=NAMES, path=PATHS)
    def rename(self, name: str, path: str) -> None:
        """The entry of the path gets another name in one commit."""
        old = next((one for one in self.entries.values() if one.repository == path), None)
        if old is None or name in self.entries:
            return
        del self.entries[old.name]
        self.entries[name] = enrollment(name, path, managed=old.source is not None)
        self._push()

    @precondition(lambda self: self.entries)
    @rule(data=st.data())
    def remove(self, data: st.DataObject) -> None:
        """An entry is removed: demoted or archived."""
        del self.entries[data.draw(st.sampled_from(sorted(self.entries)))]
        self._push()

    @rule(name=NAMES, path=st.none() | PATHS)
    def discover(self, name: str, path: str | None) -> None:
        """The Dockerfile of an image names another image, or none."""
        found = (replace(dependency(reference_of(path)), name=path.replace("/", "-"), built_on=None),) if path else ()

        def step(snapshot: Snapshot) -> Changes:
            image = snapshot.images.get(name)
            if image is None or (path and image.enrollment.reference == reference_of(path)):
                return Changes()
            return Changes({name: replace(image, dependencies=found)}, reasons=[f"{name}: discovered"])

        self.store.write(step, "Discover")
        self._follow()

    @rule(path=PATHS)
    def observe(self, path: str) -> None:
        """The tag of a tracked image moves."""
        reference, seen = reference_of(path), digest(f"d{next(self.numbers)}")

        def step(snapshot: Snapshot) -> Changes:
            for name, image in snapshot.images.items():
                if image.enrollment.reference == reference:
                    return Changes({name: replace(image, ledger=self._moved(image.ledger, seen))})
            for name, base in snapshot.bases.items():
                if base.image == reference:
                    return Changes(bases={name: replace(base, ledger=self._moved(base.ledger, seen))})
            return Changes()

        head = self.store.read().position
        if self.store.write(step, f"{path} moved").position != head:
            self.digests.setdefault(reference, []).append(seen)

    @rule(name=NAMES)
    def rebuild(self, name: str) -> None:
        """A rebuild of a managed image ends."""
        image = self.store.read().images.get(name)
        if image is None:
            return
        record = RebuildState(f"r{next(self.numbers)}", "key", self.now, self.now, (), (), "because")
        record = replace(record, stage=RebuildStage.COMPLETED, conclusion=Conclusion.SUCCESS, settled=True)
        self.store.write(lambda found: Changes({name: found.images[name].with_record(record)}), "Rebuild")
        self.rebuilds.setdefault(image.enrollment.reference, []).append(record.id)

    @invariant()
    def nothing_is_lost(self) -> None:
        """Each digest and each rebuild of a reference is in the state that has the reference now, or in the archive."""
        snapshot = self.store.read()
        for reference, seen in self.digests.items():
            known = max(
                (_digests(each) for each in _states(snapshot) if _reference(each) == reference), key=len, default=()
            )
            assert list(known) == seen, f"{reference} has {known} of {seen}"
        records = [record.id for each in _states(snapshot) if isinstance(each, ImageState) for record in each.rebuilds]
        assert sorted(records) == sorted(id_ for ids in self.rebuilds.values() for id_ in ids)

    @invariant()
    def each_entry_is_tracked_once(self) -> None:
        """With its own name; no two entities share a name or a reference."""
        snapshot = self.store.read()
        managed = {name for name, one in self.entries.items() if one.source}
        assert snapshot.images.keys() == managed
        assert self.entries.keys() - managed <= snapshot.bases.keys()
        names = [name.lower() for name in (*snapshot.images, *snapshot.bases)]
        tracked = [_reference(each) for each in _tracked(snapshot)]
        assert len(set(names)) == len(names)
        assert len(set(tracked)) == len(tracked)
        needed = {dependency.image for image in snapshot.images.values() for dependency in image.dependencies}
        assert needed <= set(tracked)

    def _push(self) -> None:
        text = enrollments_text(self.entries.values()) if self.entries else "[]\n"
        if text == self.remote.read("images.yaml"):
            return
        self.remote.push({"images.yaml": text})
        before = self.store.read()
        after = self._follow()
        changed = {
            name
            for was, now in ((before.images, after.images), (before.bases, after.bases))
            for name in was.keys() ^ now.keys()
        }
        message = self.remote.git("log", "-1", "--format=%B", "main")
        assert all(name in message for name in changed), f"{changed} are not in {message}"

    def _follow(self) -> Snapshot:
        self.now += HOUR
        snapshot = follow_enrollments(self.now, self.store, self.settling)
        self.past.append(snapshot)
        assert snapshot.errors == {}
        return snapshot

    def _moved(self, ledger: Ledger, seen: Digest) -> Ledger:
        self.now += HOUR
        return replace(ledger, observations=(*ledger.observations, Observation(seen, self.now)))

    def _assert_can_be_read_back(self, snapshot: Snapshot) -> None:
        for role, archived, states in (
            (StateRole.MANAGED, False, snapshot.images),
            (StateRole.BASE, False, snapshot.bases),
            (StateRole.MANAGED, True, snapshot.archived_images),
            (StateRole.BASE, True, snapshot.archived_bases),
        ):
            for name, state in states.items():
                file = StateFile(role, name, archived=archived)
                content = read_file(file, self.remote.git("show", f"{snapshot.position}:{path_of(file)}") + "\n")
                assert isinstance(content, StateContent)
                assert content.state == state


def _tracked(snapshot: Snapshot) -> list[ImageState | BaseState]:
    return [*snapshot.images.values(), *snapshot.bases.values()]


def _states(snapshot: Snapshot) -> list[ImageState | BaseState]:
    return [*_tracked(snapshot), *snapshot.archived_images.values(), *snapshot.archived_bases.values()]


def _reference(state: ImageState | BaseState) -> ImageReference:
    return state.enrollment.reference if isinstance(state, ImageState) else state.image


def _digests(state: ImageState | BaseState) -> tuple[Digest, ...]:
    return tuple(seen.digest for seen in state.ledger.observations)


# Each step is several commits, so a failing sequence is shown as it was found: to shorten it would take minutes.
SETTINGS = settings(
    max_examples=12,
    stateful_step_count=20,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=(Phase.explicit, Phase.generate),
)


def test_no_sequence_of_enrollments_loses_any_history() -> None:
    """Digests and rebuilds are in the state or in the archive after each commit, and git has every past state."""
    run_state_machine_as_test(Lifecycle, settings=SETTINGS)
