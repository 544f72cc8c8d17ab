"""Whether BuildKit accepts an instruction; the images and files that it names are not checked.

Source of the rules: BuildKit, frontend/dockerfile/instructions/parse.go and frontend/dockerfile/parser/line_parsers.go.
"""

import re

from provider.domain.dockerfile.errors import InvalidSyntaxError, quoted
from provider.domain.dockerfile.flags import check_mount, read_flags
from provider.domain.dockerfile.heredocs import heredoc_name
from provider.domain.dockerfile.instructions import FLAGS, FLAGS_NOT_READ, Instruction, json_strings
from provider.domain.dockerfile.words import check_word

_STAGE_NAME = re.compile(r"[a-z][a-z0-9_.-]*")
_ONE_OPERAND = frozenset({"MAINTAINER", "STOPSIGNAL", "USER", "WORKDIR"})
_SOME_OPERANDS = frozenset({"ARG", "ENV", "EXPOSE", "LABEL", "ONBUILD", "SHELL", "VOLUME", "HEALTHCHECK"})
_JSON_OR_SHELL = frozenset({"ADD", "CMD", "COPY", "ENTRYPOINT", "RUN", "SHELL", "VOLUME"})
_PAIRS = frozenset({"ENV", "LABEL"})
_NO_TRIGGERS = frozenset({"FROM", "MAINTAINER", "ONBUILD"})


def check(instruction: Instruction) -> None:
    """Check name, flags and operands.

    Raises:
        InvalidSyntaxError: BuildKit refuses it.
    """
    name = instruction.name
    if name not in FLAGS:
        raise InvalidSyntaxError("unknown instruction", f"unknown instruction {quoted(name)}")
    _check_flags(instruction)
    if name in _ONE_OPERAND | _SOME_OPERANDS and not instruction.rest:
        raise InvalidSyntaxError(f"{name} has no operand")
    strings = json_strings(instruction.rest) if name in _JSON_OR_SHELL else None
    match name:
        case "ADD" | "COPY":
            _check_copy(name, instruction.blank_separated() if strings is None else strings)
        case "ARG":
            _check_arguments(instruction)
        case "FROM":
            _check_name(instruction.blank_separated()[2:])
        case "ENV" | "LABEL":
            _check_pairs(instruction)
        case "HEALTHCHECK":
            _check_health(instruction)
        case "ONBUILD":
            _check_trigger(instruction)
        case "SHELL" | "VOLUME":
            _check_strings(name, strings)
        case _:
            pass


def _check_strings(name: str, strings: list[str] | None) -> None:
    if name == "SHELL" and not strings:
        raise InvalidSyntaxError('SHELL takes the JSON form only, for example ["/bin/sh", "-c"]')
    if name == "VOLUME" and strings is not None and not all(map(str.strip, strings or [""])):
        raise InvalidSyntaxError("VOLUME has an empty path")


def _check_arguments(instruction: Instruction) -> None:
    for word in instruction.quoted_words():
        name, _, default = word.partition("=")
        if not name:
            raise InvalidSyntaxError("ARG has a value without a name")
        check_word(default, instruction.escape)


def _check_flags(instruction: Instruction) -> None:
    if instruction.name not in FLAGS_NOT_READ:
        for mount in read_flags(instruction.flags, FLAGS[instruction.name]).get("mount", ()):
            check_mount(mount)


def _check_copy(name: str, operands: list[str]) -> None:
    if not operands[1:]:
        raise InvalidSyntaxError(f"{name} takes a source and a destination")
    if heredoc_name(operands[-1]):
        raise InvalidSyntaxError(f"the destination of {name} is a heredoc")


def _check_name(names: list[str]) -> None:
    """Other builders take more names, and no name changes what an image is."""
    for name in names:
        if not _STAGE_NAME.fullmatch(name.lower()):
            rule = "is no name for a stage; it is a letter, then a-z, 0-9, '_', '.' and '-'"
            raise InvalidSyntaxError(f"the word after AS {rule}", f"{quoted(name)} {rule}")


def _check_pairs(instruction: Instruction) -> None:
    words = instruction.quoted_words()
    if "=" not in words[0]:
        if not instruction.blank_separated()[1:]:
            raise InvalidSyntaxError(f"{instruction.name} takes a name and a value")
        return
    for word in words:
        name, equals, _ = word.partition("=")
        if not equals:
            takes = f"{instruction.name} takes name=value"
            raise InvalidSyntaxError(f"a word has no '='; {takes}", f"{quoted(word)} has no '='; {takes}")
        if not name:
            raise InvalidSyntaxError(f"{instruction.name} has a value without a name")


def _check_health(instruction: Instruction) -> None:
    kind, *command = instruction.blank_separated()
    match kind.upper():
        case "NONE" if command:
            raise InvalidSyntaxError("HEALTHCHECK NONE takes no operands")
        case "CMD":
            strings = json_strings(instruction.rest[len(kind) :].lstrip())
            if not command or strings == []:
                raise InvalidSyntaxError("HEALTHCHECK CMD has no command")
        case "NONE":
            pass
        case _:
            takes = "HEALTHCHECK takes CMD or NONE"
            raise InvalidSyntaxError(takes, f"{takes}, not {quoted(kind)}")


def _check_trigger(instruction: Instruction) -> None:
    trigger = instruction.onbuild()
    if trigger.name in _NO_TRIGGERS:
        raise InvalidSyntaxError(f"{trigger.name} is not allowed behind ONBUILD")
    # Here the form of a trigger is checked; the rest is checked when a stage runs it.
    if trigger.name in _JSON_OR_SHELL:
        json_strings(trigger.rest)
    elif trigger.name in _PAIRS and trigger.rest:
        _check_pairs(trigger)
