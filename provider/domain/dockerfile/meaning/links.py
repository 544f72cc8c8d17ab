"""Which stage or image each source of files is, also those of ONBUILD in the stages that run it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from provider.domain.dockerfile.errors import DockerfileError
from provider.domain.dockerfile.findings import DockerfileWarning, Unresolved
from provider.domain.dockerfile.meaning.bases import Base
from provider.domain.dockerfile.sources import InstructionSources, StageSource, later_stage, stage_index
from provider.domain.dockerfile.stages import DockerfileStages, Stage, trigger_sources

MOST_SOURCES = 10_000
"""The most sources of files in one Dockerfile; an ONBUILD counts in every stage that runs it."""


@dataclass(frozen=True, slots=True)
class Link:
    """A source of files, and the index of the stage that it is; None for an image."""

    source: StageSource
    stage: int | None


@dataclass(frozen=True, slots=True)
class StageLinks:
    """The sources of every stage.

    Attributes:
        own: those of each stage's own instructions.
        triggered: those of the ONBUILD instructions of stages that others are built from, by index.
        unresolved: the variables in places where BuildKit takes none.
        warnings: the instructions that are not understood.
    """

    own: tuple[tuple[Link, ...], ...]
    triggered: Mapping[int, tuple[Link, ...]]
    unresolved: tuple[Unresolved, ...]
    warnings: tuple[DockerfileWarning, ...]

    def of(self, index: int, parent: int | None) -> tuple[Link, ...]:
        """The sources of the stage with this index when it is built from the stage `parent`."""
        inherited = self.triggered[parent] if parent is not None else ()
        return inherited + self.own[index] if inherited else self.own[index]


def links_of(build: DockerfileStages, bases: Sequence[tuple[Base, ...]]) -> StageLinks:
    """The sources of every stage.

    Args:
        build: the stages.
        bases: the bases of all stages, once for each platform.

    Raises:
        DockerfileError: a source is a stage that does not exist, or there are too many sources.
    """
    parents = [_parents(stage, bases) for stage in build.stages]
    run = {parent: trigger_sources(build.stages[parent].triggers) for each in parents for parent in each}
    _check_size(build, parents, run)
    names = {stage.name: stage.index for stage in build.stages if stage.name}
    parts = [*(stage.sources for stage in build.stages), *run.values()]
    return StageLinks(
        tuple(_checked(stage, _linked(stage.sources, names, build)) for stage in build.stages),
        {parent: _linked(sources, names, build) for parent, sources in run.items()},
        tuple(hole for part in parts for hole in part.unresolved),
        tuple(warning for part in parts for warning in part.warnings),
    )


def _checked(stage: Stage, links: tuple[Link, ...]) -> tuple[Link, ...]:
    for link in links:
        if link.stage == stage.index:
            raise later_stage(link.source)
    return links


def _parents(stage: Stage, bases: Iterable[tuple[Base, ...]]) -> tuple[int, ...]:
    return tuple(dict.fromkeys(below for each in bases if (below := each[stage.index].stage) is not None))


def _check_size(
    build: DockerfileStages, parents: Sequence[tuple[int, ...]], run: Mapping[int, InstructionSources]
) -> None:
    count = 0
    for stage in build.stages:
        count += len(stage.sources.found) + sum(len(run[parent].found) for parent in parents[stage.index])
        if count > MOST_SOURCES:
            raise DockerfileError(
                stage.origin.line, f"the stages up to here take files from more than {MOST_SOURCES} places"
            )


def _linked(sources: InstructionSources, names: Mapping[str, int], build: DockerfileStages) -> tuple[Link, ...]:
    return tuple(Link(source, stage_index(source, names, len(build.stages))) for source in sources.found)
