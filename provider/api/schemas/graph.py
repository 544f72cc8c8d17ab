"""Schemas of the dependency graph of an image."""

from marshmallow import fields, validate

from catalog.image import DependencyRole, Evidence, Role, Status
from provider.api.schemas.base import AnswerSchema, RedactedString, SharedSchema
from provider.domain.graph.choosing import LEVELS, MOST_LEVELS, MOST_NODES

_DIGEST = f"sha256:{'0123456789abcdef' * 4}"


class GraphQuery(SharedSchema):
    """The size of a graph."""

    depth = fields.Integer(
        load_default=LEVELS,
        validate=validate.Range(1, MOST_LEVELS),
        metadata={
            "description": "steps over which images that depend on the image are included; what the image depends on "
            "is always included over any number of steps"
        },
    )
    nodes = fields.Integer(
        load_default=MOST_NODES,
        validate=validate.Range(2, MOST_NODES),
        metadata={"description": "maximum number of nodes; the nearest and those that need attention come first"},
    )


class GraphNodeSchema(AnswerSchema):
    """An image of the graph."""

    name = fields.String(metadata={"description": "name of the image"})
    depth = fields.Integer(
        metadata={"description": "steps from the image in the middle; negative for what that depends on", "example": 1}
    )
    role = fields.Enum(Role, by_value=True, metadata={"description": "`base`, or `managed` if it is built here"})
    status = fields.Enum(
        Status, by_value=True, allow_none=True, metadata={"description": "its status; null if it is not tracked"}
    )
    reason = RedactedString(metadata={"description": "why it has this status, as a sentence"})
    owner = fields.String(allow_none=True, metadata={"description": "its owner; null if it is not tracked"})
    hidden_dependents = fields.Integer(
        metadata={"description": "number of images that directly depend on it and are not in this graph"}
    )
    hidden_dependencies = fields.Integer(
        metadata={"description": "number of images that it directly depends on and that are not in this graph"}
    )


class GraphEdgeSchema(AnswerSchema):
    """An image, and one that it depends on."""

    base = fields.String(metadata={"description": "name of the image that the other one depends on"})
    image = fields.String(metadata={"description": "name of the image that depends on it"})
    role = fields.Enum(
        DependencyRole, by_value=True, metadata={"description": "what the build needs the base for, as in an image"}
    )
    built_on = fields.String(
        allow_none=True,
        metadata={
            "description": "the digest of the base that the image was built from; null if unknown",
            "example": _DIGEST,
        },
    )
    evidence = fields.Enum(
        Evidence,
        by_value=True,
        allow_none=True,
        metadata={
            "description": "how `builtOn` is known; null without it, and if only the Dockerfile names the digest"
        },
    )
    newest = fields.String(
        allow_none=True,
        metadata={"description": "the digest that the tag of the base points to now", "example": _DIGEST},
    )
    pinned = fields.Boolean(metadata={"description": "true: the Dockerfile names the digest"})
    known = fields.Boolean(metadata={"description": "true: the evidence shows that the image was built from `builtOn`"})
    causes = fields.Boolean(
        data_key="causesRebuild", metadata={"description": "true: a newer digest of the base rebuilds the image"}
    )
    behind = fields.Boolean(
        metadata={"description": "true: it was built from an older digest, and does not have the content of the newest"}
    )


class ImageGraphSchema(AnswerSchema):
    """The dependency graph around an image."""

    name = fields.String(metadata={"description": "name of the image in the middle"})
    nodes = fields.List(
        fields.Nested(GraphNodeSchema),
        metadata={"description": "what the image depends on, the image itself, and what depends on it"},
    )
    edges = fields.List(fields.Nested(GraphEdgeSchema), metadata={"description": "the dependencies between the nodes"})
    total = fields.Integer(metadata={"description": "number of nodes that the graph would have without a limit"})
    truncated = fields.Boolean(metadata={"description": "true: images are left out because there are too many"})
