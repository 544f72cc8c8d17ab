"""Read what an image is built from: its Dockerfiles, else its labels."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from catalog.reference import ImageReference, InvalidReference
from provider.domain.bake.builds import BakeBuild, bake_builds
from provider.domain.bake.errors import BakeError
from provider.domain.discovery.findings import FileFindings, SourceFindings
from provider.domain.discovery.platforms import known_platforms, platform_names
from provider.domain.dockerfile import DockerfileError, DockerfileWarning, Unresolved, discover
from provider.domain.enrollment import DOCKERFILE_NAMES, Bake, Source
from provider.domain.state import ImageState
from provider.ports import SourceFile, SourceRepository
from proxy.errors import Never, NoSuchFile, OutsideFailure
from proxy.ports import Registry

BASE_NAME_LABEL = "org.opencontainers.image.base.name"
"""The label with the reference that an image was built from. Source: the OCI image specification, annotations."""
_LONGEST_LABEL = 1024
_PLATFORM_ARGUMENT = "TARGET"
"""What the names of all arguments about the image's platform begin with."""


@dataclass(frozen=True, slots=True)
class _Dockerfile:
    """A Dockerfile, or why it cannot be read, and what its build passes to it."""

    path: str
    text: str | Never
    build_args: Mapping[str, str]
    target: str | None
    contexts: Mapping[str, str]
    platforms: tuple[str, ...] = ()
    apart: bool = False


@dataclass(frozen=True, slots=True)
class _Build:
    """The Dockerfiles of a build; `problem` says which are not read, and where there is none, why."""

    files: Sequence[_Dockerfile] = ()
    warnings: tuple[DockerfileWarning, ...] = ()
    hidden: tuple[Unresolved, ...] = ()
    problem: str | None = None


def read_source(sources: SourceRepository, registries: Registry, image: ImageState, source: Source) -> SourceFindings:
    """What the files of the source name; where there is no file, what the label of the image names.

    Raises:
        OutsideFailure: the source or, for labels, the registry cannot be asked now.
    """
    build = _baked(sources, source, source.bake) if source.bake else _Build(_dockerfiles(sources, source))
    if not (build.files or build.warnings or build.problem):
        return _without_dockerfile(registries, image, source)
    platforms = known_platforms(image) or _single_platform(registries, image, build.files)
    files = tuple(_findings(file, image.enrollment.platforms or file.platforms or platforms) for file in build.files)
    return SourceFindings(
        files, problem=build.problem, warnings=build.warnings, hidden=build.hidden, platforms=platforms
    )


def _dockerfiles(sources: SourceRepository, source: Source) -> list[_Dockerfile]:
    """The files that the enrollment names, else the first default one that is there; empty where none is."""
    return [
        _Dockerfile(
            path,
            file.text if isinstance(file, SourceFile) else file,
            source.build_args,
            source.target,
            source.contexts,
        )
        for path, file in _read(sources, source).items()
    ]


def _read(sources: SourceRepository, source: Source) -> Mapping[str, SourceFile | Never]:
    if source.dockerfiles:
        return sources.files(source, source.dockerfiles)
    for name in DOCKERFILE_NAMES:
        files = sources.files(source, [name])
        if not isinstance(files[name], NoSuchFile):
            return files
    return {}


def _baked(sources: SourceRepository, source: Source, bake: Bake) -> _Build:
    """The Dockerfiles of a bake target: first the bake file is read, then they are, all at once."""
    file = sources.files(source, [bake.file])[bake.file]
    if isinstance(file, Never):
        return _Build(problem=str(file))
    try:
        found = bake_builds(file.text, bake, source.build_args)
    except BakeError as error:
        return _Build(problem=f"{bake.file}: {error}")
    paths = tuple(dict.fromkeys(build.path for build in found.builds if build.path))
    texts = sources.files(source, paths) if paths else {}
    files = [_of_target(bake, build, texts) for build in found.builds]
    warnings, elsewhere = tuple(found.warnings), tuple(found.elsewhere)
    if source.base_images:
        # A person named the images of what is not read.
        return _Build(files, (*warnings, *elsewhere), tuple(found.unresolved))
    unread = "; ".join(f"{each.file}: line {each.line}: {each.message}" for each in elsewhere)
    return _Build(files, warnings, tuple(found.unresolved), unread or None)


def _of_target(bake: Bake, build: BakeBuild, texts: Mapping[str, SourceFile | Never]) -> _Dockerfile:
    file = texts[build.path] if build.path else SourceFile(build.text or "")
    text = file.text if isinstance(file, SourceFile) else file
    path = build.path or f"{bake.file} (target {build.target})"
    return _Dockerfile(
        path, text, build.build_args, build.stage, build.contexts, platform_names(build.platforms), build.apart
    )


def _findings(file: _Dockerfile, platforms: Sequence[str]) -> FileFindings:
    if isinstance(file.text, Never):
        return FileFindings(file.path, None, str(file.text))
    try:
        found = discover(
            file.text,
            build_args=file.build_args,
            target=file.target,
            platforms=platforms,
            contexts=file.contexts,
        )
    except DockerfileError as error:
        # Whoever sees the message need not be allowed to see the file.
        return FileFindings(file.path, None, f"{file.path}: {error.without_text}")
    if not found.complete:
        problem = "; ".join(f"{file.path}: {warning.message}" for warning in found.warnings)
        return FileFindings(file.path, found, problem, file.apart)
    return FileFindings(file.path, found, apart=file.apart)


def _without_dockerfile(registries: Registry, image: ImageState, source: Source) -> SourceFindings:
    platforms = known_platforms(image)
    if source.base_images:
        return SourceFindings(platforms=platforms)
    if label := _base_label(registries, image):
        return SourceFindings(label=label, platforms=platforms)
    names = " nor ".join(DOCKERFILE_NAMES)
    return SourceFindings(problem=f"{source.repo} has neither {names}; set source.dockerfile, or baseImages")


def _base_label(registries: Registry, image: ImageState) -> ImageReference | None:
    """The tag that the image's label names as its base; None where there is no such image or label."""
    reference, current = image.enrollment.reference, image.ledger.current
    pinned = reference.at(current.digest) if current and not current.gone else reference
    try:
        labels = registries.labels(pinned, next(iter(known_platforms(image)), None))
    except Never:
        return None
    written = labels.get(BASE_NAME_LABEL, "")
    try:
        return ImageReference.parse(written).tagged if 0 < len(written) <= _LONGEST_LABEL else None
    except InvalidReference:
        return None


def _single_platform(registries: Registry, image: ImageState, files: Iterable[_Dockerfile]) -> tuple[str, ...]:
    """The platform of an image that is no index, which costs two requests: only where a Dockerfile asks for it."""
    current = image.ledger.current
    asked = any(isinstance(file.text, str) and _PLATFORM_ARGUMENT in file.text for file in files)
    if not asked or current is None or current.gone:
        return ()
    reference = image.enrollment.reference.at(current.digest)
    try:
        manifest = registries.manifest(reference)
        configuration = manifest.configuration
        platform = registries.platform(reference, configuration) if configuration else manifest.platform
    except OutsideFailure:
        return ()
    return (platform,) if platform else ()
