"""What `image-factory status` prints about an image. Pure."""

from collections.abc import Iterator, Sequence

from catalog.image import (
    DependencyDocument,
    DependentDocument,
    DiscoveryDocument,
    Image,
    UnresolvedDocument,
    WarningDocument,
)
from catalog.times import utc_time
from provider.domain.impact import Impact
from provider.pages.image.labels import evidence_label


def line_of(image: Image) -> str:
    """One line: name, status and reason."""
    return f"{image.name:30} {image.status.value:12} {image.reason}"


def detail_lines(image: Image, dependents: Sequence[DependentDocument]) -> Iterator[str]:
    """The line of the image; then its digest, its dependencies, unresolved references and dependents."""
    yield line_of(image)
    yield f"  {image.reference}  {image.digest or 'not checked yet'}"
    for dependency in image.dependencies:
        yield from _dependency_lines(dependency)
    if image.discovery:
        yield from _discovery_lines(image.discovery)
    for dependent in dependents:
        yield f"  used by {dependent.name} ({dependent.status.value})"


def impact_line(impact: Impact) -> str:
    """One line: name, the earliest time of its rebuild, and why it would not be rebuilt."""
    when = utc_time(impact.eligible_at) if impact.eligible_at else "not rebuilt"
    return f"{impact.name:30} {when:24} {impact.reason or ''}".rstrip()


def _dependency_lines(dependency: DependencyDocument) -> Iterator[str]:
    status = f", {dependency.status.value}" if dependency.status else ""
    yield f"  depends on {dependency.name}: {dependency.reference} ({dependency.role.value}{status})"
    if dependency.built_on:
        how = f" ({evidence_label(dependency.evidence)})" if dependency.evidence else ""
        yield f"    built from {dependency.built_on}{how}"
    else:
        yield "    built from an unknown digest"
    if dependency.newest and dependency.newest != dependency.built_on:
        yield f"    newest     {dependency.newest}"
    if found := dependency.verification:
        yield f"    signature  {f'verified with {found.by}' if found.by else found.reason}"


def _discovery_lines(discovery: DiscoveryDocument) -> Iterator[str]:
    for missing in discovery.unresolved_variables:
        hint = f"; {missing.hint}" if missing.hint else ""
        yield f"  unresolved: {_place(missing)}: {missing.name} has no value{hint}"
    for warning in discovery.warnings:
        yield f"  not understood: {_place(warning)}: {warning.message}"


def _place(found: UnresolvedDocument | WarningDocument) -> str:
    return f"{found.file}:{found.line}" if found.file else f"line {found.line}"
