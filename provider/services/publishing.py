"""Publish the snapshot for readers: write the read model and the rendered entities to the index."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from catalog.addresses import Sites
from catalog.entity import entity
from catalog.image import Image, Status
from catalog.render import fragment
from catalog.validation import Entity, checked
from catalog.validation import problems as problems_of
from provider.containment import contained
from provider.domain.plan import Plan
from provider.domain.read_model import read_model
from provider.domain.snapshot import Snapshot
from provider.ports import ImageIndex, ProblemText, ReportedProblem

_log = logging.getLogger(__name__)


class Publisher:
    """Writes the snapshot to the index; an entity is rendered again only when its image has changed."""

    def __init__(self, index: ImageIndex, default_owner: str, sites: Sites) -> None:
        self._index = index
        self._default_owner = default_owner
        self._sites = sites
        self._rendered: dict[str, tuple[Image, str | None]] = {}
        self._written = ""
        # None: not known, so that the first round writes even when nothing is wrong any more.
        self._reported: list[ReportedProblem] | None = None

    def publish(self, now: datetime, snapshot: Snapshot, planned: Plan) -> None:
        """Write the images that differ from what was published before.

        Args:
            now: the time of the plan.
            snapshot: the state.
            planned: the plan over that state, which readers are shown.
        """
        if not self._index.has(self._written):
            # Another process wrote it, an older backup was restored, or rows were lost.
            self._written, self._reported = "", None
        self._report(now, snapshot)
        self._write(read_model(now, snapshot, planned, self._default_owner))

    def _write(self, images: Sequence[Image]) -> None:
        changed = [image for image in images if self._rendered.get(image.name, (None,))[0] != image]
        names = {image.name for image in images}
        if self._written and not changed and names == self._rendered.keys():
            return
        self._render(changed)
        self._rendered = {name: known for name, known in self._rendered.items() if name in names}
        fragments = {name: text for name, (_, text) in self._rendered.items() if text is not None}
        self._written = self._index.replace([self._rendered[image.name][0] for image in images], fragments)

    def _report(self, now: datetime, snapshot: Snapshot) -> None:
        """Write the problems of the config repository, if they differ from those of the last round."""
        problems = [_reported(name, text) for name, text in snapshot.problems]
        if problems != self._reported:
            self._index.report(problems, now)
            self._reported = problems

    def _render(self, images: Sequence[Image]) -> None:
        """Render the entities; where that ends with an unexpected error, the one before stays in the catalog."""
        found = {image.name: contained(image.name, self._entity, image) for image in images}
        valid, problems = checked(rendered.entity for rendered in found.values() if isinstance(rendered, _Rendered))
        for problem in problems:
            _log.error("an entity is left out of the catalog: %s", problem)
        valid_ids = {id(each) for each in valid}
        for image in images:
            match found[image.name]:
                case _Rendered() as rendered:
                    text = rendered.text if id(rendered.entity) in valid_ids else None
                    self._rendered[image.name] = image, text
                case error:
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
