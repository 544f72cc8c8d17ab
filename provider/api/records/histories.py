"""GET /api/v1/rebuilds and /api/v1/updates: the histories of all images."""

import dataclasses
from collections.abc import Mapping
from typing import Any

from flask import Response
from marshmallow import Schema

from catalog.image import RebuildDocument, UpdateDocument
from provider.api.answers.csv_answers import columns_of, csv_answer, json_or_csv, row_of
from provider.api.answers.paging import PagedAnswer, PageDocument, newest_first
from provider.api.records.summary_documents import summary_document
from provider.api.resources import ReadingBlueprint
from provider.api.schemas.histories import (
    ImageRebuildPageSchema,
    ImageRebuildSchema,
    ImageUpdatePageSchema,
    ImageUpdateSchema,
    ListFormat,
    RebuildsQuery,
    SummaryQuery,
    UpdatesQuery,
)
from provider.api.schemas.rebuild_summary import RebuildSummarySchema
from provider.operation_ports import HistoryFilter, ImageHistories, ImageRebuild, ImageUpdate

Answer = PagedAnswer | Response


def histories_resources(histories: ImageHistories) -> Any:
    """The blueprint for the rebuilds and the digest histories of all images."""
    resources = ReadingBlueprint("histories", "Rebuilds and digest changes of all images")

    @resources.get(
        "/api/v1/rebuilds", ImageRebuildPageSchema, RebuildsQuery, responses=json_or_csv(ImageRebuildPageSchema)
    )
    def list_all_rebuilds(query: Mapping[str, Any]) -> Answer:
        """List the rebuilds of all images.

        Returns each rebuild with its image, its causes and its result, the newest request first. `since` and `until`
        compare the time of the request. Images that are no longer tracked are not included.
        """
        wanted = _rebuilds(query)
        if query["format"] is ListFormat.CSV:
            schema = ImageRebuildSchema()
            rows = (rebuild_row(schema, found) for found in histories.every_rebuild(wanted))
            return csv_answer("rebuilds", columns_of(schema), rows)
        return newest_first(query, lambda *where: histories.rebuilds(wanted, *where), rebuild_document)

    @resources.get("/api/v1/rebuilds/summary", RebuildSummarySchema, SummaryQuery)
    def summarize_rebuilds(query: Mapping[str, Any]) -> PageDocument:
        """Count the rebuilds of all images.

        Returns the rebuilds that were requested in a period by result and by who asked for them; how long it took from
        the change of a base image to the end of the rebuild: the median, the time that 90 percent do not exceed, and
        the ten rebuilds that took longest; and the images that are behind now. Only rebuilds that succeeded and that
        have a cause have times. Of several causes, the one that changed last counts.
        """
        return summary_document(histories.summary(_rebuilds(query)))

    @resources.get("/api/v1/updates", ImageUpdatePageSchema, UpdatesQuery, responses=json_or_csv(ImageUpdatePageSchema))
    def list_all_updates(query: Mapping[str, Any]) -> Answer:
        """List the digest changes of all images.

        Returns each digest that the tag of an image pointed to, the newest first. The first digest of each image is the
        baseline: it has no `previousDigest`. `since` and `until` compare the time when the digest was first seen.
        """
        wanted = _updates(query)
        if query["format"] is ListFormat.CSV:
            schema = ImageUpdateSchema()
            rows = (row_of(schema, update_document(found)) for found in histories.every_update(wanted))
            return csv_answer("updates", columns_of(schema), rows)
        return newest_first(query, lambda *where: histories.updates(wanted, *where), update_document)

    return resources.blueprint


def rebuild_document(found: ImageRebuild) -> PageDocument:
    """All attributes that `ImageRebuildSchema` shows."""
    return {"image": found.image, **_attributes(found.rebuild)}


def update_document(found: ImageUpdate) -> PageDocument:
    """All attributes that `ImageUpdateSchema` shows."""
    return {"image": found.image, **_attributes(found.update)}


def _attributes(document: RebuildDocument | UpdateDocument) -> PageDocument:
    return {field.name: getattr(document, field.name) for field in dataclasses.fields(document)}


def rebuild_row(schema: Schema, found: ImageRebuild) -> Mapping[str, object]:
    """A row of CSV, with the causes as one text: `docker.io/library/node:22 sha256:... -> sha256:...; ...`."""
    causes = (
        f"{cause.reference} {cause.previous_digest or 'unknown'} -> {cause.digest}" for cause in found.rebuild.causes
    )
    return {**row_of(schema, rebuild_document(found)), "causes": "; ".join(causes)}


def _rebuilds(query: Mapping[str, Any]) -> HistoryFilter:
    return HistoryFilter(
        query["since"],
        query["until"],
        query["owner"],
        query.get("conclusion"),
        image=query["image"],
        requested_by=query["requested_by"],
        cve=query["cve"],
    )


def _updates(query: Mapping[str, Any]) -> HistoryFilter:
    return HistoryFilter(query["since"], query["until"], query["owner"], image=query["image"], moves=query["moves"])
