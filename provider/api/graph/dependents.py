"""GET /api/v1/images/NAME/dependents."""

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any

from flask import Response

from provider.api.answers.csv_answers import columns_of, csv_answer, json_or_csv, row_of
from provider.api.answers.paging import PagedAnswer, Window, page_document
from provider.api.images import found
from provider.api.resources import ReadingBlueprint
from provider.api.schemas.dependents import DependentsQuery, ImageDependentPageSchema, ImageDependentSchema
from provider.api.schemas.histories import ListFormat
from provider.domain.graph.dependents import Dependent, dependents_of
from provider.graph_ports import ImageGraphs
from provider.ports import ImageIndex


def dependents_resources(index: ImageIndex, graphs: ImageGraphs) -> Any:
    """The blueprint for the dependents of an image."""
    resources = ReadingBlueprint("dependents", "What is built from an image")

    @resources.get(
        "/api/v1/images/<name>/dependents",
        ImageDependentPageSchema,
        DependentsQuery,
        responses=json_or_csv(ImageDependentPageSchema),
    )
    def list_dependents(query: Mapping[str, Any], name: str) -> PagedAnswer | Response:
        """List everything that depends on an image.

        Returns each image that depends on it, directly or over other images, with the digest of it that the image
        contains, how that is known, and whether and since when the image is behind. An image that is still built from
        an older digest of its parent contains what that digest was built from.
        """
        image = found(index, name)
        dependents = _wanted(dependents_of(image, graphs.dependents(image)), query)
        if query["format"] is ListFormat.CSV:
            schema = ImageDependentSchema()
            rows = (row_of(schema, _document(dependent)) for dependent in dependents)
            return csv_answer(f"dependents-{name}", columns_of(schema), rows)
        window, order = Window.of(query), "dependents"
        here, end = window.cut(dependents, order, lambda dependent: dependent.name)
        return page_document([_document(dependent) for dependent in here], len(dependents), window, order, end)

    return resources.blueprint


def _document(dependent: Dependent) -> Mapping[str, object]:
    """All attributes that `ImageDependentSchema` shows."""
    attributes = {field.name: getattr(dependent, field.name) for field in dataclasses.fields(dependent)}
    return {**attributes, "state": dependent.state}


def _wanted(dependents: Sequence[Dependent], query: Mapping[str, Any]) -> list[Dependent]:
    state, direct = query["state"], query["direct"]
    return [
        dependent
        for dependent in dependents
        if state in (None, dependent.state) and direct in (None, dependent.steps == 1)
    ]
