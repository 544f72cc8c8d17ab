"""The images that a Dockerfile depends on: every reference that a build of any stage would pull."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

from catalog.image import DependencyRole
from catalog.reference import ImageReference, InvalidReference
from provider.domain.dockerfile.arguments import MOST_VARIABLES, check_build_arguments, variables
from provider.domain.dockerfile.errors import DockerfileError, InvalidSyntaxError, quoted
from provider.domain.dockerfile.findings import Discovery, FoundReference, ReferenceKind, Unresolved
from provider.domain.dockerfile.lines import Directive, parse
from provider.domain.dockerfile.platforms import parse_platform
from provider.domain.dockerfile.stages import (
    DockerfileStages,
    Stage,
    StageSource,
    build_of,
    stage_named,
    trigger_sources,
)
from provider.domain.dockerfile.words import LONGEST_VALUE, Expansion, expand

DEFAULT_PLATFORMS = ("linux/amd64",)
MOST_SOURCES = 10_000
"""The most sources of files in one Dockerfile; an ONBUILD counts in every stage that runs it."""

_NO_IMAGE = "scratch"
_NO_ARGUMENTS: Mapping[str, str] = MappingProxyType({})


def discover(
    text: str | bytes,
    *,
    build_args: Mapping[str, str] = _NO_ARGUMENTS,
    target: str | None = None,
    platforms: Sequence[str] = DEFAULT_PLATFORMS,
) -> Discovery:
    """Find every image that a Dockerfile depends on.

    An image that is named twice is found twice. A FROM that differs between platforms gives one reference for each.

    Args:
        text: the file, at most 1 MiB of UTF-8.
        build_args: values for ARG by name.
        target: the name of the stage that is built, in any case; None: the last stage.
        platforms: the platforms that the image is built for, for example `linux/arm64`.

    Raises:
        DockerfileError: BuildKit would refuse the file, or has no such target.
        ValueError: a platform or a build argument is none that can be.
    """
    check_build_arguments(build_args)
    targets = dict.fromkeys(parse_platform(platform) for platform in platforms or DEFAULT_PLATFORMS)
    file = parse(text)
    build = build_of(file.instructions)
    _check_size(build)
    names = {stage.name: stage.index for stage in build.stages if stage.name}
    final = _target_index(target, names, build)
    target_name = target or build.stages[-1].name or "default"
    views = [_view(build, final, variables(build.arguments, build_args, platform, target_name)) for platform in targets]
    references = [*_syntax(file.syntax), *_references(build, names, views)]
    holes = [
        Unresolved(name, stage.origin.line)
        for stage in build.stages
        for view in views
        for name in view.bases[stage.index].reference.missing
    ]
    return Discovery(tuple(references), tuple(dict.fromkeys(holes)))


@dataclass(frozen=True, slots=True)
class _Base:
    """The base of a stage: an earlier stage, else the image of the reference."""

    reference: Expansion
    stage: int | None

    @property
    def external(self) -> bool:
        return self.stage is None and not self.reference.missing and self.reference.text != _NO_IMAGE


@dataclass(frozen=True, slots=True)
class _PlatformView:
    """The bases of the stages for one platform, and the stage whose base the target is built from."""

    bases: tuple[_Base, ...]
    lowest: int


def _view(build: DockerfileStages, final: int, known: Mapping[str, Expansion]) -> _PlatformView:
    bases: list[_Base] = []
    names: dict[str, int] = {}
    for stage in build.stages:
        reference = _base_reference(stage, known)
        # BuildKit compares the unchanged text with names in lower case.
        bases.append(_Base(reference, None if reference.missing else names.get(reference.text)))
        if stage.name:
            names[stage.name] = stage.index
    lowest = final
    while (below := bases[lowest].stage) is not None:
        lowest = below
    return _PlatformView(tuple(bases), lowest)


def _base_reference(stage: Stage, known: Mapping[str, Expansion]) -> Expansion:
    try:
        base = expand(stage.base, known, stage.origin.escape)
        platform = expand(stage.platform, known, stage.origin.escape) if stage.platform else Expansion("")
        if stage.platform and not platform.missing:
            parse_platform(platform.text)
    except InvalidSyntaxError as problem:
        raise DockerfileError.at(stage.origin.line, problem) from problem
    if not base.text and not base.missing:
        raise DockerfileError(stage.origin.line, "FROM names nothing", f"FROM {quoted(stage.base)} names nothing")
    return replace(base, missing=tuple(dict.fromkeys(base.missing + platform.missing)))


def _target_index(target: str | None, names: Mapping[str, int], build: DockerfileStages) -> int:
    if not target:
        return build.stages[-1].index
    if target.lower() not in names:
        missing = f"no stage is named {quoted(target)}"
        raise DockerfileError(1, missing, f"{missing}; the stages are {', '.join([*names][:20]) or 'without names'}")
    return names[target.lower()]


def _check_size(build: DockerfileStages) -> None:
    origins = [stage.origin for stage in build.stages]
    count = 0
    for instruction in [*build.arguments, *origins]:
        count += instruction.text.count("$")
        if count > MOST_VARIABLES:
            raise DockerfileError(instruction.line, f"ARG and FROM use more than {MOST_VARIABLES} variables")


def _syntax(directive: Directive | None) -> Iterator[FoundReference]:
    if directive:
        value, line = directive.value, directive.line
        yield FoundReference(
            ReferenceKind.SYNTAX, value, value, _image(value, line), None, None, line, DependencyRole.SYNTAX
        )


def _references(
    build: DockerfileStages, names: Mapping[str, int], views: Sequence[_PlatformView]
) -> Iterator[FoundReference]:
    triggered: dict[int, tuple[StageSource, ...]] = {}
    seen = 0
    for stage in build.stages:
        parents = dict.fromkeys(below for view in views if (below := view.bases[stage.index].stage) is not None)
        for parent in parents:
            if parent not in triggered:
                triggered[parent] = trigger_sources(build.stages[parent].triggers)
        inherited = [source for parent in parents for source in triggered[parent]]
        seen += len(inherited) + len(stage.sources)
        if seen > MOST_SOURCES:
            raise DockerfileError(
                stage.origin.line, f"the stages up to here take files from more than {MOST_SOURCES} places"
            )
        yield from _images(inherited, stage, names)
        yield from _base_images(stage, views)
        yield from _images(stage.sources, stage, names)


def _images(sources: Sequence[StageSource], stage: Stage, names: Mapping[str, int]) -> Iterator[FoundReference]:
    for source in sources:
        text, line = source.written, source.line
        if stage_named(source, names, stage.index) is None and text != _NO_IMAGE:
            image = _image(text, line)
            yield FoundReference(source.kind, text, text, image, stage.name, stage.index, line, DependencyRole.STAGE)


def _base_images(stage: Stage, views: Sequence[_PlatformView]) -> Iterator[FoundReference]:
    roles: dict[str, DependencyRole] = {}
    for view in views:
        base = view.bases[stage.index]
        if base.external:
            role = DependencyRole.FINAL if view.lowest == stage.index else DependencyRole.STAGE
            text = base.reference.text
            roles[text] = (
                DependencyRole.FINAL if DependencyRole.FINAL in {role, roles.get(text)} else DependencyRole.STAGE
            )
    line = stage.origin.line
    for text, role in roles.items():
        yield FoundReference(
            ReferenceKind.FROM, stage.base, text, _image(text, line), stage.name, stage.index, line, role
        )


def _image(text: str, line: int) -> ImageReference:
    if len(text) > LONGEST_VALUE:
        wrong = f"is longer than {LONGEST_VALUE} characters"
        raise DockerfileError(line, f"a reference {wrong}", f"{quoted(text)} {wrong}")
    try:
        return ImageReference.parse(text)
    except InvalidReference as error:
        raise DockerfileError(line, "this is not an image reference", str(error)) from error
