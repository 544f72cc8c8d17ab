"""What a Dockerfile depends on: the values that `discover` answers with."""

from dataclasses import dataclass
from enum import StrEnum

from catalog.image import DependencyRole
from catalog.reference import ImageReference


class ReferenceKind(StrEnum):
    """How the Dockerfile names the image."""

    SYNTAX = "syntax"
    FROM = "from"
    COPY_FROM = "copy-from"
    MOUNT_FROM = "mount-from"


@dataclass(frozen=True, slots=True)
class FoundReference:
    """One place where the file needs an image from a registry.

    Attributes:
        written: as it stands in the file, before expansion.
        reference: after expansion.
        image: `reference` parsed; tag and digest as written, None when not written.
        stage: the stage's own name in lower case, None when it has none.
        stage_index: counted from 0, None for `# syntax=`.
        line: 1-based, where the instruction begins.
    """

    kind: ReferenceKind
    written: str
    reference: str
    image: ImageReference
    stage: str | None
    stage_index: int | None
    line: int
    role: DependencyRole


@dataclass(frozen=True, slots=True)
class Unresolved:
    """A variable that a FROM needs and that has no value; `line` (1-based) is that FROM's."""

    name: str
    line: int


@dataclass(frozen=True, slots=True)
class Discovery:
    """Everything found, in order: `# syntax=` first, then by stage, within a stage by line."""

    references: tuple[FoundReference, ...]
    unresolved: tuple[Unresolved, ...]
