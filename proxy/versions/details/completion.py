"""Completes rows with details from the registry: at once what is known, the rest in the background."""

import dataclasses
from collections.abc import Sequence
from concurrent.futures import Future, wait
from dataclasses import dataclass
from functools import partial

from catalog.reference import ImageReference
from proxy.cache import Cache, Cached
from proxy.deadline import Deadline
from proxy.errors import NotFound
from proxy.places import may_wait
from proxy.ports import Registry
from proxy.versions.details.background import Background
from proxy.versions.details.look import Look
from proxy.versions.details.parts import RowParts
from proxy.versions.details.rows import Rows
from proxy.versions.listing import ListedTag, Listing
from proxy.versions.tag_names import attachments_of


@dataclass(frozen=True, slots=True)
class Completed:
    """A row with everything that is known.

    Attributes:
        row: the completed row.
        digest: the registry's answer for the tag; None if the list contained its digest.
        pending: more is being read, and the next request has it.
        final: no request failed that could succeed soon.
    """

    row: ListedTag
    digest: Cached | None = None
    pending: bool = False
    final: bool = True


class Completion:
    """Completes rows. A row whose request fails says why. Safe to use from many threads."""

    def __init__(self, cache: Cache, registry: Registry) -> None:
        self._cache = cache
        self._parts = RowParts(cache, registry)
        self._rows = Rows(self._parts)
        self._background: Background[Completed] = Background()

    def complete(
        self,
        reference: ImageReference,
        rows: Sequence[ListedTag],
        listing: Listing,
        patience: Deadline,
        *,
        refresh: bool,
        opened: bool = False,
    ) -> list[Completed]:
        """The rows, in their order.

        Args:
            reference: their repository.
            rows: some of the listing's.
            listing: of the repository.
            patience: until when missing details are waited for, unless this thread may not wait; they are read on after
                that.
            refresh: read the digests of tags again.
            opened: see `Rows.composed`.
        """
        task = _Task(reference, listing, opened=opened, refresh=refresh)
        found = [self._look(task, row, reads=False) for row in rows]
        reading = {
            row.name: self._read(task, row)
            for row, known in zip(rows, found, strict=True)
            if known.pending or (refresh and row.digest is None)
        }
        if not reading:
            return found
        wait(reading.values(), timeout=patience.left if may_wait() else 0.0)
        again = [self._look(task, row, reads=False) if row.name in reading else None for row in rows]
        open_ = {name for name, future in reading.items() if not future.done()}
        return [
            dataclasses.replace(newer or known, pending=known.row.name in open_)
            for known, newer in zip(found, again, strict=True)
        ]

    def _read(self, task: "_Task", row: ListedTag) -> Future[Completed]:
        """Read what is missing of a row, in the background."""
        key = f"{task.reference.image}:{row.name} opened={task.opened} refresh={task.refresh}"
        return self._background.read(task.reference.registry, key, partial(self._look, task, row, reads=True))

    def _look(self, task: "_Task", row: ListedTag, *, reads: bool) -> Completed:
        look, kept = Look(self._cache, reads=reads), None
        tagged = dataclasses.replace(task.reference, tag=row.name, digest=None)
        if row.digest is None:
            digest = self._parts.digest(look, tagged, refresh=task.refresh, alone=row.described)
            kept = look.parts[-1] if digest else None
            row = dataclasses.replace(row, digest=digest)
        attached = task.listing.attached.get(attachments_of(row.digest), ())
        row = self._rows.composed(task.reference, row, look, attached, task.listing.sizes, opened=task.opened)
        problem = next(iter([*map(str, look.failures), *look.problems]), None)
        if problem is not None:
            pinned = dataclasses.replace(tagged, tag=None, digest=row.digest)
            shown = problem.removeprefix(f"{tagged}: ").removeprefix(f"{pinned}: ")
            row = dataclasses.replace(row, problem=row.problem or shown)
        will_stay = not look.problems and all(isinstance(failure, NotFound) for failure in look.failures)
        return Completed(row, kept, pending=look.missing, final=will_stay)


@dataclass(frozen=True, slots=True)
class _Task:
    """What is looked for in rows; see `Completion.complete`."""

    reference: ImageReference
    listing: Listing
    opened: bool
    refresh: bool
