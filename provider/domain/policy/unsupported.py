"""What a valid enrollment asks for, and the service does not do. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath

from provider.domain.enrollment import Enrollment, Source
from provider.domain.source_grammar import TEMPLATE_ENDINGS

_WITHOUT_BUILD = "git"
"""The provider whose sources are documented as tracked only; with the others a build is expected."""


@dataclass(frozen=True, slots=True)
class Abilities:
    """What this version of the service can do, in the order in which it is shown.

    Attributes:
        providers: the source providers whose Dockerfiles it reads.
        systems: the build systems that it starts.
    """

    providers: tuple[str, ...]
    systems: tuple[str, ...]

    def cover(self, enrollment: Enrollment) -> bool:
        """Whether the service reads the source of the enrollment, and starts its build system."""
        source, build = enrollment.source, enrollment.build
        return (source is None or source.provider in self.providers) and (build is None or build.system in self.systems)


@dataclass(frozen=True, slots=True)
class Unsupported:
    """What the service does not do: the path of the field in the entry, and a sentence that says what to change."""

    field: tuple[str | int, ...]
    message: str


def unsupported(enrollment: Enrollment, abilities: Abilities) -> Iterator[Unsupported]:
    """What the service does not do for this enrollment, in the order of its keys."""
    source, build = enrollment.source, enrollment.build
    if source is None:
        return
    if source.provider not in abilities.providers:
        known = ", ".join(abilities.providers)
        message = f"{source.provider} is not supported yet, so no Dockerfile is read; supported: {known}"
        yield Unsupported(("source", "provider"), message)
    elif build is None and source.provider != _WITHOUT_BUILD:
        add = "source.workflow, or build" if source.provider == "github" else "build"
        yield Unsupported(("source",), f"there is no build, so the image is never rebuilt; add {add}")
    yield from _templates(source)
    if build and build.system not in abilities.systems:
        known = ", ".join(abilities.systems)
        message = f"{build.system} is not supported yet, so the image is never rebuilt; supported: {known}"
        yield Unsupported(("build", "system"), message)


def _templates(source: Source) -> Iterator[Unsupported]:
    """The paths that are those of templates, by their names."""
    several = len(source.dockerfiles) > 1
    for index, path in enumerate(source.dockerfiles):
        if _is_template(path):
            field = ("source", "dockerfile", index) if several else ("source", "dockerfile")
            yield Unsupported(field, _template_message(path, "the Dockerfile", "list its images under baseImages"))
    if source.bake and _is_template(source.bake.file):
        message = _template_message(source.bake.file, "the file", "write source.dockerfile or baseImages in its place")
        yield Unsupported(("source", "bake", "file"), message)


def _template_message(path: str, made: str, otherwise: str) -> str:
    return f"{path} is a template by its name, which is not rendered; name {made} that is made from it, or {otherwise}"


def _is_template(path: str) -> bool:
    """Whether one of the endings is that of a template; an entry whose last one is has a problem already."""
    return any(suffix.removeprefix(".").lower() in TEMPLATE_ENDINGS for suffix in PurePosixPath(path).suffixes)
