"""Read what an image is built from: its Dockerfiles, else its labels."""

from collections.abc import Iterable, Mapping, Sequence

from catalog.reference import ImageReference, InvalidReference
from provider.domain.discovery.findings import FileFindings, SourceFindings
from provider.domain.discovery.platforms import known_platforms
from provider.domain.dockerfile import DockerfileError, discover
from provider.domain.enrollment import DOCKERFILE_NAMES, Source
from provider.domain.state import ImageState
from provider.ports import SourceFile, SourceRepository
from proxy.errors import Never, NoSuchFile, OutsideFailure
from proxy.ports import Registry

BASE_NAME_LABEL = "org.opencontainers.image.base.name"
"""The label with the reference that an image was built from. Source: the OCI image specification, annotations."""
_LONGEST_LABEL = 1024
_PLATFORM_ARGUMENT = "TARGET"
"""What the names of all arguments about the image's platform begin with."""


def read_source(sources: SourceRepository, registries: Registry, image: ImageState, source: Source) -> SourceFindings:
    """What the files of the source name; where there is no file, what the label of the image names.

    Raises:
        OutsideFailure: the source or, for labels, the registry cannot be asked now.
    """
    files = _dockerfiles(sources, source)
    if not files:
        return _without_dockerfile(registries, image, source)
    platforms = known_platforms(image) or _single_platform(registries, image, files.values())
    read = tuple(_findings(source, path, file, platforms) for path, file in files.items())
    return SourceFindings(read, platforms=platforms)


def _dockerfiles(sources: SourceRepository, source: Source) -> Mapping[str, SourceFile | Never]:
    """The files that the enrollment names, else the first default one that is there; empty where none is."""
    if source.dockerfiles:
        return sources.files(source, source.dockerfiles)
    for name in DOCKERFILE_NAMES:
        files = sources.files(source, [name])
        if not isinstance(files[name], NoSuchFile):
            return files
    return {}


def _findings(source: Source, path: str, file: SourceFile | Never, platforms: Sequence[str]) -> FileFindings:
    if isinstance(file, Never):
        return FileFindings(path, None, str(file))
    try:
        found = discover(file.text, build_args=source.build_args, target=source.target, platforms=platforms)
    except DockerfileError as error:
        # Whoever sees the message need not be allowed to see the file.
        return FileFindings(path, None, f"{path}: {error.without_text}")
    if not found.complete:
        return FileFindings(path, found, "; ".join(f"{path}: {warning.message}" for warning in found.warnings))
    return FileFindings(path, found)


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


def _single_platform(registries: Registry, image: ImageState, files: Iterable[SourceFile | Never]) -> tuple[str, ...]:
    """The platform of an image that is no index, which costs two requests: only where a Dockerfile asks for it."""
    current = image.ledger.current
    asked = any(isinstance(file, SourceFile) and _PLATFORM_ARGUMENT in file.text for file in files)
    if not asked or current is None or current.gone:
        return ()
    reference = image.enrollment.reference.at(current.digest)
    try:
        configuration = registries.manifest(reference).configuration
        platform = registries.platform(reference, configuration) if configuration else None
    except OutsideFailure:
        return ()
    return (platform,) if platform else ()
