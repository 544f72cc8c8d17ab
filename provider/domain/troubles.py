"""What is wrong with images, bases and the configuration at one moment. Pure."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256

from provider.domain.books import Books
from provider.domain.state import ImageState, RebuildRecord

LONGEST = 1000
_DIGITS = re.compile(r"\d+")


class TroubleKind(StrEnum):
    """It cannot be looked at; its last rebuild failed; what people wrote is not valid."""

    ERROR = "error"
    FAILED = "failed"
    INVALID = "invalid"


@dataclass(frozen=True, slots=True)
class Trouble:
    """What is wrong with one subject; `message` has at most 1,000 characters, `page` tells whether `name` has one."""

    kind: TroubleKind
    name: str
    message: str
    page: bool = True

    @property
    def key(self) -> str:
        """What it is known by while it lasts: for a problem of the configuration its words, wherever the line went."""
        if self.kind is not TroubleKind.INVALID:
            return f"{self.kind.value}/{self.name}"
        words = _DIGITS.sub("", self.message)
        return f"{self.kind.value}/{sha256(f'{self.name} {words}'.encode()).hexdigest()[:16]}"


def troubles(books: Books) -> Mapping[str, Trouble]:
    """Everything that is wrong, by key."""
    return {trouble.key: trouble for trouble in _found(books)}


def tracked(books: Books, key: str) -> bool:
    """Whether there still is what this key is about; problems always are."""
    kind, _, name = key.partition("/")
    return kind == TroubleKind.INVALID.value or name in books.images or name in books.bases


def _found(books: Books) -> Iterator[Trouble]:
    for name, image in books.images.items():
        message = image.error.message if image.error else image.discovery_error
        if message:
            yield Trouble(TroubleKind.ERROR, name, message[:LONGEST])
        if (ended := _last_ended(image)) and ended.failed:
            yield Trouble(TroubleKind.FAILED, name, _ending(ended)[:LONGEST])
    for name, base in books.bases.items():
        if base.error:
            yield Trouble(TroubleKind.ERROR, name, base.error.message[:LONGEST])
    for name, problem in books.problems:
        page = name in books.images or name in books.bases
        yield Trouble(TroubleKind.INVALID, name, problem[:LONGEST], page)


def _last_ended(image: ImageState) -> RebuildRecord | None:
    """A rebuild that is under way says nothing yet: what the last one came to still holds."""
    return next((record for record in reversed(image.rebuilds) if record.settled), None)


def _ending(record: RebuildRecord) -> str:
    if record.error:
        return record.error
    return f"rebuild {record.id} ended with {record.conclusion.value if record.conclusion else 'no result'}"
