"""How a build for one platform sees the stages: what each is built from, and which of them the target needs.

Source of the rules: BuildKit, frontend/dockerfile/dockerfile2llb/convert.go (buildDispatchStates, allReachableStages).
"""

from collections.abc import Iterator
from dataclasses import dataclass

from provider.domain.dockerfile.meaning.bases import Base, Surroundings, base_of
from provider.domain.dockerfile.meaning.links import StageLinks
from provider.domain.dockerfile.sources import later_stage
from provider.domain.dockerfile.stages import DockerfileStages


@dataclass(frozen=True, slots=True)
class PlatformView:
    """One platform's view.

    Attributes:
        platform: as `os/architecture[/variant]`; None: not known.
        bases: of every stage.
        needed: the indexes of the stages that the build of the target needs.
        lowest: the stage that the target is built from, through every FROM.
    """

    platform: str | None
    bases: tuple[Base, ...]
    needed: frozenset[int]
    lowest: int


def bases_of(build: DockerfileStages, seen: Surroundings) -> tuple[Base, ...]:
    """The base of every stage.

    Raises:
        DockerfileError: a FROM can mean nothing.
    """
    bases: list[Base] = []
    earlier: dict[str, int] = {}
    for stage in build.stages:
        bases.append(base_of(stage, earlier, seen))
        if stage.name:
            earlier[stage.name] = stage.index
    return tuple(bases)


def view_of(bases: tuple[Base, ...], links: StageLinks, target: int, platform: str | None) -> PlatformView:
    """The view of a build of the stage with index `target`.

    Raises:
        DockerfileError: a stage that the target needs copies from a later one.
    """
    lowest = target
    while (below := bases[lowest].stage) is not None:
        lowest = below
    return PlatformView(platform, bases, frozenset(_needed(bases, links, target)), lowest)


def _needed(bases: tuple[Base, ...], links: StageLinks, target: int) -> set[int]:
    found: set[int] = set()
    open_ends = [target]
    while open_ends:
        index = open_ends.pop()
        if index not in found:
            found.add(index)
            open_ends += _below(bases, links, index)
    return found


def _below(bases: tuple[Base, ...], links: StageLinks, index: int) -> Iterator[int]:
    """The stages that a needed stage needs itself."""
    base = bases[index]
    if base.stage is not None:
        yield base.stage
    if base.replaced:
        return
    for link in links.of(index, base.stage):
        if link.stage is not None:
            if link.stage > index and not bases[link.stage].replaced:
                raise later_stage(link.source)
            yield link.stage
