"""The dependencies of a Dockerfile: the values that `discover` returns."""

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
        written: the reference as in the file, before expansion.
        reference: the reference after expansion.
        image: the parsed `reference`; tag and digest are None where they are not written.
        stage: the name of the stage in lower case; None when it has no name.
        stage_index: counted from 0; None for `# syntax=`.
        line: the first line of the instruction, counted from 1.
        role: what the build needs it for.
        platforms: `os/architecture[/variant]` for which the build pulls it; empty: any platform.
    """

    kind: ReferenceKind
    written: str
    reference: str
    image: ImageReference
    stage: str | None
    stage_index: int | None
    line: int
    role: DependencyRole
    platforms: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Unresolved:
    """A variable without a value that a reference needs.

    Attributes:
        name: of the variable.
        line: the line of the instruction with the reference, counted from 1.
        hint: what a person can do, a sentence; empty where nothing more is known.
        file: the path of the Dockerfile; empty where there is only one.
    """

    name: str
    line: int
    hint: str = ""
    file: str = ""

    @property
    def place(self) -> str:
        """Where the reference is, for a sentence."""
        return _place(self.file, self.line)


@dataclass(frozen=True, slots=True)
class DockerfileWarning:
    """A line (counted from 1) that is not understood; the references of other lines are found.

    `file` is the path of the Dockerfile; empty where there is only one.
    """

    line: int
    message: str
    file: str = ""

    @property
    def place(self) -> str:
        """Where the line is, for a sentence."""
        return _place(self.file, self.line)


@dataclass(frozen=True, slots=True)
class Discovery:
    """Everything found, in order: `# syntax=` first, then by stage, within a stage by line."""

    references: tuple[FoundReference, ...]
    unresolved: tuple[Unresolved, ...]
    warnings: tuple[DockerfileWarning, ...] = ()


def _place(file: str, line: int) -> str:
    return f"{file} line {line}" if file else f"line {line}"
