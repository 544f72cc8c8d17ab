"""What is wrong with images, bases and the configuration at one moment. Pure."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256

from provider.domain.snapshot import Snapshot
from provider.domain.state import ImageState, RebuildState

LONGEST = 1000
_DIGITS = re.compile(r"\d+")


class ImageProblemKind(StrEnum):
    """A check failed; the last rebuild failed; what people wrote is not valid."""

    ERROR = "error"
    FAILED = "failed"
    INVALID = "invalid"


@dataclass(frozen=True, slots=True)
class ImageProblem:
    """What is wrong with one subject; `message` has at most 1,000 characters, `page` says whether `name` has one."""

    kind: ImageProblemKind
    name: str
    message: str
    page: bool = True

    @property
    def key(self) -> str:
        """What it is known by while it lasts: for a problem of the configuration its words, wherever the line went."""
        if self.kind is not ImageProblemKind.INVALID:
            return f"{self.kind.value}/{self.name}"
        words = _DIGITS.sub("", self.message)
        return f"{self.kind.value}/{sha256(f'{self.name} {words}'.encode()).hexdigest()[:16]}"


def image_problems(snapshot: Snapshot) -> Mapping[str, ImageProblem]:
    """Everything that is wrong, by key."""
    return {trouble.key: trouble for trouble in _found(snapshot)}


def tracked(snapshot: Snapshot, key: str) -> bool:
    """Whether there still is what this key is about; problems always are."""
    kind, _, name = key.partition("/")
    return kind == ImageProblemKind.INVALID.value or name in snapshot.images or name in snapshot.bases


def _found(snapshot: Snapshot) -> Iterator[ImageProblem]:
    for name, image in snapshot.images.items():
        message = image.error.message if image.error else image.discovery_error
        if message:
            yield ImageProblem(ImageProblemKind.ERROR, name, message[:LONGEST])
        if (ended := _last_ended(image)) and ended.failed:
            yield ImageProblem(ImageProblemKind.FAILED, name, _ending(ended)[:LONGEST])
    for name, base in snapshot.bases.items():
        if base.error:
            yield ImageProblem(ImageProblemKind.ERROR, name, base.error.message[:LONGEST])
    for name, problem in snapshot.problems:
        page = name in snapshot.images or name in snapshot.bases
        yield ImageProblem(ImageProblemKind.INVALID, name, problem[:LONGEST], page)


def _last_ended(image: ImageState) -> RebuildState | None:
    """A rebuild that is under way says nothing yet: what the last one came to still holds."""
    return next((record for record in reversed(image.rebuilds) if record.settled), None)


def _ending(record: RebuildState) -> str:
    if record.error:
        return record.error
    return f"rebuild {record.id} ended with {record.conclusion.value if record.conclusion else 'no result'}"
