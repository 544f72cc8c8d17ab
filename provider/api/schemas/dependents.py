"""Schemas of everything that depends on an image."""

from marshmallow import fields

from catalog.image import DependencyRole, Evidence, Status
from provider.api.schemas.base import AnswerSchema, Instant, PageSchema
from provider.api.schemas.histories import FormatQuery
from provider.domain.graph.dependents import DependentState

_DIGEST = f"sha256:{'0123456789abcdef' * 4}"


class DependentsQuery(FormatQuery):
    """Which dependents a caller wants."""

    state = fields.Enum(
        DependentState,
        by_value=True,
        load_default=None,
        metadata={"description": "only images of this state, for example `behind`"},
    )
    direct = fields.Boolean(
        load_default=None,
        truthy={"true"},
        falsy={"false"},
        metadata={"description": "true: only images that depend on it directly; false: only others"},
    )


class ImageDependentSchema(AnswerSchema):
    """An image that depends on another one, directly or over others."""

    name = fields.String(metadata={"description": "name of the image"})
    status = fields.Enum(Status, by_value=True, metadata={"description": "its status"})
    owner = fields.String(metadata={"description": "its owner"})
    steps = fields.Integer(metadata={"description": "1 if it depends on it directly", "example": 1})
    role = fields.Enum(
        DependencyRole,
        by_value=True,
        allow_none=True,
        metadata={"description": "what its build needs it for; null if it depends on it only over other images"},
    )
    through = fields.List(
        fields.String(),
        metadata={"description": "the images between, as far as it depends on them directly; empty if there are none"},
    )
    digest = fields.String(
        allow_none=True,
        metadata={
            "description": "the digest that it contains, the oldest one if there are several; null if unknown",
            "example": _DIGEST,
        },
    )
    evidence = fields.Enum(
        Evidence,
        by_value=True,
        allow_none=True,
        metadata={
            "description": "how it is known from which digest it was built; null without one, and if only its "
            "Dockerfile names the digest"
        },
    )
    pinned = fields.Boolean(metadata={"description": "true: only its Dockerfile names the digest"})
    known = fields.Boolean(metadata={"description": "true: the evidence shows which digest it contains"})
    state = fields.Enum(
        DependentState,
        by_value=True,
        metadata={
            "description": "`behind`: it contains an older digest; `unknown`: which digest it contains is not shown; "
            "`newest`: it contains the newest digest, or one with the same content; `unused`: it contains none, "
            "because its build does not need it"
        },
    )
    behind = fields.Boolean(metadata={"description": "true: it is known to contain an older digest"})
    behind_since = Instant(
        allow_none=True, metadata={"description": "since when it is behind; null if it is not known to be"}
    )


class ImageDependentPageSchema(PageSchema):
    """A page of dependents."""

    items = fields.List(
        fields.Nested(ImageDependentSchema),
        metadata={
            "description": "first those that are behind, for longest; then those of which it is not known; then by name"
        },
    )
