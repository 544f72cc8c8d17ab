"""The sources of the files that instructions copy or mount: stages and images.

Source of the rules: BuildKit, frontend/dockerfile/dockerfile2llb/convert.go (toCommand), convert_runmount.go.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from provider.domain.dockerfile.arguments import names_in
from provider.domain.dockerfile.errors import DockerfileError, InvalidSyntaxError, quoted
from provider.domain.dockerfile.findings import DockerfileWarning, ReferenceKind, Unresolved
from provider.domain.dockerfile.flags import mount_source, values_of
from provider.domain.dockerfile.instructions import Instruction
from provider.domain.dockerfile.notes import not_understood
from provider.domain.dockerfile.words import expand

_INDEX = re.compile(r"([+-]?)0*([0-9]{1,19})")
_LARGEST_INDEX = 2**63 - 1
_FLAGS = {ReferenceKind.COPY_FROM: "--from", ReferenceKind.MOUNT_FROM: "'from' of a mount"}
_NO_VARIABLE = "takes no variable; name a stage whose FROM has the variable"


@dataclass(frozen=True, slots=True)
class StageSource:
    """A stage or an image that an instruction copies files from, as written; `line` counts from 1."""

    kind: ReferenceKind
    written: str
    line: int


@dataclass(frozen=True, slots=True)
class InstructionSources:
    """What one instruction, or several, take files from.

    Attributes:
        found: the stages and images.
        unresolved: the variables in places where BuildKit takes none.
        warnings: why they are unresolved.
    """

    found: tuple[StageSource, ...] = ()
    unresolved: tuple[Unresolved, ...] = ()
    warnings: tuple[DockerfileWarning, ...] = ()


_NOTHING = InstructionSources()


def sources_of(instruction: Instruction) -> InstructionSources:
    """The sources of an instruction; flags that do not name one are ignored."""
    match instruction.name:
        case "COPY":
            written = values_of(instruction.flags, "from")[-1:]
            return _told_apart(instruction, ReferenceKind.COPY_FROM, written)
        case "RUN":
            mounts = values_of(instruction.flags, "mount")
            return _told_apart(instruction, ReferenceKind.MOUNT_FROM, map(mount_source, mounts))
        case _:
            return _NOTHING


def joined(parts: Iterable[InstructionSources], warnings: Iterable[DockerfileWarning] = ()) -> InstructionSources:
    """The sources of several instructions in order, with further warnings."""
    each = tuple(parts)
    return InstructionSources(
        tuple(source for part in each for source in part.found),
        tuple(hole for part in each for hole in part.unresolved),
        (*(warning for part in each for warning in part.warnings), *warnings),
    )


def stage_index(source: StageSource, names: Mapping[str, int], count: int) -> int | None:
    """The index of the stage that a source names; None when it names an image.

    Only in COPY does a number name a stage.

    Args:
        source: a source of files.
        names: the index of every stage by name.
        count: the number of stages.

    Raises:
        DockerfileError: it is the number of a stage that does not exist.
    """
    index = names.get(source.written.lower())
    if source.kind is ReferenceKind.COPY_FROM and (digits := _INDEX.fullmatch(source.written)):
        number = int("".join(digits.groups()))
        index = number if abs(number) <= _LARGEST_INDEX else index
    if index is not None and not 0 <= index < count:
        raise later_stage(source)
    return index


def later_stage(source: StageSource) -> DockerfileError:
    """The error of a source that is a stage which does not come first."""
    wrong = "does not come before the one that copies from it"
    return DockerfileError(source.line, f"a stage {wrong}", f"stage {quoted(source.written)} {wrong}")


def _told_apart(instruction: Instruction, kind: ReferenceKind, written: Iterable[str | None]) -> InstructionSources:
    line = instruction.line
    found: list[StageSource] = []
    unresolved: list[Unresolved] = []
    warnings: list[DockerfileWarning] = []
    for text in filter(None, written):
        if _is_literal(text, kind, instruction.escape):
            found.append(StageSource(kind, text, line))
            continue
        unresolved += (Unresolved(name, line, f"{_FLAGS[kind]} {_NO_VARIABLE}.") for name in _variables(text))
        shown = f"{_FLAGS[kind]} is {quoted(text)}; it {_NO_VARIABLE}"
        warnings.append(not_understood(line, InvalidSyntaxError(f"{_FLAGS[kind]} {_NO_VARIABLE}", shown)))
    return InstructionSources(tuple(found), tuple(unresolved), tuple(warnings))


def _is_literal(text: str, kind: ReferenceKind, escape: str) -> bool:
    if kind is ReferenceKind.MOUNT_FROM:
        return "$" not in text[:-1]
    try:
        return expand(text, {}, escape).text == text
    except InvalidSyntaxError:
        return False


def _variables(text: str) -> list[str]:
    return list(dict.fromkeys(names_in(text)))
