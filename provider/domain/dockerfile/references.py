"""The images that a Dockerfile depends on: every reference that a build of any stage would pull."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType

from provider.domain.dockerfile.allowance import Allowance
from provider.domain.dockerfile.arguments import definitions, platform_variables, reached, variables
from provider.domain.dockerfile.errors import DockerfileError, quoted
from provider.domain.dockerfile.findings import Discovery, DockerfileWarning, FoundReference, Unresolved
from provider.domain.dockerfile.frontends import check_template, frontend_of, preprocessor_warnings, without_stages
from provider.domain.dockerfile.lines import instructions_of, split_lines
from provider.domain.dockerfile.meaning.bases import Surroundings
from provider.domain.dockerfile.meaning.contexts import NamedContexts
from provider.domain.dockerfile.meaning.found import check_bases, found_references
from provider.domain.dockerfile.meaning.holes import Scope
from provider.domain.dockerfile.meaning.links import links_of
from provider.domain.dockerfile.meaning.views import PlatformView, bases_of, view_of
from provider.domain.dockerfile.notes import in_order
from provider.domain.dockerfile.platforms import Platform, parse_platform
from provider.domain.dockerfile.stages import DockerfileStages, build_of

_NOTHING: Mapping[str, str] = MappingProxyType({})


def discover(
    text: str | bytes,
    *,
    build_args: Mapping[str, str] = _NOTHING,
    target: str | None = None,
    platforms: Sequence[str] = (),
    contexts: Mapping[str, str] = _NOTHING,
) -> Discovery:
    """Find every image that a Dockerfile depends on.

    An image that is named twice is found twice. A FROM that differs between platforms gives one reference for each.
    What is not understood is a warning, where it leaves no doubt about the images of other lines.

    Args:
        text: the file, at most 1 MiB of UTF-8.
        build_args: values for ARG by name; BUILDKIT_SYNTAX replaces the frontend.
        target: the name of the stage that is built, in any case; None: the last stage.
        platforms: the platforms that the image is built for, for example `linux/arm64`; empty: they are not known.
            Then platform variables have the values of linux/amd64, and references are for any platform.
        contexts: the named contexts of the build by name: `docker-image://REFERENCE` is an image, which replaces the
            stage or image of that name; anything else is no image, and what it replaces is not found.

    Raises:
        DockerfileError: BuildKit would refuse the file, or has no such target, or it is no Dockerfile.
        ValueError: a platform is none that can be.
    """
    targets = dict.fromkeys(parse_platform(platform) for platform in platforms)
    lines = split_lines(text)
    check_template(lines)
    frontend = frontend_of(lines, build_args)
    try:
        build = build_of(instructions_of(lines))
        check_bases(build)
        final, named = _target_index(target, build), NamedContexts(contexts)
        surroundings = _surroundings(build, build_args, target, [*targets] or [None], named)
        references, unresolved, warnings = _images(build, final, surroundings, named)
    except DockerfileError as problem:
        return without_stages(lines, frontend, problem)
    return Discovery(
        (*([frontend] if frontend else ()), *references),
        unresolved,
        in_order((*preprocessor_warnings(lines), *build.warnings, *warnings)),
    )


def _images(
    build: DockerfileStages, target: int, surroundings: Sequence[Surroundings], contexts: NamedContexts
) -> tuple[list[FoundReference], tuple[Unresolved, ...], list[DockerfileWarning]]:
    bases = {seen.platform: bases_of(build, seen) for seen in surroundings}
    links = links_of(build, [*bases.values()])
    views = [view_of(each, links, target, platform) for platform, each in bases.items()]
    found = [*found_references(build, links, views, contexts)]
    return (
        [item for item in found if isinstance(item, FoundReference)],
        tuple(dict.fromkeys(sorted((*_holes(views), *links.unresolved), key=lambda hole: hole.line))),
        [*links.warnings, *_notes(views), *(item for item in found if isinstance(item, DockerfileWarning))],
    )


def _surroundings(
    build: DockerfileStages,
    build_args: Mapping[str, str],
    target: str | None,
    platforms: Iterable[Platform | None],
    contexts: NamedContexts,
) -> list[Surroundings]:
    declared = definitions(build.arguments)
    scope = Scope(
        frozenset(definition.name for definition in declared),
        frozenset(build_args),
        frozenset(name for stage in build.stages for name in stage.arguments),
    )
    needed = reached(declared, (text for stage in build.stages for text in filter(None, (stage.base, stage.platform))))
    target_name = target or build.stages[-1].name or "default"
    seen = []
    for platform in platforms:
        allowance = Allowance()
        predefined = platform_variables(platform, target_name)
        values = variables(needed, build_args, predefined, allowance)
        seen.append(Surroundings(values, scope, contexts, str(platform) if platform else None, allowance))
    return seen


def _target_index(target: str | None, build: DockerfileStages) -> int:
    if not target:
        return build.stages[-1].index
    names = {stage.name: stage.index for stage in build.stages if stage.name}
    if target.lower() not in names:
        missing = f"no stage is named {quoted(target)}"
        raise DockerfileError(1, missing, f"{missing}; the stages are {', '.join([*names][:20]) or 'without names'}")
    return names[target.lower()]


def _holes(views: Iterable[PlatformView]) -> Iterator[Unresolved]:
    return (hole for view in views for base in view.bases for hole in base.unresolved)


def _notes(views: Iterable[PlatformView]) -> Iterator[DockerfileWarning]:
    return (note for view in views for base in view.bases for note in base.warnings)
