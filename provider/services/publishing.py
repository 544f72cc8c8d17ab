"""Publish the snapshot for readers: write the read model and the rendered entities to the index."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from catalog.addresses import Sites
from catalog.entity import entity
from catalog.image import Image, Status
from catalog.packing import PackedTexts, Packing
from catalog.render import fragment
from catalog.validation import Entity, checked
from catalog.validation import problems as problems_of
from provider.containment import contained
from provider.domain.plan import Plan
from provider.domain.planning.kept_read_model import KeptReadModel
from provider.domain.snapshot import Snapshot
from provider.ports import ImageIndex, ProblemText, ReportedProblem, SnapshotStore
from proxy.observing.event_log import EventLog

_log = EventLog(__name__)
_TRIES = 3
_AT_ONCE = 500
"""Entities that are rendered before their texts are packed."""


class Publisher:
    """Writes what differs to the index; an entity is rendered again only when its image has changed."""

    def __init__(self, index: ImageIndex, default_owner: str, sites: Sites) -> None:
        self._index = index
        self._shown = KeptReadModel(default_owner)
        self._sites = sites
        # The texts are packed; None where there is no entity.
        self._rendered: dict[str, tuple[Image, bytes | None]] = {}
        self._packing = Packing()
        # Their entities could not be rendered; that is tried again each time.
        self._unrendered: set[str] = set()
        self._written = ""
        # The mark of the index before the snapshot was read that is being published; None: not known.
        self._over: str | None = None
        # None: not known, so that the first round writes even when nothing is wrong any more.
        self._reported: list[ReportedProblem] | None = None

    def publish_newest(
        self, now: datetime, snapshot: Snapshot, store: SnapshotStore, decide: Callable[[Snapshot], Plan]
    ) -> tuple[Snapshot, Plan]:
        """Write the snapshot; where another process has written the index since this one did, what it has pushed too.

        Readers may have seen that already, and are not shown an older state again. Where two processes write all the
        time, one of them leaves it to its next turn.

        Args:
            now: the time of the plan.
            snapshot: the state, as far as it is known here.
            store: has what others have pushed.
            decide: makes the plan.

        Returns:
            What was published, with the errors of the snapshot, and its plan.

        Raises:
            ProviderError, OutsideFailure: the config repository could not be used.
        """
        tries = 0
        while True:
            tries += 1
            snapshot = self._newest(snapshot, store)
            planned = decide(snapshot)
            if self.publish(now, snapshot, planned) or tries == _TRIES:
                return snapshot, planned

    def _newest(self, snapshot: Snapshot, store: SnapshotStore) -> Snapshot:
        self._over = self._index.mark()
        if self._over == self._written:
            return snapshot
        store.pull()
        return replace(store.read(), errors=snapshot.errors)

    def publish(self, now: datetime, snapshot: Snapshot, planned: Plan) -> bool:
        """Write the images that differ from what was published before.

        Args:
            now: the time of the plan.
            snapshot: the state.
            planned: the plan over that state, which readers are shown.

        Returns:
            False: another process has written the index since this one read it, and nothing was written over that.
        """
        if not self._index.has(self._written):
            # Another process wrote it, an older backup was restored, or rows were lost.
            self._written, self._reported = "", None
        self._report(now, snapshot)
        self._write(self._shown.follow(now, snapshot, planned) | self._unrendered)
        return bool(self._written)

    def _write(self, names: Collection[str]) -> None:
        """Write these images where they differ from what was rendered before; all, where the index has lost them."""
        shown = self._shown.images
        changed = [image for name in names if (image := shown.get(name)) and self._known(name) != image]
        gone = [name for name in names if name in self._rendered and name not in shown]
        if self._written and not changed and not gone:
            return
        self._render(changed)
        for name in gone:
            del self._rendered[name]
        written, self._written = self._written, ""
        # After an error in one of these, the next round writes everything.
        if written:
            images, fragments = self._to_write({image.name for image in changed})
            self._written = self._index.update(written, images, fragments, gone) or ""
        if not self._written:
            self._written = self._index.replace(*self._to_write(self._rendered), self._over)

    def _known(self, name: str) -> Image | None:
        return self._rendered[name][0] if name in self._rendered else None

    def _to_write(self, names: Iterable[str]) -> tuple[list[Image], Mapping[str, str]]:
        """The images of these names, and their entities as far as there are any."""
        rendered = [self._rendered[name] for name in names]
        packed = {image.name: text for image, text in rendered if text is not None}
        return [image for image, _ in rendered], PackedTexts(packed, self._packing)

    def _report(self, now: datetime, snapshot: Snapshot) -> None:
        """Write the problems of the config repository, if they differ from those of the last round."""
        problems = [_reported(name, text) for name, text in snapshot.problems]
        if problems != self._reported:
            self._index.report(problems, now)
            self._reported = problems

    def _render(self, images: Sequence[Image]) -> None:
        """Render the entities; where that ends with an unexpected error, the one before stays in the catalog."""
        self._unrendered.difference_update(image.name for image in images)
        taken: dict[str, str] = {}
        for start in range(0, len(images), _AT_ONCE):
            self._render_some(images[start : start + _AT_ONCE], taken)

    def _render_some(self, images: Sequence[Image], taken: dict[str, str]) -> None:
        found = {image.name: contained(image.name, self._entity, image) for image in images}
        rendered = (each.entity for each in found.values() if isinstance(each, _Rendered))
        valid, problems = checked(rendered, taken)
        for problem in problems:
            _log.error("entity_left_out", "an entity is left out of the catalog: {problem}", problem=problem)
        valid_ids = {id(each) for each in valid}
        for image in images:
            match found[image.name]:
                case _Rendered() as made:
                    text = self._packing.packed(made.text) if id(made.entity) in valid_ids else None
                    self._rendered[image.name] = image, text
                case error:
                    self._unrendered.add(image.name)
                    _, before = self._rendered.get(image.name, (image, None))
                    reason = f"its entity cannot be rendered: {error}; {image.reason}"
                    self._rendered[image.name] = replace(image, status=Status.ERROR, reason=reason), before

    def _entity(self, image: Image) -> "_Rendered":
        made = entity(image, self._sites)
        # Checked twice: here an error concerns this entity alone.
        return _Rendered(made, "" if problems_of(made) else fragment(made))


@dataclass(frozen=True, slots=True)
class _Rendered:
    """An entity and its text; the text is empty where the entity is not valid."""

    entity: Entity
    text: str


def _reported(name: str, text: str) -> ReportedProblem:
    if isinstance(text, ProblemText):
        place = text.file, text.line, text.field
        return ReportedProblem(name, str(text), text.message, *place, removes=text.removes)
    return ReportedProblem(name, text, text)
