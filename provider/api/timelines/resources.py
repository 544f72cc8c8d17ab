"""GET /api/v1/images/NAME/timeline: what happened to an image, newest first."""

from collections.abc import Mapping
from typing import Any

from flask import Response

from catalog.image import Image
from provider.api.answers.csv_answers import columns_of, csv_answer, json_or_csv
from provider.api.answers.paging import PagedAnswer, newest_first
from provider.api.images import no_image
from provider.api.resources import ReadingBlueprint
from provider.api.schemas.histories import ListFormat, ListQuery
from provider.api.timelines.documents import entry_document, entry_row
from provider.api.timelines.schemas import TimelineEntrySchema, TimelinePageSchema
from provider.domain.timeline.entries import TimelineEntry
from provider.operation_ports import HistoryFilter, HistoryPage
from provider.ports import ImageIndex, Place
from provider.services.timelines.timelines import Timelines
from provider.timeline_ports import EntryHistory

_WAIT_SECONDS = 2.0


def timeline_resources(index: ImageIndex, timelines: Timelines) -> Any:
    """The blueprint for timelines."""
    resources = ReadingBlueprint("timelines", "What happened to an image")

    @resources.get(
        "/api/v1/images/<name>/timeline", TimelinePageSchema, ListQuery, responses=json_or_csv(TimelinePageSchema)
    )
    def list_timeline(query: Mapping[str, Any], name: str) -> PagedAnswer | Response:
        """List what happened to an image.

        Returns, the newest first: new digests of the image and of the images that it is built from, its rebuilds with
        their causes, what people asked for, and the changes of its entry in the config repository, with who and why.
        `since` and `until` compare `at`. The changes of its entry are read from git; `enrollmentHistory` says whether
        all of them are known.
        """
        image, wanted = _found(index, name), HistoryFilter(query["since"], query["until"])
        if query["format"] is ListFormat.CSV:
            schema = TimelineEntrySchema()
            rows = (entry_row(schema, entry) for entry in timelines.every(image, wanted, wait_seconds=_WAIT_SECONDS))
            return csv_answer(f"timeline-{image.name}", columns_of(schema), rows)
        histories: list[EntryHistory] = []

        def read(page: int, size: int, after: Place | None) -> HistoryPage[TimelineEntry]:
            part = timelines.part(image, wanted, page, size, after, wait_seconds=_WAIT_SECONDS)
            histories.append(part.enrollment)
            return part.page

        document, headers = newest_first(query, read, entry_document)
        known = histories[0]
        state = {"complete": known.is_complete, "reading": known.reading, "problem": known.problem}
        return {**document, "enrollment_history": state}, headers

    return resources.blueprint


def _found(index: ImageIndex, name: str) -> Image:
    image = index.outline(name)
    if image is None:
        raise no_image(name)
    return image
