"""The images that an enrollment would depend on, and the findings about each."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from catalog.image import DependencyRole
from catalog.reference import Digest, ImageReference
from provider.domain.discovery.findings import OtherKind, SourceFindings
from provider.domain.enrollment import Source
from provider.domain.findings.finding import (
    Availability,
    Finding,
    FoundBase,
    Unanswered,
    error,
    info,
    not_known,
    warning,
)
from provider.domain.findings.source import file_field
from provider.domain.state import DependencyState, ImageState
from proxy.errors import AddressRefused, NotFound, Refused

_ROLES = {
    DependencyRole.FINAL: "the base of the built stage",
    DependencyRole.STAGE: "the base of a stage that the build needs",
    DependencyRole.UNUSED: "only in stages that the build does not need",
    DependencyRole.SYNTAX: "the frontend that reads the file",
}


@dataclass(frozen=True, slots=True)
class FirstUse:
    """The first line that names an image; `file` is empty where there is only one, `maybe_context` see discovery."""

    line: int
    file: str
    maybe_context: bool


@dataclass(frozen=True, slots=True)
class BaseAnswers:
    """What is known of the images, by reference.

    Attributes:
        digests: that their tags point to, or why that is not known; an image that is not in it was not asked for.
        names: the entities that are tracked already.
    """

    digests: Mapping[ImageReference, Digest | Unanswered]
    names: Mapping[ImageReference, str]


def found_bases(candidate: ImageState, found: SourceFindings, answers: BaseAnswers) -> tuple[FoundBase, ...]:
    """Each image that the candidate depends on, in the order in which it was found."""
    places = _places(found)
    return tuple(_base(edge, places.get(_key(edge.image)), answers) for edge in candidate.dependencies)


def base_findings(
    source: Source, candidate: ImageState, found: SourceFindings, answers: BaseAnswers
) -> Iterator[Finding]:
    """What was discovered, and which images no registry has."""
    if not (candidate.dependencies or found.problems or found.unresolved or found.not_understood):
        yield warning(file_field(source), "no image of a registry is named, so nothing causes a rebuild")
    places = _places(found)
    for edge in candidate.dependencies:
        yield _finding(source, edge, places.get(_key(edge.image)), answers)


def _places(found: SourceFindings) -> dict[ImageReference, FirstUse]:
    places: dict[ImageReference, FirstUse] = {}
    for file, reference in found.references:
        places.setdefault(_key(reference.image), FirstUse(reference.line, file, reference.maybe_context))
    return places


def _key(image: ImageReference) -> ImageReference:
    """What is one dependency: a tag, which is `latest` where none is written, or a digest."""
    return image if image.digest else image.tagged


def _base(edge: DependencyState, place: FirstUse | None, answers: BaseAnswers) -> FoundBase:
    answer = answers.digests.get(edge.image)
    return FoundBase(
        edge.written,
        str(_key(edge.image)),
        edge.role,
        edge.kinds,
        place.line if place else None,
        place.file if place else "",
        _availability(answer),
        Digest(answer) if isinstance(answer, str) else None,
        answers.names.get(edge.image.tagged),
    )


def _availability(answer: Digest | Unanswered | None) -> Availability:
    match answer:
        case str():
            return Availability.FOUND
        case NotFound():
            return Availability.MISSING
        case _:
            return Availability.UNKNOWN


def _finding(source: Source, edge: DependencyState, place: FirstUse | None, answers: BaseAnswers) -> Finding:
    field = _field(source, edge)
    where = f"{_shown(place)}: " if place else ""
    shown, answer = _key(edge.image).familiar, answers.digests.get(edge.image)
    match answer:
        case str():
            return info(field, f"{where}{shown} ({_ROLES[edge.role]}) {_digest(edge, answer)}")
        case NotFound() if place and place.maybe_context:
            todo = f"if it is a named build context, write source.contexts: {{{edge.written}: local}}"
            return warning(field, f"{where}{edge.written} is no stage, and no registry has {shown}; {todo}")
        case NotFound():
            return warning(field, f"{where}{edge.image.registry} has no {shown}; correct the reference")
        case AddressRefused():
            return error(field, f"{where}{shown}: {answer}")
        case Refused():
            return warning(field, f"{where}{shown} cannot be read: {answer}")
        case None:
            return not_known(field, f"{where}{shown}: the files name too many images to ask for each")
        case _:
            return not_known(field, f"{where}{shown}: {answer}")


def _digest(edge: DependencyState, answer: str) -> str:
    if not edge.pinned:
        return f"has the digest {answer}"
    if edge.image.tag is None or answer == edge.image.digest:
        return "is pinned by its digest, so it causes no rebuild"
    return f"is pinned, and its tag points to another digest now ({answer}); a pin causes no rebuild"


def _field(source: Source, edge: DependencyState) -> str:
    if OtherKind.BY_HAND.value in edge.kinds:
        return "source.baseImages"
    return "repository" if OtherKind.LABEL.value in edge.kinds else file_field(source)


def _shown(place: FirstUse) -> str:
    return f"{place.file} line {place.line}" if place.file else f"line {place.line}"
