"""The state of an image after its source was read."""

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime

from catalog.image import DiscoveryStatus
from catalog.reference import ImageReference
from provider.domain.discovery.build_contexts import unconfirmed_names
from provider.domain.discovery.dependencies import dependencies_of
from provider.domain.discovery.findings import SourceFindings
from provider.domain.enrollment import Source
from provider.domain.state import ImageState
from proxy.errors import OutsideFailure


def after_discovery(
    now: datetime,
    image: ImageState,
    source: Source,
    result: SourceFindings | OutsideFailure,
    observed: Collection[ImageReference],
) -> ImageState:
    """The state with what was found; what is known stays while something cannot be read.

    `observed` are the images, by tag, that a registry had.
    """
    match result:
        case SourceFindings():
            return _found(now, image, source, result, observed)
        case OutsideFailure(transient=True):
            # The first message stays while the failure lasts, so that not every try makes a commit.
            return replace(image, discovery_error=image.discovery_error or f"{result}; it is tried again")
        case _:
            return replace(image, discovery=DiscoveryStatus.FAILED, discovery_error=str(result), last_discovery=now)


def _found(
    now: datetime,
    image: ImageState,
    source: Source,
    findings: SourceFindings,
    observed: Collection[ImageReference],
) -> ImageState:
    problems, unread = findings.problems, not any(file.found for file in findings.files)
    stays = bool(problems) and unread
    names = unconfirmed_names(source, findings, image.unconfirmed, observed)
    left_out = {name.reference for name in names if name.absent}
    after = replace(
        image,
        dependencies=dependencies_of(source, findings, image.dependencies, left_out),
        unconfirmed=image.unconfirmed if stays else names,
        unresolved=image.unresolved if stays else findings.unresolved,
        warnings=image.warnings if stays else findings.not_understood,
        discovery_error="; ".join(problems) or None,
        last_discovery=now,
    )
    return replace(after, discovery=DiscoveryStatus.FAILED if problems else _status(after))


def _status(image: ImageState) -> DiscoveryStatus:
    """NONE is only for a source that certainly names nothing from outside."""
    named = image.dependencies or image.unresolved or image.warnings or image.unconfirmed
    return DiscoveryStatus.SUCCESS if named else DiscoveryStatus.NONE


def reason_of(image: ImageState) -> str:
    """The result of the last discovery, for a commit message."""
    match image.discovery:
        case DiscoveryStatus.SUCCESS:
            return "; ".join(_findings(image))
        case DiscoveryStatus.NONE:
            return "its Dockerfile names no external image"
        case _:
            return image.discovery_error or "not checked yet"


def _findings(image: ImageState) -> list[str]:
    depends = ", ".join(dependency.image.familiar for dependency in image.dependencies)
    missing = [f"{variable.name} ({variable.place}) has no value" for variable in image.unresolved]
    names = [name.question for name in image.unconfirmed if name.absent]
    unclear = [f"{warning.place} is not understood" for warning in image.warnings]
    return [*([f"depends on {depends}"] if depends else []), *missing, *names, *unclear]
