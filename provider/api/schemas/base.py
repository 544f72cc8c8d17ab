"""What all schemas of the JSON interface share: fields, keys in camelCase, pages and errors."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Self

from marshmallow import Schema, fields

from catalog.times import rfc3339_exact
from provider.redaction import redacted

FIELD_MESSAGES = "FieldMessages"
"""The name of a schema in the OpenAPI document that refers to itself, which marshmallow cannot express."""

_MESSAGES: Mapping[str, object] = {
    "description": "the messages for a field, or those for the fields or items in it",
    "anyOf": [
        {"type": "array", "items": {"type": "string"}},
        {"$ref": f"#/components/schemas/{FIELD_MESSAGES}"},
    ],
}

# Generators of clients make a class of an object that refers to itself; of a choice that does, openapi-python-client
# makes nothing, and leaves out each response with a problem.
FIELD_MESSAGES_SCHEMA: Mapping[str, object] = {
    "description": "messages by field or by the number of an item",
    "type": "object",
    "additionalProperties": _MESSAGES,
}


class Instant(fields.AwareDateTime):
    """A time in RFC 3339, in UTC, with `Z`."""

    def _serialize(self, value: datetime | None, attr: str | None, obj: Any, **kwargs: Any) -> str | None:  # noqa: ARG002 - marshmallow's signature
        return None if value is None else rfc3339_exact(value)


class RedactedString(fields.String):
    """A text that can contain the message of a failure; it is shown without secrets."""

    def _serialize(self, value: str | None, attr: str | None, obj: Any, **kwargs: Any) -> str | None:  # noqa: ARG002 - marshmallow's signature
        return None if value is None else redacted(value)


class SharedSchema(Schema):
    """A schema of an answer or of a query. Nothing changes it once it is made.

    So all descriptions of operations share it: Flask-Smorest copies the description of an operation for each of its
    answers, and copying all schemas with their fields took more than half of the time in which a process begins.
    """

    def __deepcopy__(self, _memo: object) -> Self:
        return self


class CamelCaseSchema(SharedSchema):
    """Converts attributes in snake_case to keys in camelCase."""

    def on_bind_field(self, field_name: str, field_obj: fields.Field[Any]) -> None:
        """Set the key of the field."""
        first, *others = (field_obj.data_key or field_name).split("_")
        field_obj.data_key = first + "".join(word.title() for word in others)


class AnswerSchema(CamelCaseSchema):
    """An answer: it always has every field, which the OpenAPI document says."""

    def on_bind_field(self, field_name: str, field_obj: fields.Field[Any]) -> None:
        """Set the key of the field."""
        super().on_bind_field(field_name, field_obj)
        field_obj.required = True


class FailureSchema(AnswerSchema):
    """A problem, and when it began."""

    at = Instant(metadata={"description": "when the problem began"})
    message = RedactedString(metadata={"description": "the problem, as a sentence"})


class PageSchema(AnswerSchema):
    """The fields that every list has beside `items`."""

    total = fields.Integer(metadata={"description": "number of all matching items"})
    page = fields.Integer(
        allow_none=True, metadata={"description": "number of this page; null if the request has a cursor"}
    )
    page_size = fields.Integer(metadata={"description": "maximum number of items on a page"})
    next = fields.String(
        allow_none=True, metadata={"description": "path and query of the next page; null on the last page"}
    )


class ProblemSchema(AnswerSchema):
    """An error response."""

    code = fields.Integer(metadata={"description": "the HTTP status code"})
    status = fields.String(metadata={"description": "the name of the status"})
    message = fields.String(metadata={"description": "what is wrong and what to do next"})
    errors = fields.Dict(
        metadata={
            "description": "messages by place (`query`, `json`, `headers`) and invalid parameter or field; else empty",
            "properties": {
                "existing": {
                    "type": "object",
                    "description": "what is there already, where that is the problem",
                    "properties": {
                        "id": {"type": "integer", "description": "its id"},
                        "link": {"type": "string", "description": "its path"},
                    },
                    "required": ["id", "link"],
                    "additionalProperties": False,
                }
            },
            "additionalProperties": _MESSAGES,
        }
    )
    request_id = fields.String(metadata={"description": "id of the request, also in the log of the service"})


class EntryField(fields.Nested):
    """An entry of images.yaml, which is shown as it is: without the keys that have their default."""

    def _serialize(self, nested_obj: Any, attr: Any, obj: Any, **kwargs: Any) -> Any:  # type: ignore[override]  # noqa: ARG002 - marshmallow's two classes name the first parameter differently
        return nested_obj
