"""The page with the list of images."""

from collections.abc import Sequence
from dataclasses import replace

from flask import Blueprint, request

from catalog.image import Status
from provider.auth.rights import identity
from provider.auth.strict_query import takes
from provider.pages.checks import checks_of_everything
from provider.pages.listing.cells import built_from, is_well, not_behind, owner_label
from provider.pages.listing.choices import choices_of
from provider.pages.listing.images_query import COLUMNS, IMAGES_QUERY, PAGE_SIZE, ImagesPageQuery
from provider.pages.listing.search import Meaning, SearchKind, as_text, meaning_of
from provider.pages.rendering import rendered
from provider.ports import Facets, ImageFilter, ImageIndex, Page
from provider.services.checks import Checks

_NOTHING = Page((), 0)


def add_list(blueprint: Blueprint, index: ImageIndex, checks: Checks | None) -> None:
    """Serve the list of images; `checks` as for `image_pages`."""
    for template_filter in (built_from, not_behind, is_well, owner_label):
        blueprint.add_app_template_filter(template_filter, template_filter.__name__)

    @blueprint.get("/images")
    @takes(*IMAGES_QUERY)
    def images() -> str:
        query, every = ImagesPageQuery.of(request.args), index.facets(ImageFilter())
        meaning = _meaning(query, every, index)
        mine = identity().owners
        owners = _owners(query, meaning, mine)
        wanted = query.filter(meaning, owners or ())
        # Where no image can match, the index is not asked: an empty list of owners would find all.
        found = _NOTHING if owners is None else index.page(wanted, query.page, PAGE_SIZE)
        return rendered(
            "listing/images.html",
            query=query,
            meaning=meaning,
            mine=mine,
            every=every,
            problems=index.reported(),
            page=found,
            pages=max(1, -(-found.total // PAGE_SIZE)),
            counts={} if owners is None else index.facets(replace(wanted, status=None)).statuses,
            export=None if owners is None else query.exported(meaning, wanted),
            statuses=list(Status),
            choices=choices_of(query, every),
            columns=COLUMNS,
            checks=checks_of_everything(checks) if checks else None,
        )


def _meaning(query: ImagesPageQuery, every: Facets, index: ImageIndex) -> Meaning | None:
    if not query.text:
        return None
    if query.as_text:
        return as_text(query.text)
    return meaning_of(query.text, every.owners, lambda name: index.facets(ImageFilter(depends_on=name)).total > 0)


def _owners(query: ImagesPageQuery, meaning: Meaning | None, mine: Sequence[str]) -> Sequence[str] | None:
    """The owners that all filters allow, of which one is enough; empty: any, None: no owner is allowed by all."""
    lists = [query.owners] if query.owners else []
    if meaning and meaning.kind is SearchKind.OWNER:
        lists.append([meaning.value])
    if query.mine:
        lists.append(mine)
    if not lists:
        return ()
    allowed = set.intersection(*({owner.lower() for owner in each} for each in lists))
    return sorted(allowed) or None
