"""Response schemas of the values by which images can be filtered."""

from marshmallow import fields

from provider.api.schemas.base import AnswerSchema


class FacetSchema(AnswerSchema):
    """A value, and the number of images that have it."""

    value = fields.String(metadata={"description": "the value, as the filter takes it", "example": "ghcr.io"})
    count = fields.Integer(metadata={"description": "number of images that have it"})


class FacetsSchema(AnswerSchema):
    """The values that images have, most images first."""

    total = fields.Integer(metadata={"description": "number of images"})
    roles = fields.List(fields.Nested(FacetSchema), metadata={"description": "values of `role`"})
    registries = fields.List(fields.Nested(FacetSchema), metadata={"description": "values of `registry`"})
    owners = fields.List(fields.Nested(FacetSchema), metadata={"description": "values of `owner`"})
    statuses = fields.List(fields.Nested(FacetSchema), metadata={"description": "values of `status`"})
    criticalities = fields.List(
        fields.Nested(FacetSchema),
        metadata={"description": "values of `criticality`; images that are not enrolled have none"},
    )
