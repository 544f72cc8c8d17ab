"""The values of a discovery: what each file of a source names."""

from dataclasses import dataclass, replace
from enum import StrEnum

from catalog.image import DependencyRole
from catalog.reference import ImageReference
from provider.domain.dockerfile import Discovery, DockerfileWarning, FoundReference, Unresolved


class OtherKind(StrEnum):
    """How a dependency is known that no Dockerfile names: by images.yaml, or by a label of the image itself."""

    BY_HAND = "by-hand"
    LABEL = "label"


@dataclass(frozen=True, slots=True)
class FileFindings:
    """What one Dockerfile names.

    Attributes:
        path: of the file inside the source repository.
        found: what it names; None where it cannot be read.
        problem: why it cannot be read, a sentence with the path and without any of the file's text.
        apart: the image is not built from its last stage, but copies from it or builds on it under another name.
    """

    path: str
    found: Discovery | None
    problem: str | None = None
    apart: bool = False


@dataclass(frozen=True, slots=True)
class SourceFindings:
    """What all files of a source name.

    Attributes:
        files: one for each Dockerfile; empty: there is none.
        label: the base that the image's own label names, where there is no Dockerfile.
        problem: why no file could be looked for; None where there are files, or base images by hand or by label.
        warnings, hidden: what is not understood of the bake file, and its contexts that hide an image.
        platforms: for which the files were read; empty: they are not known.
    """

    files: tuple[FileFindings, ...] = ()
    label: ImageReference | None = None
    problem: str | None = None
    warnings: tuple[DockerfileWarning, ...] = ()
    hidden: tuple[Unresolved, ...] = ()
    platforms: tuple[str, ...] = ()

    @property
    def problems(self) -> tuple[str, ...]:
        """Why files cannot be read."""
        found = (file.problem for file in self.files if file.problem)
        return tuple(dict.fromkeys([*([self.problem] if self.problem else []), *found]))

    @property
    def references(self) -> tuple[tuple[str, FoundReference], ...]:
        """Every place that names an image, with its file where there are several."""
        return tuple(
            (self._named(file), reference) for file in self.files if file.found for reference in file.found.references
        )

    @property
    def unresolved(self) -> tuple[Unresolved, ...]:
        """The variables without a value, with their file where there are several."""
        found = (
            replace(variable, file=self._named(file)) for file in self.files if file.found
            for variable in file.found.unresolved
        )  # fmt: skip
        return tuple(dict.fromkeys([*self.hidden, *found]))

    @property
    def not_understood(self) -> tuple[DockerfileWarning, ...]:
        """The warnings of all files without the text of the files, and with their file where there are several."""
        found = (
            replace(warning, file=self._named(file), quoted=None) for file in self.files if file.found
            for warning in file.found.warnings
        )  # fmt: skip
        return tuple(dict.fromkeys([*self.warnings, *found]))

    def _named(self, file: FileFindings) -> str:
        return file.path if len({each.path for each in self.files}) > 1 else ""

    @property
    def has_final(self) -> bool:
        """Whether a file names the base that the image itself is built from."""
        return any(
            reference.role is DependencyRole.FINAL
            for file in self.files
            if file.found and not file.apart
            for reference in file.found.references
        )
