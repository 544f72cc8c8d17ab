"""The variables of FROM lines: the ARGs before the first FROM, and those of the platform.

Source of the rules: BuildKit, frontend/dockerfile/dockerfile2llb/convert.go (buildMetaArgs) and platform.go.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from provider.domain.dockerfile.allowance import LONGEST_VALUE, Allowance
from provider.domain.dockerfile.errors import (
    DockerfileError,
    ExpansionTooLargeError,
    InvalidSyntaxError,
    ValueNeededError,
)
from provider.domain.dockerfile.instructions import Instruction
from provider.domain.dockerfile.platforms import BUILD_PLATFORM, Platform
from provider.domain.dockerfile.words import Expansion, expand

# It looks behind every `$`, so that it finds at least the names that the lexer finds, whatever is quoted or escaped.
_NAME = re.compile(r"(?=\$\{?(\w+|[@*#?\-$!]))")


@dataclass(frozen=True, slots=True)
class Definition:
    """One name in an ARG; `default` is None without `=`."""

    name: str
    default: str | None
    origin: Instruction


def definitions(arguments: Iterable[Instruction]) -> tuple[Definition, ...]:
    """Every name that these ARGs declare, in order."""
    return tuple(
        Definition(name, default if equals else None, instruction)
        for instruction in arguments
        for name, equals, default in (word.partition("=") for word in instruction.quoted_words())
    )


def names_in(text: str) -> list[str]:
    """The names of the variables in a text, and perhaps others that are quoted or escaped in it."""
    return _NAME.findall(text)


def reached(declared: Sequence[Definition], texts: Iterable[str]) -> tuple[Definition, ...]:
    """The definitions that these texts need, in order; the defaults of the others are never expanded."""
    needed = {name for text in texts for name in names_in(text)}
    found = []
    for definition in reversed(declared):
        if definition.name in needed:
            found.append(definition)
            needed.update(names_in(definition.default or ""))
    return tuple(reversed(found))


def variables(
    needed: Iterable[Definition],
    build_arguments: Mapping[str, str],
    predefined: Mapping[str, Expansion],
    allowance: Allowance,
) -> dict[str, Expansion]:
    """The variables that FROM lines can use, after every ARG in order.

    A build argument counts where an ARG declares it, or where it has the name of a platform variable. A default that
    cannot be expanded is the `failure` of its variable.
    """
    found = {
        name: Expansion(build_arguments[name]) if name in build_arguments else value
        for name, value in predefined.items()
    }
    for definition in needed:
        if definition.name in build_arguments:
            found[definition.name] = Expansion(build_arguments[definition.name])
        elif definition.default is not None:
            found[definition.name] = _expanded(definition.default, found, definition.origin, allowance)
    return found


def _expanded(default: str, found: Mapping[str, Expansion], origin: Instruction, allowance: Allowance) -> Expansion:
    try:
        value = expand(default, found, origin.escape, allowance)
    except (ExpansionTooLargeError, ValueNeededError, DockerfileError) as problem:
        return Expansion("", failure=problem)
    except InvalidSyntaxError as problem:
        return Expansion("", failure=DockerfileError.at(origin.line, problem))
    if len(value.text) > LONGEST_VALUE:
        return Expansion("", failure=ExpansionTooLargeError("its variables expand to more text than is read"))
    return value


def platform_variables(platform: Platform | None, target: str) -> dict[str, Expansion]:
    """The variables that need no ARG.

    Args:
        platform: that the image is built for; None: not known, and the platform of the build machine is assumed.
        target: the name of the stage that is built.
    """
    values = {"TARGETSTAGE": Expansion(target)}
    for prefix, described in (("BUILD", None), ("TARGET", platform)):
        shown = described or BUILD_PLATFORM
        parts = {
            "PLATFORM": str(shown),
            "OS": shown.system,
            "OSVERSION": "",
            "ARCH": shown.architecture,
            "VARIANT": shown.variant,
        }
        values |= {
            f"{prefix}{part}": Expansion(value, unknown_platform=described is None) for part, value in parts.items()
        }
    return values
