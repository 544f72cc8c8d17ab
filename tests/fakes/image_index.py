"""An image index in memory."""

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime

from catalog.attention import attention
from catalog.image import DependentDocument, Image, Status
from provider.ports import (
    Facets,
    ImageFilter,
    ImageTrouble,
    Neighbours,
    Page,
    Place,
    ReportedProblem,
    StoredCatalog,
    most_first,
)

_NEVER = datetime.min.replace(tzinfo=UTC)
_NOT_BEHIND = datetime(9000, 1, 1, tzinfo=UTC)
_SORTS: Mapping[str, Callable[[Image], str | datetime]] = {
    "name": lambda image: image.name,
    "role": lambda image: image.role.value,
    "registry": lambda image: image.registry,
    "repository": lambda image: image.repository,
    "tag": lambda image: image.tag,
    "status": lambda image: image.status.value,
    "owner": lambda image: image.owner,
    "title": lambda image: image.title or "",
    "digest": lambda image: image.digest or "",
    "lastUpdated": lambda image: image.last_updated or _NEVER,
    "lastBuilt": lambda image: image.last_built or _NEVER,
    "attention": attention,
    "criticality": lambda image: {"high": "0", "normal": "1", "low": "2"}.get(image.criticality or "", "3"),
    "behindSince": lambda image: image.behind_since or _NOT_BEHIND,
}


class FakeImageIndex:
    """Images in dictionaries, empty at first; implements `provider.ports.ImageIndex`.

    Attributes:
        images: by name.
        by_name: the rendered entities.
    """

    def __init__(self) -> None:
        self.images: dict[str, Image] = {}
        self.by_name: dict[str, str] = {}
        self._written = 0
        self._looks: dict[str, datetime] = {}
        self._reported: list[ReportedProblem] = []

    def replace(self, images: Iterable[Image], fragments: Mapping[str, str], over: str | None = None) -> str:
        """Replace all images with these, unless another one has written over `over`."""
        if over is not None and over != self.mark():
            return ""
        listed = list(images)
        found = {image.name: image for image in listed}
        if len(found) < len(listed):
            twice = next(name for name, count in Counter(image.name for image in listed).items() if count > 1)
            raise ValueError(f"two images are named {twice!r}; a name belongs to one image")
        if strangers := sorted(set(fragments) - set(found)):
            raise ValueError(f"there are entities without an image of their name: {', '.join(strangers)}")
        for gone in set(self.images) - set(found):
            self._looks.pop(gone, None)
        self.images = found
        self.by_name = dict(fragments)
        self._written += 1
        return self.mark()

    def mark(self) -> str:
        """The number of the last replacement, and of the images that are here."""
        return f"{self._written} {len(self.images)}"

    def update(
        self, written: str, images: Iterable[Image], fragments: Mapping[str, str], gone: Collection[str]
    ) -> str | None:
        """Replace these images, and remove those of `gone`."""
        listed = list(images)
        if not self.has(written):
            return None
        kept = [image for name, image in self.images.items() if name not in {each.name for each in listed}.union(gone)]
        texts = {image.name: text for image in kept if (text := self.by_name.get(image.name)) is not None}
        return self.replace([*kept, *listed], {**texts, **fragments})

    def has(self, written: str) -> bool:
        """Whether the last replacement is this one, and all its images are here."""
        return written == self.mark()

    def checked(self, names: Iterable[str], at: datetime) -> None:
        """Record that these images were checked."""
        for name in names:
            self._looks[name] = max(at, self._looks.get(name, at))

    def image(self, name: str) -> Image | None:
        """One image, with its history."""
        return self.images.get(name)

    def outline(self, name: str) -> Image | None:
        """One image without its histories."""
        found = self.images.get(name)
        return replace(found, updates=(), rebuilds=(), origins=()) if found else None

    def neighbours(self, names: Sequence[str]) -> Mapping[str, Neighbours]:
        """Dependents and last checks."""
        return {name: Neighbours(self._dependents(name), self._looks.get(name)) for name in names}

    def page(self, wanted: ImageFilter, page: int, size: int, after: Place | None = None) -> Page:
        """A page of images."""
        if page < 1 or size < 1:
            raise ValueError(f"page {page} of size {size} cannot be; both are counted from 1")
        key = _SORTS.get(wanted.sort.removeprefix("-"))
        if key is None:
            raise ValueError(f"cannot sort by {wanted.sort!r}; sort by one of {', '.join(_SORTS)}")
        down = wanted.sort.startswith("-")
        found = sorted(
            (image for image in self.images.values() if self._matches(image, wanted)),
            key=lambda image: (key(image), image.name),
            reverse=down,
        )
        rest = found if after is None else [image for image in found if _is_behind(image, key, after, down=down)]
        start = (page - 1) * size
        items = tuple(replace(image, updates=(), rebuilds=(), origins=()) for image in rest[start : start + size])
        end = _place(items[-1], key) if items and len(rest) > start + size else None
        return Page(items, len(found), end)

    def count_by_status(self) -> Mapping[str, int]:
        """The number of images with each status."""
        counts = Counter(image.status.value for image in self.images.values())
        return {status.value: counts[status.value] for status in Status}

    def facets(self, wanted: ImageFilter) -> Facets:
        """The values that the images of a filter have."""
        found = [image for image in self.images.values() if self._matches(image, wanted)]
        return Facets(
            _counted(image.role.value for image in found),
            _counted(image.registry for image in found),
            _counted(image.owner for image in found),
            _counted(image.status.value for image in found),
            _counted(image.criticality for image in found if image.criticality),
        )

    def catalog_tag(self) -> str:
        """The whole catalog serves as the tag, so it changes exactly when an entity changes."""
        return repr(sorted(self.by_name.items()))

    def fragments(self) -> Sequence[str]:
        """The rendered entities, by name."""
        return [self.by_name[name] for name in sorted(self.by_name)]

    @contextmanager
    def read_catalog(self) -> Iterator[StoredCatalog]:
        """The rendered entities with their tag."""
        yield StoredCatalog(self.catalog_tag(), iter(self.fragments()))

    def fragment(self, name: str) -> str | None:
        """One rendered entity."""
        return self.by_name.get(name)

    def troubles(self) -> Sequence[ImageTrouble]:
        """The images with the status error or failed."""
        return [
            ImageTrouble(
                image.name,
                image.owner,
                str(image.reference),
                image.status,
                image.last_error.message if image.last_error else image.reason,
                image.last_error.at if image.last_error else None,
            )
            for image in sorted(self.images.values(), key=lambda each: each.name)
            if image.status in (Status.ERROR, Status.FAILED)
        ]

    def owners(self, names: Collection[str]) -> Mapping[str, str]:
        """The owners of those of these images that there are."""
        return {name: self.images[name].owner for name in names if name in self.images}

    def report(self, problems: Sequence[ReportedProblem], at: datetime) -> None:
        """Replace the problems; one with the same name and text, apart from digits, keeps its time."""
        since = {_key(known): known.since for known in self._reported}
        self._reported = [replace(problem, since=since.get(_key(problem), at)) for problem in problems]

    def reported(self) -> Sequence[ReportedProblem]:
        """The problems of the last report."""
        return self._reported

    def _matches(self, image: Image, wanted: ImageFilter) -> bool:
        if wanted.related_to is not None and image.name not in self._related(wanted.related_to):
            return False
        around = self._around(wanted)
        if around is not None and image.name not in around:
            return False
        if wanted.digest and image.name not in self._have_digest(wanted.digest, transitive=wanted.transitive):
            return False
        texts = [*(each.cve for each in image.rebuilds), *(each.cve for each in image.asked)]
        cves = {cve.strip().upper() for text in texts if text for cve in text.split(",")}
        if wanted.cve is not None and wanted.cve.strip().upper() not in cves - {""}:
            return False
        return _matches(image, wanted, self._contents(wanted))

    def _users(self, names: set[str], *, transitive: bool) -> set[str]:
        """These images and those that depend on them, with `transitive` over any number of steps."""
        found = set(names)
        for _ in self.images if transitive else (1,):
            found |= {image.name for image in self.images.values() if any(_depends_on(image, name) for name in found)}
        return found

    def _around(self, wanted: ImageFilter) -> set[str] | None:
        """The images of `reference` or `uses` with what depends on them; None where neither is asked for."""
        found: list[set[str]] = []
        if wanted.uses is not None:
            found.append(self._users({wanted.uses}, transitive=wanted.transitive))
        if (asked := wanted.reference) is not None:
            same = {
                image.name
                for image in self.images.values()
                if image.reference.image == asked.image and asked.tag in {None, image.tag}
            }
            found.append(self._users(same, transitive=wanted.transitive))
        return set.intersection(*found) if found else None

    def _have_digest(self, beginning: str, *, transitive: bool) -> set[str]:
        reached = {
            each
            for image in self.images.values()
            for each in (image.digest, *(edge.built_on for edge in image.dependencies), *_origins_of(image))
            if each and each.startswith(beginning)
        }
        have = {image.name for image in self.images.values() if (image.digest or "").startswith(beginning)}
        origins = [origin for image in self.images.values() for origin in image.origins]
        while transitive and (more := {each.digest for each in origins if reached & set(each.built_from)} - reached):
            reached |= more
        return have | {
            image.name for image in self.images.values() if reached & {edge.built_on for edge in image.dependencies}
        }

    def _related(self, name: str) -> set[str]:
        """The image, what depends on it over any number of steps, and what these depend on."""
        uses = {image.name: {each.name for each in image.dependencies} for image in self.images.values()}
        found = {name}
        while more := {user for user, used in uses.items() if used & found} - found:
            found |= more
        while more := {used for user in found for used in uses.get(user, ())} - found:
            found |= more
        return found

    def _dependents(self, name: str) -> tuple[DependentDocument, ...]:
        found = (image for image in self.images.values() if _depends_on(image, name))
        return tuple(DependentDocument(image.name, image.status) for image in sorted(found, key=lambda one: one.name))

    def _contents(self, wanted: ImageFilter) -> set[str]:
        """The digest that is asked for, and with `transitive` those that were built from it."""
        reached = {str(wanted.built_from)}
        origins = [origin for image in self.images.values() for origin in image.origins]
        while wanted.transitive and (
            more := {origin.digest for origin in origins if reached & set(origin.built_from)} - reached
        ):
            reached |= more
        return reached


def _origins_of(image: Image) -> Iterable[str]:
    return (digest for origin in image.origins for digest in origin.built_from)


def _counted(values: Iterable[str]) -> Mapping[str, int]:
    return most_first(Counter(values))


def _key(problem: ReportedProblem) -> tuple[str, str]:
    return problem.name, re.sub(r"\d+", "", problem.text)


def _place(image: Image, key: Callable[[Image], str | datetime]) -> Place:
    value = key(image)
    return Place(value.isoformat() if isinstance(value, datetime) else value, image.name)


def _is_behind(image: Image, key: Callable[[Image], str | datetime], place: Place, *, down: bool) -> bool:
    value = key(image)
    asked = datetime.fromisoformat(place.key) if isinstance(value, datetime) else place.key
    here, there = (value, image.name), (asked, place.name)
    return here < there if down else here > there


def _depends_on(image: Image, base: str) -> bool:
    return any(dependency.name == base for dependency in image.dependencies)


def _matches(image: Image, wanted: ImageFilter, contents: set[str]) -> bool:
    among = (
        (wanted.role, image.role.value),
        (wanted.registry, image.registry),
        (wanted.status, image.status.value),
        (wanted.criticality, image.criticality),
    )
    if wanted.behind is not None and wanted.behind != (image.behind_since is not None):
        return False
    if any(asked and value not in ({asked} if isinstance(asked, str) else asked) for asked, value in among):
        return False
    owners = (wanted.owner,) if isinstance(wanted.owner, str) else wanted.owner or ()
    if owners and image.owner.lower() not in {owner.lower() for owner in owners}:
        return False
    if wanted.depends_on is not None and not _depends_on(image, wanted.depends_on):
        return False
    built_on = {each.built_on or each.reference.partition("@")[2] for each in image.dependencies}
    if wanted.built_from is not None and not contents & built_on:
        return False
    searched = (image.name, image.repository, image.title or "")
    return wanted.query is None or any(wanted.query.casefold() in text.casefold() for text in searched)
