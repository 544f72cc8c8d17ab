"""Merge all references to one image into one dependency."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace

from catalog.image import DependencyRole
from catalog.reference import ImageReference
from provider.domain.discovery.findings import OtherKind, SourceFindings
from provider.domain.dockerfile import FoundReference
from provider.domain.enrollment import Source
from provider.domain.state import DependencyState

_WEIGHT = (DependencyRole.FINAL, DependencyRole.STAGE, DependencyRole.UNUSED, DependencyRole.SYNTAX)
_NEEDED = {DependencyRole.FINAL, DependencyRole.STAGE}


def dependencies_of(
    source: Source,
    findings: SourceFindings,
    known: Iterable[DependencyState],
    left_out: Collection[ImageReference],
) -> tuple[DependencyState, ...]:
    """One dependency for each image, with all kinds of its references and the strongest role.

    What is known of a dependency stays: its name and `built_on`. While a file cannot be read, the dependencies that
    nothing names now stay too, because that file may name them. `left_out` are images, by tag, that are none.
    """
    before = {_key(dependency.image): dependency for dependency in known}
    merged: dict[ImageReference, DependencyState] = {}
    for named in _all_named(source, findings):
        key = _key(named.image)
        if key not in left_out:
            earlier = merged.get(key)
            merged[key] = _joined(earlier, named) if earlier else _dependency(named, before.get(key))
    if findings.problems:
        merged = {**before, **merged}
    return tuple(merged.values())


def _key(image: ImageReference) -> ImageReference:
    """What is one dependency: a tag, which is `latest` where none is written, or a digest."""
    return image if image.digest else image.tagged


@dataclass(frozen=True, slots=True)
class _Named:
    """One place that names an image."""

    image: ImageReference
    written: str
    kind: str
    role: DependencyRole
    platforms: tuple[str, ...]
    line: int | None = None
    file: str = ""


def _all_named(source: Source, findings: SourceFindings) -> Iterator[_Named]:
    for file in findings.files:
        for reference in file.found.references if file.found else ():
            yield _in_dockerfile(reference, file.path, apart=file.apart and findings.has_final)
    role = DependencyRole.STAGE if findings.has_final else DependencyRole.FINAL
    for written in source.base_images:
        image = ImageReference.parse(written)
        yield _Named(image, written, OtherKind.BY_HAND.value, role, findings.platforms)
    if findings.label:
        yield _Named(findings.label, str(findings.label), OtherKind.LABEL.value, role, findings.platforms)


def _in_dockerfile(reference: FoundReference, path: str, *, apart: bool) -> _Named:
    role = DependencyRole.STAGE if apart and reference.role is DependencyRole.FINAL else reference.role
    kind, line = reference.kind.value, reference.line
    return _Named(reference.image, reference.written, kind, role, reference.platforms, line, path)


def _dependency(named: _Named, known: DependencyState | None) -> DependencyState:
    found = DependencyState(
        str(named.image),
        named.written,
        named.image,
        (named.kind,),
        named.role,
        named.platforms,
        line=named.line,
        file=named.file,
    )
    if known is None:
        return found
    return replace(found, name=known.name, built_on=known.built_on, evidence=known.evidence)


def _joined(earlier: DependencyState, named: _Named) -> DependencyState:
    kinds = tuple(dict.fromkeys((*earlier.kinds, named.kind)))
    role = min(earlier.role, named.role, key=_WEIGHT.index)
    joined = replace(earlier, kinds=kinds, role=role, platforms=_platforms(earlier, named))
    # The line that matters most is shown.
    return joined if role is earlier.role else replace(joined, line=named.line, file=named.file)


def _platforms(earlier: DependencyState, named: _Named) -> tuple[str, ...]:
    """The platforms of both; where the build needs only one of them, those of that one."""
    if (named.role in _NEEDED) != (earlier.role in _NEEDED):
        return named.platforms if named.role in _NEEDED else earlier.platforms
    # No platforms: any; then the others add nothing.
    either = earlier.platforms and named.platforms
    return tuple(dict.fromkeys((*earlier.platforms, *named.platforms))) if either else ()
