"""GET /api/v1/enrollments: the changes of entries that people review, and how they ended."""

from collections.abc import Callable, Mapping
from datetime import datetime
from http import HTTPStatus
from typing import Any

from provider.api.answers.paging import PagedAnswer, Window, page_document
from provider.api.enrolling.failures import http_failures
from provider.api.enrolling.schemas import ReviewPageSchema, ReviewQuery
from provider.api.resources import ReadingBlueprint
from provider.services.reviewing.proposing import Review, Reviews

_FAILURES = (HTTPStatus.BAD_GATEWAY, HTTPStatus.SERVICE_UNAVAILABLE)


def reviews_resources(reviews: Reviews, now: Callable[[], datetime]) -> Any:
    """The blueprint for changes that are reviewed."""
    resources = ReadingBlueprint("enrollments", "Changes of enrollments that people review")

    @resources.get("/api/v1/enrollments", ReviewPageSchema, ReviewQuery, _FAILURES)
    def list_reviews(query: Mapping[str, Any]) -> PagedAnswer:
        """List the changes of enrollments that have a pull request.

        Returns those of the last hundred pull requests into the config branch that this service opened, newest first:
        open, merged and closed ones.
        """
        with http_failures(now):
            known = reviews.all()
        found = [each for each in known if _is_wanted(each, query)]
        window, order = Window.of(query), "enrollments"
        here, end = window.cut(found, order, lambda review: str(review.pull_request.number))
        return page_document(list(here), len(found), window, order, end)

    return resources.blueprint


def _is_wanted(review: Review, query: Mapping[str, Any]) -> bool:
    image, state = query["image"], query["state"]
    return (image is None or review.image == image) and (state is None or review.pull_request.state is state)
