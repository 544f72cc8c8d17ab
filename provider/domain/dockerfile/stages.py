"""The stages of a Dockerfile, and the sources of the files in each.

Source of the rules: BuildKit, frontend/dockerfile/instructions/parse.go and
frontend/dockerfile/dockerfile2llb/convert.go (toCommand), convert_runmount.go (detectRunMount).
"""

from collections.abc import Iterable
from dataclasses import dataclass

from provider.domain.dockerfile.errors import DockerfileError, InvalidSyntaxError, quoted
from provider.domain.dockerfile.findings import DockerfileWarning
from provider.domain.dockerfile.flags import values_of
from provider.domain.dockerfile.foreign import template
from provider.domain.dockerfile.instructions import FLAGS, Instruction
from provider.domain.dockerfile.notes import not_understood
from provider.domain.dockerfile.sources import InstructionSources, joined, sources_of
from provider.domain.dockerfile.validity import check


@dataclass(frozen=True, slots=True)
class Stage:
    """One FROM and the instructions after it.

    Attributes:
        index: counted from 0.
        name: in lower case; None without AS.
        base: the operand of FROM as written.
        platform: the value of `--platform` as written; None without it.
        origin: the FROM instruction.
        arguments: the names that the stage's own ARGs declare.
        sources: what the stage's own instructions take files from.
        triggers: the instructions after ONBUILD; they run in the stages that are built from this one.
    """

    index: int
    name: str | None
    base: str
    platform: str | None
    origin: Instruction
    arguments: tuple[str, ...]
    sources: InstructionSources
    triggers: tuple[Instruction, ...]


@dataclass(frozen=True, slots=True)
class DockerfileStages:
    """A whole file.

    Attributes:
        arguments: the ARGs before the first FROM.
        stages: at least one.
        warnings: the lines that are not understood.
    """

    arguments: tuple[Instruction, ...]
    stages: tuple[Stage, ...]
    warnings: tuple[DockerfileWarning, ...]


def build_of(instructions: Iterable[Instruction]) -> DockerfileStages:
    """Check every instruction and group them by stage.

    What BuildKit refuses is a warning, where it leaves no doubt about the images of other lines.

    Raises:
        DockerfileError: a FROM is wrong, something else than ARG is before the first FROM, or there is no FROM.
    """
    warnings: list[DockerfileWarning] = []
    arguments: list[Instruction] = []
    stages: list[list[Instruction]] = []
    for instruction in instructions:
        if instruction.name == "FROM":
            stages.append([instruction])
        elif stages:
            stages[-1].append(instruction)
        elif instruction.name == "ARG":
            arguments.append(instruction)
        else:
            raise _misplaced(instruction)
        warnings += _problems(instruction)
    if not stages:
        raise DockerfileError(1, "the file has no FROM")
    built = tuple(_stage(index, group) for index, group in enumerate(stages))
    return DockerfileStages(tuple(arguments), built, tuple(warnings))


def trigger_sources(triggers: Iterable[Instruction]) -> InstructionSources:
    """The sources of files in triggers that a stage runs; BuildKit ignores triggers that no stage runs.

    Raises:
        DockerfileError: a trigger is no instruction of a Dockerfile.
    """
    warnings: list[DockerfileWarning] = []
    parts: list[InstructionSources] = []
    for trigger in triggers:
        warnings += _problems(trigger)
        parts.append(sources_of(trigger))
    return joined(parts, warnings)


def wrong_from(origin: Instruction, kind: str, shown: str | None = None) -> DockerfileError:
    """The error of a FROM."""
    if known := template(origin.text):
        return DockerfileError(origin.line, known)
    return DockerfileError(origin.line, kind, shown)


def _misplaced(instruction: Instruction) -> DockerfileError:
    if instruction.name not in FLAGS and (known := template(instruction.text)):
        return DockerfileError(instruction.line, known)
    kind = f"{instruction.name if instruction.name in FLAGS else 'an unknown instruction'} is"
    rule = "not allowed before the first FROM; only ARG is"
    return DockerfileError(instruction.line, f"{kind} {rule}", f"{quoted(instruction.name)} is {rule}")


def _problems(instruction: Instruction) -> Iterable[DockerfileWarning]:
    try:
        check(instruction)
    except InvalidSyntaxError as problem:
        _check_ignorable(instruction, problem)
        return (not_understood(instruction.line, problem),)
    return ()


def _check_ignorable(instruction: Instruction, problem: InvalidSyntaxError) -> None:
    if instruction.name in FLAGS and instruction.name != "FROM":
        return
    if known := template(instruction.text):
        raise DockerfileError(instruction.line, known) from problem
    if instruction.name != "FROM" and "<<" in instruction.text:
        # It is not known whether the next lines are instructions.
        raise DockerfileError.at(instruction.line, problem) from problem


def _stage(index: int, group: list[Instruction]) -> Stage:
    origin, *body = group
    base, name = _from_operands(origin)
    declared = (word.partition("=")[0] for each in body if each.name == "ARG" for word in each.quoted_words())
    return Stage(
        index,
        name.lower() if name else None,
        base,
        (*values_of(origin.flags, "platform"), "")[0] or None,
        origin,
        tuple(declared),
        joined(map(sources_of, body)),
        tuple(instruction.onbuild() for instruction in body if instruction.name == "ONBUILD"),
    )


def _from_operands(origin: Instruction) -> tuple[str, str | None]:
    match origin.blank_separated():
        case [base]:
            return base, None
        case [base, keyword, name] if keyword.lower() == "as":
            return base, name
        case _:
            raise wrong_from(origin, "FROM takes an image, or an image, AS and a name")
