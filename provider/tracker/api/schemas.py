"""What is asked of the release tracker, and what it answers."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from marshmallow import ValidationError, fields, validate

from provider.api.answers.paging import PageQuery
from provider.api.schemas.images import CamelCaseSchema, FailureSchema, Instant, PageSchema
from provider.tracker.decisions.fields import (
    LONGEST_RELEASE_NOTES,
    name_problem,
    notes_problem,
    url_problem,
    version_problem,
)
from provider.tracker.decisions.repository import RepositoryState, RepositoryType, TagForm
from provider.tracker.ports import RELEASE_SORTS, REPOSITORY_SORTS
from provider.tracker.services.transferring import TransferFormat

_LONGEST_QUERY = 200
_LONGEST_HASH = 200
_LONGEST_URL = 1_000
LONGEST_IMPORT = 10_000_000
"""Characters."""

# Marshmallow itself also takes `on`, `yes`, `1` and others.
_TRUE, _FALSE = frozenset({"true"}), frozenset({"false"})
_TYPE = "github, git or container; without it the address suggests one"
_FORM = "semver, partial, suffixed or any: which tags are versions; without it semver for container, else any"


class JsonBoolean(fields.Boolean):
    """JSON's own `true` and `false`, and nothing else."""

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> bool:  # noqa: ARG002 - marshmallow's signature
        if not isinstance(value, bool):
            raise self.make_error("invalid", input=value)
        return value


def _right(problem: Callable[[str], str | None]) -> Callable[[str], None]:
    """A validator out of a function that tells a problem."""

    def check(text: str) -> None:
        if found := problem(text):
            raise ValidationError(found)

    return check


def _either_way(*keys: str) -> validate.OneOf:
    return validate.OneOf([f"{sign}{key}" for key in keys for sign in ("", "-")])


class RepositoriesQuery(PageQuery):
    """Which repositories, in which order."""

    type = fields.Enum(RepositoryType, by_value=True, load_default=None)
    state = fields.Enum(RepositoryState, by_value=True, load_default=None)
    q = fields.String(
        load_default=None,
        validate=validate.Length(max=_LONGEST_QUERY),
        metadata={"description": "part of a name, url or notes"},
    )
    sort = fields.String(
        load_default="name",
        validate=_either_way(*REPOSITORY_SORTS),
        metadata={"description": "a field; '-' before it for the other way round"},
    )


class ReleasesQuery(PageQuery):
    """In which order."""

    sort = fields.String(load_default="-version", validate=_either_way(*RELEASE_SORTS))


class DryRunQuery(CamelCaseSchema):
    """Whether to write."""

    dry_run = fields.Boolean(
        truthy=set(_TRUE),
        falsy=set(_FALSE),
        load_default=False,
        metadata={"description": "answer what would be done, and do nothing"},
    )


class ExportQuery(CamelCaseSchema):
    """In which form."""

    format = fields.Enum(TransferFormat, by_value=True, load_default=TransferFormat.CSV)


class WishSchema(CamelCaseSchema):
    """A repository to track."""

    url = fields.String(required=True, validate=validate.Length(1, _LONGEST_URL))
    type = fields.Enum(
        RepositoryType, by_value=True, allow_none=True, load_default=None, metadata={"description": _TYPE}
    )
    name = fields.String(
        allow_none=True,
        load_default=None,
        validate=_right(name_problem),
        metadata={"description": "without it what the source calls it"},
    )
    notes = fields.String(load_default="", validate=_right(notes_problem))
    tag_form = fields.Enum(TagForm, by_value=True, allow_none=True, load_default=None, metadata={"description": _FORM})
    unchecked = JsonBoolean(
        load_default=False, metadata={"description": "track it although its address cannot be read now"}
    )


class ChangeSchema(WishSchema):
    """A repository as it shall be from now on."""

    version = fields.Integer(
        required=True, strict=True, metadata={"description": "as last read; 409 when somebody changed it since"}
    )


class ReleaseWishSchema(CamelCaseSchema):
    """A release that a person writes."""

    version = fields.String(required=True, validate=_right(version_problem))
    date = Instant(
        allow_none=True,
        load_default=None,
        validate=validate.Range(datetime(1900, 1, 1, tzinfo=UTC), datetime(9000, 1, 1, tzinfo=UTC)),
    )
    notes = fields.String(load_default="", validate=_right(lambda text: notes_problem(text, LONGEST_RELEASE_NOTES)))
    url = fields.String(allow_none=True, load_default=None, validate=_right(url_problem))
    hash = fields.String(allow_none=True, load_default=None, validate=validate.Length(1, _LONGEST_HASH))
    prerelease = JsonBoolean(load_default=False)
    draft = JsonBoolean(load_default=False)


class ImportSchema(CamelCaseSchema):
    """Repositories as text."""

    format = fields.Enum(TransferFormat, by_value=True, required=True)
    text = fields.String(required=True, validate=validate.Length(1, LONGEST_IMPORT))


class PublishedSchema(CamelCaseSchema):
    """A release without its notes."""

    version = fields.String()
    date = Instant(allow_none=True)
    url = fields.String(allow_none=True)
    hash = fields.String(allow_none=True, metadata={"description": "the commit, or the image's digest"})
    prerelease = fields.Boolean()
    draft = fields.Boolean()


class LatestReleaseSchema(PublishedSchema):
    """The latest release of a repository."""

    id = fields.Integer()


class ReleaseSchema(LatestReleaseSchema):
    """A release."""

    notes = fields.String(metadata={"description": "Markdown as it was published; not sanitised"})
    by_hand = fields.Boolean(metadata={"description": "a person wrote it: polls leave it as it is"})
    withdrawn = fields.Boolean(metadata={"description": "it is not published any more"})


class RepositorySchema(CamelCaseSchema):
    """A tracked repository."""

    id = fields.Integer()
    name = fields.String()
    date_added = Instant()
    url = fields.String()
    type = fields.Enum(RepositoryType, by_value=True)
    tag_form = fields.Enum(TagForm, by_value=True)
    notes = fields.String()
    state = fields.Enum(RepositoryState, by_value=True)
    last_polled = Instant(allow_none=True, metadata={"description": "the last poll that succeeded"})
    next_poll = Instant(allow_none=True, metadata={"description": "null: at once"})
    latest_release = fields.Nested(LatestReleaseSchema, allow_none=True)
    last_error = fields.Nested(FailureSchema, allow_none=True, metadata={"description": "why the last poll failed"})
    failures = fields.Integer(metadata={"description": "polls that failed since the last success"})
    version = fields.Integer(metadata={"description": "to be sent with a change"})


class CheckedSchema(CamelCaseSchema):
    """What would be tracked, and what its address has."""

    name = fields.String()
    url = fields.String()
    type = fields.Enum(RepositoryType, by_value=True)
    tag_form = fields.Enum(TagForm, by_value=True)
    notes = fields.String()
    latest_release = fields.Nested(PublishedSchema, allow_none=True)
    releases = fields.Integer(allow_none=True, metadata={"description": "null where it could not be read"})
    problem = fields.String(allow_none=True, metadata={"description": "why it could not be read"})


class PolledSchema(CamelCaseSchema):
    """What a poll came to."""

    repository = fields.Nested(RepositorySchema)
    new_releases = fields.List(fields.Nested(PublishedSchema))
    changed = fields.Integer(metadata={"description": "releases that were known and are another way now"})


class ImportedSchema(CamelCaseSchema):
    """One repository of an import."""

    id = fields.Integer(allow_none=True, metadata={"description": "null where nothing was written"})
    name = fields.String()
    url = fields.String()
    type = fields.Enum(RepositoryType, by_value=True)


class ImportReportSchema(CamelCaseSchema):
    """What an import did, or would do."""

    added = fields.List(fields.Nested(ImportedSchema))
    duplicates = fields.List(
        fields.Nested(ImportedSchema), metadata={"description": "tracked already, and left as they are"}
    )


class RepositoryPageSchema(PageSchema):
    """A page of repositories."""

    items = fields.List(fields.Nested(RepositorySchema))


class ReleasePageSchema(PageSchema):
    """A page of a repository's releases."""

    items = fields.List(fields.Nested(ReleaseSchema))
