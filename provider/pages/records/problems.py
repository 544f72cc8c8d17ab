"""The page of what is wrong now."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime

from flask import Blueprint, request, url_for

from provider.auth.strict_query import takes
from provider.operation_ports import ProblemFilter, ProblemSource
from provider.pages.listing.images_query import page_number
from provider.pages.records.callers import my_owners
from provider.pages.records.periods import ANY_TIME, PERIOD_QUERY
from provider.pages.records.query import MINE, ROWS, RecordsQuery, records_query
from provider.pages.rendering import rendered
from provider.ports import ImageIndex
from provider.services.problems.listing import OF_IMAGES, problems_now

FILTERS = ("owner", "kind", "name")


def add_problems(
    blueprint: Blueprint, sources: Sequence[ProblemSource], index: ImageIndex, now: Callable[[], datetime]
) -> None:
    """Serve /problems."""

    @blueprint.get("/problems")
    @takes(*FILTERS, MINE, *PERIOD_QUERY, "page")
    def problems() -> str:
        mine, at = my_owners(), now()
        query, number = records_query(request.args, FILTERS, ANY_TIME, mine), page_number(request.args.get("page", ""))
        # Of all kinds, so that each kind shows its number beside the chosen one.
        every = problems_now(sources, replace(_filter(query, at), kind=None))
        found = [each for each in every if query.words["kind"] in ("", each.kind)]
        shown = found[(number - 1) * ROWS : number * ROWS]
        return rendered(
            "records/problems.html",
            query=query,
            items=shown,
            total=len(found),
            number=number,
            pages=max(1, -(-len(found) // ROWS)),
            kinds=Counter(each.kind for each in every),
            images=index.owners({each.name for each in shown if each.kind in OF_IMAGES}),
            mine=mine,
            csv=url_for("problems.list_problems", **query.api_parameters(at)),
        )


def _filter(query: RecordsQuery, now: datetime) -> ProblemFilter:
    return ProblemFilter(*query.period.bounds(now), owner=query.owner, kind=query.word("kind"), name=query.word("name"))
