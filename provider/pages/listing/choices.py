"""The choices of the filters above the list. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from catalog.image import CRITICALITIES, Role
from provider.pages.listing.images_query import ImagesPageQuery
from provider.ports import Facets


@dataclass(frozen=True, slots=True)
class FilterChoice:
    """One filter: the name of its parameter, its label, the word for no filter, values with words, the value chosen."""

    name: str
    label: str
    any: str
    values: Sequence[tuple[str, str]]
    chosen: str


def choices_of(query: ImagesPageQuery, every: Facets) -> Sequence[FilterChoice]:
    """The filters with few values; those of registries and criticalities are the ones that images have."""
    criticalities = [word for word in CRITICALITIES if word in every.criticalities or word == query.criticality]
    registries = [*every.registries, *({query.registry} - {"", *every.registries})]
    behind = [("true", "Behind"), ("false", "Not behind")]
    return (
        FilterChoice("criticality", "Criticality", "Any criticality", _capitalized(criticalities), query.criticality),
        FilterChoice("role", "Kind", "Any kind", _capitalized(role.value for role in Role), query.role),
        FilterChoice("registry", "Registry", "Any registry", [(each, each) for each in registries], query.registry),
        FilterChoice("behind", "Behind", "Behind or not", behind, query.behind),
    )


def _capitalized(words: Iterable[str]) -> Sequence[tuple[str, str]]:
    return [(word, word.capitalize()) for word in words]
