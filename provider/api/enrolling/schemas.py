"""Queries and responses of enrolling, and the description of its body."""

from collections.abc import Mapping

from marshmallow import ValidationError, fields

from provider.api.schemas.images import CamelCaseSchema
from provider.domain.enrolling.files import file_problem

ENTRY_BODY: Mapping[str, object] = {
    "required": True,
    "content": {
        "application/json": {
            "schema": {
                "type": "object",
                "description": "One entry with the keys of images.yaml, in JSON; docs/enrolling.md describes them. "
                "`file` is the file of the config repository for the entry.",
                "properties": {
                    "name": {"type": "string", "description": "a-z, 0-9 and '-', at most 63 characters"},
                    "registry": {"type": "string", "description": "host of the registry"},
                    "repository": {"type": "string", "description": "path of the image in its registry"},
                    "file": {"type": "string", "description": "`images.yaml` or `images.d/<team>.yaml`"},
                },
            },
            "example": {
                "name": "backstage",
                "registry": "ghcr.io",
                "repository": "acme/backstage",
                "source": {"provider": "github", "repo": "acme/portal", "workflow": "backstage.yml"},
                "owner": "group:default/platform",
            },
        }
    },
}
"""The request body in the OpenAPI document."""


def _valid_file(text: str) -> None:
    if problem := file_problem(text):
        raise ValidationError(problem)


class EnrollingQuery(CamelCaseSchema):
    """Whether the change is made."""

    dry_run = fields.Boolean(
        truthy={"true"},
        falsy={"false"},
        load_default=False,
        metadata={"description": "true: return what would be committed, and commit nothing"},
    )


class RemovingQuery(EnrollingQuery):
    """Which entry is removed."""

    file = fields.String(
        load_default=None,
        validate=_valid_file,
        metadata={"description": "file of the entry; needed only if several files have an entry of that name"},
    )


class EnrolledImageSchema(CamelCaseSchema):
    """The image of a changed entry."""

    name = fields.String(metadata={"description": "name of the image", "example": "backstage"})
    reference = fields.String(
        allow_none=True,
        metadata={"description": "its reference; null after a removal", "example": "ghcr.io/acme/backstage:latest"},
    )
    file = fields.String(
        metadata={"description": "file of the entry in the config repository", "example": "images.yaml"}
    )
    entity_ref = fields.String(
        metadata={"description": "its entity in Backstage", "example": "resource:default/backstage"}
    )
    enrollment = fields.Raw(
        allow_none=True, metadata={"description": "the entry as in images.yaml; null after a removal"}
    )


class EnrolledSchema(CamelCaseSchema):
    """A committed change of an entry."""

    image = fields.Nested(EnrolledImageSchema, metadata={"description": "the image"})
    commit = fields.String(
        allow_none=True, metadata={"description": "id of the commit; null if the file had this content already"}
    )
    diff = fields.String(metadata={"description": "unified diff of the file"})


class PlannedSchema(CamelCaseSchema):
    """The result of a dry run."""

    image = fields.Nested(EnrolledImageSchema, metadata={"description": "the image"})
    diff = fields.String(metadata={"description": "unified diff of the file; empty if nothing would change"})
