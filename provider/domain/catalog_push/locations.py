"""Which Location entities of Backstage read the catalog document of this service. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from proxy.http.origin import origin_of

CATALOG_DOCUMENT = "/catalog/catalog-info.yaml"


@dataclass(frozen=True, slots=True)
class CatalogLocation:
    """A Location entity.

    Attributes:
        reference: such as `location:default/generated-0a1b`.
        targets: the addresses that Backstage reads; the token of the catalog may be in their queries.
    """

    reference: str
    targets: tuple[str, ...] = field(repr=False)


def reads_the_document(locations: Iterable[CatalogLocation], public_url: str) -> tuple[str, ...]:
    """The references of the locations that read the catalog document of the service at this address.

    Backstage may reach the service by another name than people, so the host decides only between several: those with
    the same origin, else those with the same host, else all that have the path of the document.
    """
    by_likeness: dict[int, list[str]] = {}
    for location in locations:
        if found := max([0, *(_likeness(target, public_url) for target in location.targets)]):
            by_likeness.setdefault(found, []).append(location.reference)
    return tuple(sorted(set(by_likeness[max(by_likeness)]))) if by_likeness else ()


def _likeness(target: str, public_url: str) -> int:
    """How sure it is that the target is the document: 0 (it is not) to 3."""
    there, ours = origin_of(target), origin_of(public_url)
    if there is None or urlsplit(target).path not in {
        CATALOG_DOCUMENT,
        f"{urlsplit(public_url).path}{CATALOG_DOCUMENT}",
    }:
        return 0
    if there == ours:
        return 3
    return 2 if ours and there.host == ours.host else 1
