"""The problems of images, bases and the configuration at one moment. Pure."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256

from catalog.image import Evidence
from provider.containment import contained
from provider.domain.snapshot import Snapshot
from provider.domain.state import ImageState, RebuildState
from provider.domain.status import mismatch
from provider.errors import InternalError

LONGEST = 1000
_DIGITS = re.compile(r"\d+")


class ImageProblemKind(StrEnum):
    """The kinds.

    A check failed; the last rebuild failed; the image that it made is built from another digest than was passed; an
    enrollment is not valid.
    """

    ERROR = "error"
    FAILED = "failed"
    MISMATCH = "mismatch"
    INVALID = "invalid"


@dataclass(frozen=True, slots=True)
class ImageProblem:
    """A problem of one subject; `message` has at most 1,000 characters; `page`: whether the image `name` has a page."""

    kind: ImageProblemKind
    name: str
    message: str
    page: bool = True

    @property
    def key(self) -> str:
        """Identifies the problem while it lasts; for one of the configuration by its text without line numbers."""
        if self.kind is not ImageProblemKind.INVALID:
            return f"{self.kind.value}/{self.name}"
        words = _DIGITS.sub("", self.message)
        return f"{self.kind.value}/{sha256(f'{self.name} {words}'.encode()).hexdigest()[:16]}"


def image_problems(snapshot: Snapshot) -> Mapping[str, ImageProblem]:
    """All problems, by key."""
    return {problem.key: problem for problem in _found(snapshot)}


def tracked(snapshot: Snapshot, key: str) -> bool:
    """Whether the subject of this key is still tracked; True for problems of the configuration."""
    kind, _, name = key.partition("/")
    return kind == ImageProblemKind.INVALID.value or name in snapshot.images or name in snapshot.bases


def _found(snapshot: Snapshot) -> Iterator[ImageProblem]:
    for name, image in snapshot.images.items():
        problems = contained(name, _of_image, name, image, snapshot.errors.get(name))
        if isinstance(problems, InternalError):
            yield ImageProblem(ImageProblemKind.ERROR, name, str(problems))
        else:
            yield from problems
    for name, base in snapshot.bases.items():
        if base.error:
            yield ImageProblem(ImageProblemKind.ERROR, name, base.error.message[:LONGEST])
    for name, problem in snapshot.problems:
        page = name in snapshot.images or name in snapshot.bases
        yield ImageProblem(ImageProblemKind.INVALID, name, problem[:LONGEST], page)


def _of_image(name: str, image: ImageState, error: str | None) -> list[ImageProblem]:
    """The problems of one image; `error`: its unexpected error, where it has one."""
    found = []
    if message := error or (image.error.message if image.error else image.discovery_error):
        found.append(ImageProblem(ImageProblemKind.ERROR, name, message[:LONGEST]))
    if (ended := _last_ended(image)) and ended.failed:
        found.append(ImageProblem(ImageProblemKind.FAILED, name, _ending(ended)[:LONGEST]))
    if wrong := [each for each in image.dependencies if each.evidence is Evidence.MISMATCH and not each.pinned]:
        message = "; ".join(map(mismatch, wrong))
        found.append(ImageProblem(ImageProblemKind.MISMATCH, name, message[:LONGEST]))
    return found


def _last_ended(image: ImageState) -> RebuildState | None:
    """The last rebuild that has ended; while another one is in progress, its result still holds."""
    return next((record for record in reversed(image.rebuilds) if record.settled), None)


def _ending(record: RebuildState) -> str:
    if record.error:
        return record.error
    return f"rebuild {record.id} ended with {record.conclusion.value if record.conclusion else 'no result'}"
