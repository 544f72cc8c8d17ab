"""Query and response schemas of the releases of all repositories."""

from marshmallow import fields, validate

from provider.api.schemas.base import AnswerSchema, PageSchema
from provider.api.schemas.histories import ListQuery
from provider.tracker.api.schemas import ReleaseSchema
from provider.tracker.decisions.kinds import RepositoryType

_LONGEST_TEXT = 200
# Integers in PostgreSQL have 32 bits.
_HIGHEST_ID = 2**31 - 1
_TRUE, _FALSE = frozenset({"true"}), frozenset({"false"})


class NewsQuery(ListQuery):
    """Filters of the releases of all repositories."""

    repository = fields.Integer(
        load_default=None,
        validate=validate.Range(1, _HIGHEST_ID),
        metadata={"description": "only releases of the repository of this id"},
    )
    type = fields.Enum(
        RepositoryType, by_value=True, load_default=None, metadata={"description": "only repositories of this type"}
    )
    label = fields.String(
        load_default=None,
        validate=validate.Length(1, _LONGEST_TEXT),
        metadata={"description": "only repositories with this label"},
    )
    q = fields.String(
        load_default=None,
        validate=validate.Length(max=_LONGEST_TEXT),
        metadata={
            "description": "only releases whose repository has this text in its name, URL, notes or labels, or whose "
            "version begins with it"
        },
    )
    prereleases = fields.Boolean(
        truthy=set(_TRUE),
        falsy=set(_FALSE),
        load_default=True,
        metadata={"description": "false: no pre-releases, whether the publisher or the tag marks them"},
    )
    baseline = fields.Boolean(
        truthy=set(_TRUE),
        falsy=set(_FALSE),
        load_default=False,
        metadata={
            "description": "true: also what is not new, because the first poll of its repository found it or a person "
            "added it"
        },
    )


class NewsRepositorySchema(AnswerSchema):
    """The repository of a release."""

    id = fields.Integer(metadata={"description": "id of the repository"})
    name = fields.String(metadata={"description": "display name"})
    type = fields.Enum(RepositoryType, by_value=True, metadata={"description": "where releases are read from"})
    url = fields.String(metadata={"description": "address of the repository"})
    labels = fields.List(fields.String(), metadata={"description": "its labels"})


class ReleaseNewsSchema(ReleaseSchema):
    """A release with its repository."""

    prerelease = fields.Boolean(metadata={"description": "true: the publisher or the tag marks it as a pre-release"})
    baseline = fields.Boolean(
        metadata={"description": "true: it is not new; the first poll of its repository found it, or a person added it"}
    )
    repository = fields.Nested(NewsRepositorySchema, metadata={"description": "its repository"})


class NewsPageSchema(PageSchema):
    """One page of the releases of all repositories, by when they were first seen, the newest first."""

    items = fields.List(fields.Nested(ReleaseNewsSchema), metadata={"description": "the releases on this page"})
