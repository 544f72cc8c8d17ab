"""Take what people ask for into the queue of the worker: the web part and the command line use the same rules."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from catalog.image import Image, Role
from catalog.reference import Digest
from provider.domain.asking.coverage import Covered, covered, is_needed
from provider.domain.asking.request import PersonRequest, RequestKind
from provider.operation_ports import PersonRequests
from provider.ports import ImageFilter, ImageIndex

EMERGENCY_LASTS = timedelta(days=3)
"""After this time an emergency that has not started is dropped, unless it says another one."""

_MANY = 500


class CannotAsk(Exception):
    """The image cannot be rebuilt or held; the message says why."""


@dataclass(frozen=True, slots=True)
class Asking:
    """What a request needs.

    Attributes:
        index: the images as readers see them.
        requests: takes the requests to the worker.
        now: the clock.
        new_id: makes a text that no other request has.
    """

    index: ImageIndex
    requests: PersonRequests
    now: Callable[[], datetime]
    new_id: Callable[[], str]

    def rebuild(self, image: Image, reason: str, by: str, cve: str | None = None) -> PersonRequest:
        """Ask for a rebuild of a managed image.

        Raises:
            CannotAsk: it is a base image, or no rebuild of it can start.
        """
        if image.role is not Role.MANAGED:
            raise CannotAsk(f"{image.name} is not built here; ask for an emergency to rebuild what is built from it.")
        if image.no_build:
            raise CannotAsk(f"{image.name} cannot be rebuilt: {image.no_build}.")
        return self._ask(RequestKind.REBUILD, image, reason, by, cve=cve)

    def emergency(
        self,
        image: Image,
        reason: str,
        by: str,
        cve: str | None = None,
        until: datetime | None = None,
        digest: Digest | None = None,
    ) -> tuple[PersonRequest, list[Covered]]:
        """Ask for an emergency rebuild; the images that cannot be built are left out of it.

        Returns:
            The request, and everything that it covers.

        Raises:
            CannotAsk: it covers no image that can be built.
        """
        found = coverage(self.index, image, digest)
        names = tuple(each.name for each in found if each.why_not is None)
        if not found:
            raise CannotAsk(f"No managed image is built from {image.name}, so there is nothing to rebuild.")
        if not names:
            reasons = "; ".join(f"{each.name}: {each.why_not}" for each in found)
            raise CannotAsk(f"None of the images can be rebuilt. {reasons}.")
        end = until or self.now() + EMERGENCY_LASTS
        return self._ask(RequestKind.EMERGENCY, image, reason, by, cve=cve, until=end, images=names), found

    def hold(self, image: Image, reason: str, by: str, until: datetime | None = None) -> PersonRequest:
        """Ask that no automatic rebuild starts until the image is released.

        Raises:
            CannotAsk: it is a base image.
        """
        return self._ask(RequestKind.HOLD, _managed(image), reason, by, until=until)

    def release(self, image: Image, reason: str, by: str) -> PersonRequest:
        """Ask that automatic rebuilds start again.

        Raises:
            CannotAsk: it is a base image, or not on hold.
        """
        waiting = any(request.kind is RequestKind.HOLD for request in self.requests.open(image.name))
        if _managed(image).hold is None and not waiting:
            raise CannotAsk(f"{image.name} is not on hold.")
        return self._ask(RequestKind.RELEASE, image, reason, by)

    def skip(self, image: Image, digest: Digest, reason: str, by: str) -> PersonRequest:
        """Ask that a digest of a dependency is never used for the image.

        Raises:
            CannotAsk: it is a base image.
        """
        return self._ask(RequestKind.SKIP, _managed(image), reason, by, digest=digest)

    def unskip(self, image: Image, digest: Digest, reason: str, by: str) -> PersonRequest:
        """Ask that a digest may be used again.

        Raises:
            CannotAsk: it is a base image, or does not skip the digest.
        """
        waiting = any(request.digest == digest for request in self.requests.open(image.name))
        if all(skip.digest != digest for skip in _managed(image).skips) and not waiting:
            raise CannotAsk(f"{image.name} does not skip {digest}.")
        return self._ask(RequestKind.UNSKIP, image, reason, by, digest=digest)

    def removals(self, file: str, count: int, reason: str, by: str) -> PersonRequest:
        """Allow the removals of a file of enrollments that wait, because too many would be removed at once.

        Args:
            file: the path in the config repository.
            count: as many as the caller has seen; others that came later are not allowed with them.
            reason: why.
            by: the caller.

        Raises:
            CannotAsk: so many do not wait.
        """
        waiting = next((found.removes for found in self.index.reported() if found.file == file and found.removes), ())
        if len(waiting) != count:
            number = f"{len(waiting)} removals" if waiting else "No removal"
            raise CannotAsk(f"{number} of {file} wait, not {count}; see GET /api/v1/problems.")
        request = PersonRequest(self.new_id(), RequestKind.REMOVALS, file, reason, by, self.now(), waiting)
        self.requests.ask(request)
        return request

    def _ask(
        self,
        kind: RequestKind,
        image: Image,
        reason: str,
        by: str,
        *,
        cve: str | None = None,
        until: datetime | None = None,
        images: tuple[str, ...] = (),
        digest: Digest | None = None,
    ) -> PersonRequest:
        request = PersonRequest(self.new_id(), kind, image.name, reason, by, self.now(), images, digest, cve, until)
        self.requests.ask(request)
        return request


def coverage(index: ImageIndex, image: Image, digest: Digest | None = None) -> list[Covered]:
    """What an emergency rebuild of the image covers; with a digest, only images that contain this digest of it."""
    wanted = ImageFilter(built_from=digest, transitive=True)
    built_from = None if digest is None else {found.name for found in every_image(index, wanted)}
    return covered(image, every_image(index, ImageFilter(role=Role.MANAGED, related_to=image.name)), built_from)


def emergency_owners(index: ImageIndex, image: Image, digest: Digest | None = None) -> Iterator[str | None]:
    """The owners whose permission an emergency rebuild of the image needs, each once; None: that of an admin.

    For a managed image its own owner; for a base image those of everything that the emergency covers. The owners of
    the images that are built from it directly come first, before the rest is read: mostly they decide.
    """
    seen: set[str | None] = set()
    for found in _asked_for_permission(index, image, digest):
        owner = found.acting_owner
        if owner not in seen:
            seen.add(owner)
            yield owner
    if not seen:
        yield None


def _asked_for_permission(index: ImageIndex, image: Image, digest: Digest | None) -> Iterator[Image]:
    if image.role is Role.MANAGED:
        yield image
        return
    if digest is None:
        direct = every_image(index, ImageFilter(role=Role.MANAGED, depends_on=image.name))
        yield from (each for each in direct if any(of.name == image.name and is_needed(of) for of in each.dependencies))
    yield from filter(None, (index.image(each.name) for each in coverage(index, image, digest)))


def every_image(index: ImageIndex, wanted: ImageFilter) -> Iterator[Image]:
    """Every image that a filter finds, read in large pages."""
    page = 1
    while items := index.page(wanted, page, _MANY).items:
        yield from items
        if len(items) < _MANY:
            return
        page += 1


def _managed(image: Image) -> Image:
    if image.role is Role.MANAGED:
        return image
    raise CannotAsk(f"{image.name} is not built here, so it has no rebuilds to hold.")
