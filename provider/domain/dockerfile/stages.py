"""The stages of a Dockerfile, and the sources of the files in each.

StageSource of the rules: BuildKit, frontend/dockerfile/instructions/parse.go and
frontend/dockerfile/dockerfile2llb/convert.go (toCommand), convert_runmount.go (detectRunMount).
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from provider.domain.dockerfile.errors import DockerfileError, InvalidSyntaxError, quoted
from provider.domain.dockerfile.findings import ReferenceKind
from provider.domain.dockerfile.flags import mount_source
from provider.domain.dockerfile.instructions import Instruction
from provider.domain.dockerfile.validity import check, flags_of
from provider.domain.dockerfile.words import expand

_STAGE_NAME = re.compile(r"[a-z][a-z0-9_.-]*")
_INDEX = re.compile(r"([+-]?)0*([0-9]{1,19})")
_LARGEST_INDEX = 2**63 - 1


@dataclass(frozen=True, slots=True)
class StageSource:
    """A stage or an image that an instruction copies files from, as written; `line` counts from 1."""

    kind: ReferenceKind
    written: str
    line: int


@dataclass(frozen=True, slots=True)
class Stage:
    """One FROM and the instructions after it.

    Attributes:
        index: counted from 0.
        name: in lower case; None without AS.
        base: the operand of FROM as written.
        platform: the value of `--platform` as written; None without it.
        origin: the FROM instruction.
        sources: the sources of files in the stage's own instructions.
        triggers: the instructions after ONBUILD; they run in the stages that are built from this one.
    """

    index: int
    name: str | None
    base: str
    platform: str | None
    origin: Instruction
    sources: tuple[StageSource, ...]
    triggers: tuple[Instruction, ...]


@dataclass(frozen=True, slots=True)
class DockerfileStages:
    """A whole file: the ARGs before the first FROM, and the stages (at least one)."""

    arguments: tuple[Instruction, ...]
    stages: tuple[Stage, ...]


def build_of(instructions: Iterable[Instruction]) -> DockerfileStages:
    """Check every instruction and group them by stage.

    Raises:
        DockerfileError: BuildKit refuses an instruction, one stands before the first FROM, or there is no FROM.
    """
    arguments: list[Instruction] = []
    stages: list[list[Instruction]] = []
    for instruction in instructions:
        _checked(instruction)
        if instruction.name == "FROM":
            stages.append([instruction])
        elif stages:
            stages[-1].append(instruction)
        elif instruction.name == "ARG":
            arguments.append(instruction)
        else:
            raise DockerfileError(
                instruction.line, f"{instruction.name} is not allowed before the first FROM; only ARG is"
            )
    if not stages:
        raise DockerfileError(1, "the file has no FROM")
    return DockerfileStages(tuple(arguments), tuple(_stage(index, *group) for index, group in enumerate(stages)))


def trigger_sources(triggers: Iterable[Instruction]) -> tuple[StageSource, ...]:
    """The sources of files in triggers that a stage runs; BuildKit ignores triggers that no stage runs.

    Raises:
        DockerfileError: BuildKit refuses one.
    """
    return tuple(source for trigger in triggers for source in _sources(_checked(trigger)))


def stage_named(source: StageSource, names: Mapping[str, int], user: int) -> int | None:
    """The index of the stage that a source names; None when it names an image.

    Only in COPY does a number name a stage.

    Args:
        source: a source of files in the stage with index `user`.
        names: the index of every stage by name.
        user: the index of the stage that copies the files.

    Raises:
        DockerfileError: it means a stage that is not there, or does not come before `user`.
    """
    index = names.get(source.written.lower())
    if source.kind is ReferenceKind.COPY_FROM and (digits := _INDEX.fullmatch(source.written)):
        number = int("".join(digits.groups()))
        index = number if abs(number) <= _LARGEST_INDEX else index
    if index is not None and not 0 <= index < user:
        wrong = "does not come before the one that copies from it"
        raise DockerfileError(source.line, f"a stage {wrong}", f"stage {quoted(source.written)} {wrong}")
    return index


def _checked(instruction: Instruction) -> Instruction:
    try:
        check(instruction)
    except InvalidSyntaxError as problem:
        raise DockerfileError.at(instruction.line, problem) from problem
    return instruction


def _stage(index: int, origin: Instruction, *body: Instruction) -> Stage:
    base, alias = _from_operands(origin)
    platform = flags_of(origin).get("platform", ("",))[0]
    return Stage(
        index,
        _stage_name(alias, origin.line) if alias else None,
        base,
        platform or None,
        origin,
        tuple(source for instruction in body for source in _sources(instruction)),
        tuple(instruction.onbuild() for instruction in body if instruction.name == "ONBUILD"),
    )


def _from_operands(origin: Instruction) -> tuple[str, str | None]:
    match origin.blank_separated():
        case [base]:
            return base, None
        case [base, keyword, name] if keyword.lower() == "as":
            return base, name
        case _:
            raise DockerfileError(origin.line, "FROM takes an image, or an image, AS and a name")


def _stage_name(alias: str, line: int) -> str:
    name = alias.lower()
    if not _STAGE_NAME.fullmatch(name):
        wrong = "is no name for a stage; it is a letter, then a-z, 0-9, '_', '.' and '-'"
        raise DockerfileError(line, f"the word after AS {wrong}", f"{quoted(alias)} {wrong}")
    return name


def _sources(instruction: Instruction) -> tuple[StageSource, ...]:
    try:
        match instruction.name:
            case "COPY":
                written = flags_of(instruction).get("from", ("",))[0]
                _check_literal(written, instruction.escape)
                return (StageSource(ReferenceKind.COPY_FROM, written, instruction.line),) if written else ()
            case "RUN":
                mounts = flags_of(instruction).get("mount", ())
                found = filter(None, map(mount_source, mounts))
                return tuple(StageSource(ReferenceKind.MOUNT_FROM, written, instruction.line) for written in found)
            case _:
                return ()
    except InvalidSyntaxError as problem:
        raise DockerfileError.at(instruction.line, problem) from problem


def _check_literal(written: str, escape: str) -> None:
    if expand(written, {}, escape).text != written:
        raise InvalidSyntaxError("--from takes no variable; name a stage whose FROM has the variable")
