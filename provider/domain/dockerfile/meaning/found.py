"""The references of all stages, each with its role and the platforms for which it is pulled."""

from collections.abc import Iterable, Iterator, Sequence

from catalog.image import DependencyRole
from catalog.reference import ImageReference
from provider.domain.dockerfile.errors import DockerfileError, InvalidSyntaxError
from provider.domain.dockerfile.findings import DockerfileWarning, FoundReference, ReferenceKind
from provider.domain.dockerfile.meaning.contexts import NamedContexts
from provider.domain.dockerfile.meaning.images import meant_image
from provider.domain.dockerfile.meaning.links import Link, StageLinks
from provider.domain.dockerfile.meaning.views import PlatformView
from provider.domain.dockerfile.stages import DockerfileStages, Stage

MOST_REFERENCES = 1000
"""The most places in one Dockerfile that name images: each image is a state file, an entity and calls to a registry."""

_Use = tuple[DependencyRole, str | None]
_WEIGHT = (DependencyRole.FINAL, DependencyRole.STAGE, DependencyRole.UNUSED)


def check_bases(build: DockerfileStages) -> None:
    """Check the number of images behind FROM, before any of them is read.

    Raises:
        DockerfileError: there are too many.
    """
    names = {stage.name for stage in build.stages}
    _check_count(sum(stage.base not in names for stage in build.stages))


def found_references(
    build: DockerfileStages, links: StageLinks, views: Sequence[PlatformView], contexts: NamedContexts
) -> Iterator[FoundReference | DockerfileWarning]:
    """The images of all stages in order, and what is unusual about those that files are taken from.

    Raises:
        DockerfileError: there are too many, or one is no reference.
    """
    parents = [_parents(stage, views) for stage in build.stages]
    _check_count(_count(build, links, views, parents))
    for stage in build.stages:
        for parent in parents[stage.index]:
            uses = [_use(stage, view) for view in views if view.bases[stage.index].stage == parent]
            # BuildKit reads an ONBUILD only where it runs.
            lenient = all(role is DependencyRole.UNUSED for role, _ in uses)
            yield from _taken(links.triggered[parent], stage, uses, contexts, lenient=lenient)
        yield from _base(stage, views)
        yield from _taken(links.own[stage.index], stage, [_use(stage, view) for view in views], contexts)


def _parents(stage: Stage, views: Iterable[PlatformView]) -> tuple[int, ...]:
    return tuple(dict.fromkeys(below for view in views if (below := view.bases[stage.index].stage) is not None))


def _count(
    build: DockerfileStages, links: StageLinks, views: Iterable[PlatformView], parents: Sequence[tuple[int, ...]]
) -> int:
    """The number of places that name images, or could, an ONBUILD once for each stage that runs it."""
    triggered = {parent: _images(found) for parent, found in links.triggered.items()}
    bases = sum(any(view.bases[stage.index].stage is None for view in views) for stage in build.stages)
    return bases + sum(map(_images, links.own)) + sum(triggered[parent] for each in parents for parent in each)


def _images(links: Iterable[Link]) -> int:
    return sum(link.stage is None for link in links)


def _check_count(count: int) -> None:
    if count > MOST_REFERENCES:
        raise DockerfileError(1, f"the file names images in {count} places; at most {MOST_REFERENCES} are read")


def _use(stage: Stage, view: PlatformView) -> _Use:
    """How a view uses what the instructions of a stage take; BuildKit pulls it for the platform of the target."""
    needed = stage.index in view.needed and not view.bases[stage.index].replaced
    return DependencyRole.STAGE if needed else DependencyRole.UNUSED, view.platform


def _taken(
    links: Iterable[Link], stage: Stage, uses: Sequence[_Use], contexts: NamedContexts, *, lenient: bool = False
) -> Iterator[FoundReference | DockerfileWarning]:
    for link in links:
        if link.stage is None:
            source = link.source
            try:
                meant = meant_image(source.written, contexts)
            except InvalidSyntaxError as problem:
                if lenient:
                    continue
                raise DockerfileError.at(source.line, problem) from problem
            if meant.note:
                yield DockerfileWarning(source.line, meant.note)
            if meant.image:
                one_word = meant.reference == source.written and not set("/:@") & set(source.written)
                role, platforms = _together(uses)
                yield FoundReference(
                    source.kind,
                    source.written,
                    meant.reference,
                    meant.image,
                    stage.name,
                    stage.index,
                    source.line,
                    role,
                    platforms,
                    maybe_context=one_word,
                )


def _base(stage: Stage, views: Iterable[PlatformView]) -> Iterator[FoundReference]:
    uses: dict[str, list[_Use]] = {}
    images: dict[str, ImageReference] = {}
    for view in views:
        base = view.bases[stage.index]
        if base.image and base.image.image:
            text = base.image.reference
            role = DependencyRole.STAGE if stage.index in view.needed else DependencyRole.UNUSED
            final = view.lowest == stage.index
            uses.setdefault(text, []).append((DependencyRole.FINAL if final else role, base.platform))
            images[text] = base.image.image
    for text, each in uses.items():
        role, platforms = _together(each)
        yield FoundReference(
            ReferenceKind.FROM,
            stage.base,
            text,
            images[text],
            stage.name,
            stage.index,
            stage.origin.line,
            role,
            platforms,
        )


def _together(uses: Sequence[_Use]) -> tuple[DependencyRole, tuple[str, ...]]:
    """The strongest role, and the platforms for which the image is pulled; empty: any.

    The platforms of builds that do not need the image count only where no build needs it.
    """
    strongest = min((role for role, _ in uses), key=_WEIGHT.index)
    pulled = [use for use in uses if strongest is DependencyRole.UNUSED or use[0] is not DependencyRole.UNUSED]
    platforms = dict.fromkeys(platform for _, platform in pulled)
    return strongest, () if None in platforms else tuple(filter(None, platforms))
