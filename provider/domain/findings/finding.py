"""Findings about an enrollment, and the images that it was found to depend on."""

from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

from catalog.image import DependencyRole
from catalog.reference import Digest
from provider.errors import InternalError
from proxy.errors import OutsideFailure

Unanswered: TypeAlias = OutsideFailure | InternalError
"""Why a question has no answer; a `NotNow` or an InternalError says nothing about what was asked."""


class Level(StrEnum):
    """What a finding means: it has to be corrected first; it should be; it is good to know."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


@dataclass(frozen=True, slots=True)
class Finding:
    """One finding.

    Attributes:
        field: the key of the entry, such as `source.repo`.
        message: what was found and what to do, a sentence without text of the source's files.
        needs_rule: no rule of policy.yaml allows it, so it needs an admin's word.
        unknown: the question has no answer yet; asking again may give one.
    """

    field: str
    level: Level
    message: str
    needs_rule: bool = False
    unknown: bool = False


class Availability(StrEnum):
    """Whether a registry has an image: it has; it has not; it did not say."""

    FOUND = "found"
    MISSING = "missing"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class FoundBase:
    """An image that the enrolled one would depend on.

    Attributes:
        written: as in the Dockerfile.
        reference: normalised.
        line: of its first use; None where no line names it.
        file: the path of that Dockerfile; empty where there is only one.
        digest: that the tag points to; None where it is not known.
        name: the entity that is tracked already for it; None where there is none.
    """

    written: str
    reference: str
    role: DependencyRole
    kinds: tuple[str, ...]
    line: int | None
    file: str
    availability: Availability
    digest: Digest | None
    name: str | None


@dataclass(frozen=True, slots=True)
class Findings:
    """All findings about an enrollment, errors first, and what was discovered."""

    items: tuple[Finding, ...]
    bases: tuple[FoundBase, ...] = ()

    @property
    def errors(self) -> tuple[Finding, ...]:
        """Those with which nothing is committed."""
        return tuple(item for item in self.items if item.level is Level.ERROR)

    @property
    def needs_rule(self) -> bool:
        """Whether it needs an admin's word, so that it is not committed without a review."""
        return any(item.needs_rule for item in self.items)

    @property
    def complete(self) -> bool:
        """Whether every question had an answer."""
        return not any(item.unknown for item in self.items)


def error(field: str, message: str) -> Finding:
    """A finding with which nothing is committed."""
    return Finding(field, Level.ERROR, message)


def warning(field: str, message: str) -> Finding:
    """A finding that should be corrected."""
    return Finding(field, Level.WARNING, message)


def info(field: str, message: str) -> Finding:
    """A finding that is good to know."""
    return Finding(field, Level.INFO, message)


def not_known(field: str, reason: object) -> Finding:
    """The finding for a question without an answer; the text of `reason` says why there is none."""
    return Finding(field, Level.WARNING, f"not known: {reason}", unknown=True)


def in_order(items: list[Finding]) -> tuple[Finding, ...]:
    """Each finding once, errors first, then warnings; otherwise in the order in which they were found."""
    return tuple(sorted(dict.fromkeys(items), key=lambda item: list(Level).index(item.level)))
