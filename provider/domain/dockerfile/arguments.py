"""The variables of FROM lines: the ARGs before the first FROM, and those of the platform.

Source of the rules: BuildKit, frontend/dockerfile/dockerfile2llb/convert.go (buildMetaArgs) and platform.go.
"""

from collections.abc import Iterable, Mapping

from provider.domain.dockerfile.errors import DockerfileError, InvalidSyntaxError
from provider.domain.dockerfile.instructions import Instruction
from provider.domain.dockerfile.platforms import BUILD_PLATFORM, Platform
from provider.domain.dockerfile.words import LONGEST_VALUE, Expansion, expand

MOST_VARIABLES = 1000
"""The most `$` in all ARG and FROM lines together. With the limit of values this keeps every expansion short."""


def variables(
    arguments: Iterable[Instruction], build_arguments: Mapping[str, str], platform: Platform, target: str
) -> dict[str, Expansion]:
    """The variables that FROM lines can use, after every ARG in order.

    A build argument counts where an ARG declares it, or where it has the name of a platform variable.

    Raises:
        DockerfileError: a default cannot be expanded.
    """
    found = {name: Expansion(build_arguments.get(name, value)) for name, value in _predefined(platform, target).items()}
    for instruction in arguments:
        for word in instruction.quoted_words():
            name, equals, default = word.partition("=")
            if name in build_arguments:
                found[name] = Expansion(build_arguments[name])
            elif equals:
                found[name] = _expanded(default, found, instruction)
    return found


def check_build_arguments(build_arguments: Mapping[str, str]) -> None:
    """Refuse values that are too long for a reference.

    Raises:
        ValueError: a value is too long; the message names it but does not show it.
    """
    for name, value in build_arguments.items():
        if len(value) > LONGEST_VALUE:
            raise ValueError(f"build argument {name} has {len(value)} characters; at most {LONGEST_VALUE} are read")


def _expanded(default: str, found: Mapping[str, Expansion], instruction: Instruction) -> Expansion:
    try:
        return expand(default, found, instruction.escape)
    except InvalidSyntaxError as problem:
        raise DockerfileError.at(instruction.line, problem) from problem


def _predefined(platform: Platform, target: str) -> dict[str, str]:
    values = {"TARGETSTAGE": target}
    for prefix, described in (("BUILD", BUILD_PLATFORM), ("TARGET", platform)):
        values |= {
            f"{prefix}PLATFORM": str(described),
            f"{prefix}OS": described.system,
            f"{prefix}OSVERSION": "",
            f"{prefix}ARCH": described.architecture,
            f"{prefix}VARIANT": described.variant,
        }
    return values
