"""What a stage is built from, for one platform.

Source of the rules: BuildKit, frontend/dockerfile/dockerfile2llb/convert.go (buildDispatchStates, resolveBaseImage).
"""

from collections.abc import Mapping
from dataclasses import dataclass

from provider.domain.dockerfile.allowance import Allowance
from provider.domain.dockerfile.arguments import names_in
from provider.domain.dockerfile.errors import (
    DockerfileError,
    ExpansionTooLargeError,
    InvalidSyntaxError,
    ValueNeededError,
)
from provider.domain.dockerfile.findings import DockerfileWarning, Unresolved
from provider.domain.dockerfile.meaning.contexts import NamedContexts
from provider.domain.dockerfile.meaning.holes import Scope, holes_of, undeclared_names
from provider.domain.dockerfile.meaning.images import MeantImage, context_image, meant_image
from provider.domain.dockerfile.platforms import parse_platform
from provider.domain.dockerfile.stages import Stage, wrong_from
from provider.domain.dockerfile.words import MOST_NAMES, Expansion, expand


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the FROM lines of a file see, for one platform.

    Attributes:
        variables: the values by name.
        scope: what is known of variables that have no value.
        contexts: the named contexts of the build.
        platform: that the image is built for, as `os/architecture[/variant]`; None: not known.
        allowance: for all expansions.
    """

    variables: Mapping[str, Expansion]
    scope: Scope
    contexts: NamedContexts
    platform: str | None
    allowance: Allowance


@dataclass(frozen=True, slots=True)
class Base:
    """What a stage is built from.

    Attributes:
        stage: the index of the earlier stage that it is; None otherwise.
        image: the image that it is; None for a stage, for nothing and for what is not known.
        platform: for which the image is pulled, as `os/architecture[/variant]`; None: any.
        replaced: a named context takes the place of the whole stage, whose instructions are not run.
        unresolved: the variables that hide what it is.
        warnings: what is unusual about it.
    """

    stage: int | None = None
    image: MeantImage | None = None
    platform: str | None = None
    replaced: bool = False
    unresolved: tuple[Unresolved, ...] = ()
    warnings: tuple[DockerfileWarning, ...] = ()


def base_of(stage: Stage, earlier: Mapping[str, int], seen: Surroundings) -> Base:
    """The base of a stage.

    Args:
        stage: the stage.
        earlier: the index of every earlier stage by name.
        seen: what its FROM sees.

    Raises:
        DockerfileError: its FROM can mean nothing.
    """
    platform, warnings = _platform(stage, seen)
    value = seen.contexts.of_stage(stage.name)
    try:
        if value is not None:
            return _of_image(stage, context_image(value), platform, warnings, replaced=True)
        text = expand(stage.base, seen.variables, stage.origin.escape, seen.allowance)
        return _of_text(stage, text, earlier, seen, platform, warnings)
    except ValueNeededError as problem:
        return Base(unresolved=(Unresolved(problem.name, stage.origin.line),), warnings=warnings)
    except ExpansionTooLargeError as problem:
        hint = f"The image is not known, because {problem.kind}."
        return Base(unresolved=_all_names(stage, hint), warnings=warnings)
    except InvalidSyntaxError as problem:
        raise wrong_from(stage.origin, problem.kind, problem.quoted) from problem


def _of_text(
    stage: Stage,
    text: Expansion,
    earlier: Mapping[str, int],
    seen: Surroundings,
    platform: str | None,
    warnings: tuple[DockerfileWarning, ...],
) -> Base:
    meant = _meaning(text.text, earlier, seen.contexts)
    readable = None if isinstance(meant, InvalidSyntaxError) else text.text
    if holes := holes_of(text, stage.origin.line, seen.scope, readable):
        return Base(unresolved=holes, warnings=warnings)
    warnings = (*warnings, *(_undeclared(name, stage.origin.line) for name in undeclared_names(text, seen.scope)))
    match meant:
        case InvalidSyntaxError() if names_in(stage.base):
            unresolved = _all_names(stage, "With its value this is no image reference.")
            return Base(unresolved=unresolved, warnings=warnings)
        case InvalidSyntaxError():
            raise meant
        case int():
            return Base(stage=meant, warnings=warnings)
        case _:
            return _of_image(stage, meant, platform, warnings)


def _meaning(text: str, earlier: Mapping[str, int], contexts: NamedContexts) -> int | MeantImage | InvalidSyntaxError:
    # BuildKit compares the unchanged text with names in lower case.
    if text in earlier:
        return earlier[text]
    if not text:
        return InvalidSyntaxError("FROM names nothing")
    try:
        return meant_image(text, contexts)
    except InvalidSyntaxError as problem:
        return problem


def _of_image(
    stage: Stage,
    meant: MeantImage,
    platform: str | None,
    warnings: tuple[DockerfileWarning, ...],
    *,
    replaced: bool = False,
) -> Base:
    if meant.note:
        warnings = (*warnings, DockerfileWarning(stage.origin.line, meant.note))
    return Base(image=meant if meant.image else None, platform=platform, replaced=replaced, warnings=warnings)


def _all_names(stage: Stage, hint: str) -> tuple[Unresolved, ...]:
    names = list(dict.fromkeys(names_in(stage.base)))[:MOST_NAMES]
    return tuple(Unresolved(name, stage.origin.line, hint) for name in names)


def _undeclared(name: str, line: int) -> DockerfileWarning:
    advice = f"declare ARG {name} before the first FROM"
    return DockerfileWarning(line, f"{name} is empty here, because no ARG before the first FROM declares it; {advice}")


def _platform(stage: Stage, seen: Surroundings) -> tuple[str | None, tuple[DockerfileWarning, ...]]:
    """The platform for which the base is pulled, and a warning if it is not known."""
    if not stage.platform:
        return seen.platform, ()
    try:
        written = expand(stage.platform, seen.variables, stage.origin.escape, seen.allowance)
        if written.unknown_platform:
            return None, ()
        if written.missing:
            raise InvalidSyntaxError(f"{written.missing[0]} has no value")
        return str(parse_platform(written.text)), ()
    except (InvalidSyntaxError, DockerfileError) as problem:
        told = "the platform is not known, so the image is watched for all platforms"
        quoted = problem.quoted and f"{told}: {problem.quoted}"
        return None, (DockerfileWarning(stage.origin.line, f"{told}: {problem.kind}", quoted=quoted),)
