"""The entries of a timeline as the API shows them, in JSON and as rows of CSV."""

import dataclasses
from collections.abc import Mapping

from marshmallow import Schema

from provider.api.answers.csv_answers import row_of
from provider.api.answers.paging import PageDocument
from provider.domain.timeline.entries import TimelineEntry


def entry_document(entry: TimelineEntry) -> PageDocument:
    """All attributes that the schema shows."""
    return {field.name: getattr(entry, field.name) for field in dataclasses.fields(entry)}


def entry_row(schema: Schema, entry: TimelineEntry) -> Mapping[str, object]:
    """The causes as one text, as in the rebuilds of all images, and each changed line on a line of its own."""
    signed = (f"{found.digest} {found.outcome.value}" for found in entry.verifications)
    causes = (f"{cause.reference} {cause.previous_digest or 'unknown'} -> {cause.digest}" for cause in entry.causes)
    cells = {"causes": "; ".join(causes), "changes": "\n".join(entry.changes), "verifications": "; ".join(signed)}
    return {**row_of(schema, entry_document(entry)), **cells}
