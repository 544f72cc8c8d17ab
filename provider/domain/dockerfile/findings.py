"""The dependencies of a Dockerfile: the values that `discover` returns."""

from dataclasses import dataclass, field
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
        maybe_context: it is one word without tag and digest behind `--from`, and no stage: perhaps a directory or
            another image that the build takes as a named context.
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
    maybe_context: bool = False


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
    """Something in the file that is not understood, or not as it looks; the references of other lines are found.

    Attributes:
        line: counted from 1.
        message: what it is, without any text of the file, for people who may not see the file.
        file: the path of the Dockerfile; empty where there is only one.
        quoted: the message with the text of the file; None where that adds nothing.
    """

    line: int
    message: str
    file: str = ""
    quoted: str | None = field(default=None, compare=False, repr=False, kw_only=True)

    def __str__(self) -> str:
        return self.quoted or self.message

    @property
    def place(self) -> str:
        """Where the line is, for a sentence."""
        return _place(self.file, self.line)


@dataclass(frozen=True, slots=True)
class Discovery:
    """Everything found, in order: `# syntax=` first, then by stage, within a stage by line.

    Attributes:
        references: the images.
        unresolved: the variables without a value that hide an image.
        warnings: what is not understood.
        complete: False where the frontend reads another language, so that no other image of the file is known.
    """

    references: tuple[FoundReference, ...]
    unresolved: tuple[Unresolved, ...]
    warnings: tuple[DockerfileWarning, ...] = ()
    complete: bool = True


def _place(file: str, line: int) -> str:
    return f"{file} line {line}" if file else f"line {line}"
