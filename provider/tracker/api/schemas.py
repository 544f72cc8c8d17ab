"""Response schemas of the release tracker."""

from marshmallow import fields

from provider.api.schemas.base import (
    AnswerSchema,
    FailureSchema,
    Instant,
    PageSchema,
    RedactedString,
)
from provider.tracker.api.descriptions import ANNOUNCE, DEPLOYED, EXCLUDE, INCLUDE, PRERELEASES, SOURCE
from provider.tracker.api.update_schemas import ReleaseMarksSchema, UpdatesSchema
from provider.tracker.decisions.kinds import RepositoryType, TagForm
from provider.tracker.decisions.repository import RepositoryState
from provider.tracker.decisions.wanted import AnnouncedVersions, ListSource, Prereleases


class PublishedSchema(AnswerSchema):
    """A release without its notes."""

    version = fields.String(metadata={"description": "the version, as published"})
    date = Instant(allow_none=True, metadata={"description": "when it was published; null if unknown"})
    url = fields.String(allow_none=True, metadata={"description": "web page of the release"})
    hash = fields.String(allow_none=True, metadata={"description": "commit of the tag, or digest of the image"})
    prerelease = fields.Boolean(metadata={"description": "true: it is a pre-release"})
    draft = fields.Boolean(metadata={"description": "true: it is not published yet"})
    variants = fields.List(
        fields.String(),
        metadata={"description": "other tags of this version: builds for an architecture, a distribution, a flavour"},
    )
    tag = fields.String(
        allow_none=True,
        metadata={"description": "the variant that the hash is of, where no tag is named as the version; else null"},
    )


class LatestReleaseSchema(PublishedSchema):
    """The latest release of a repository."""

    id = fields.Integer(metadata={"description": "id of the release"})


class MovedTagSchema(AnswerSchema):
    """A tag that points to something else than before."""

    previous_hash = fields.String(metadata={"description": "commit or digest that it had before"})
    at = Instant(metadata={"description": "when a poll found that"})


class ReleaseSchema(LatestReleaseSchema, ReleaseMarksSchema):
    """A release."""

    notes = fields.String(metadata={"description": "Markdown as published; sanitise it before you show it"})
    by_hand = fields.Boolean(metadata={"description": "true: a person added or changed it, so polls do not change it"})
    withdrawn = fields.Boolean(metadata={"description": "true: no longer published at the source"})
    first_seen = Instant(
        allow_none=True,
        metadata={"description": "when a poll found it; null: added by a person, or found before this was kept"},
    )
    moved = fields.Nested(
        MovedTagSchema, allow_none=True, metadata={"description": "the last time that its tag was moved"}
    )


class WantedSchema(AnswerSchema):
    """What is wanted of a repository."""

    tag_form = fields.Enum(TagForm, by_value=True, metadata={"description": "which tags are versions"})
    source = fields.Enum(ListSource, by_value=True, allow_none=True, metadata={"description": SOURCE})
    included = fields.String(data_key="include", metadata={"description": INCLUDE})
    excluded = fields.String(data_key="exclude", metadata={"description": EXCLUDE})
    prereleases = fields.Enum(Prereleases, by_value=True, metadata={"description": PRERELEASES})
    announce = fields.Enum(AnnouncedVersions, by_value=True, metadata={"description": ANNOUNCE})
    labels = fields.List(fields.String(), metadata={"description": "words to find it by"})
    deployed_version = fields.String(metadata={"description": DEPLOYED})


class RenameSchema(AnswerSchema):
    """A repository that has another name at GitHub than before."""

    before = fields.String(data_key="from", metadata={"description": "OWNER/NAME before"})
    now = fields.String(data_key="to", metadata={"description": "OWNER/NAME now"})
    at = Instant(metadata={"description": "when a poll noticed it"})


class RepositorySchema(WantedSchema, UpdatesSchema):
    """A tracked repository."""

    id = fields.Integer(metadata={"description": "id of the repository"})
    name = fields.String(metadata={"description": "display name"})
    date_added = Instant(metadata={"description": "when tracking began"})
    url = fields.String(metadata={"description": "address of the repository"})
    type = fields.Enum(RepositoryType, by_value=True, metadata={"description": "where releases are read from"})
    notes = fields.String(metadata={"description": "notes for people"})
    state = fields.Enum(
        RepositoryState,
        by_value=True,
        metadata={
            "description": "`ok`; `never`: not polled yet; `waiting`: its host limits requests until `retryAt`; "
            "`error`: the last poll failed; `dead`: it failed so often that it is polled only once a day"
        },
    )
    last_polled = Instant(allow_none=True, metadata={"description": "time of the last successful poll"})
    next_poll = Instant(allow_none=True, metadata={"description": "time of the next poll; null: now"})
    latest_release = fields.Nested(
        LatestReleaseSchema,
        allow_none=True,
        metadata={"description": "the highest stable version, else the highest pre-release"},
    )
    last_error = fields.Nested(FailureSchema, allow_none=True, metadata={"description": "why the last poll failed"})
    retry_at = Instant(
        allow_none=True,
        metadata={"description": "no poll before this time, because its host limits requests; null: it does not"},
    )
    renamed = fields.Nested(
        RenameSchema,
        allow_none=True,
        metadata={
            "description": "the last rename that was followed, or whose new address is tracked already; null: none"
        },
    )
    failures = fields.Integer(metadata={"description": "number of failed polls since the last successful one"})
    version = fields.Integer(
        metadata={"description": "number that increases with every change; send it when you change the repository"}
    )


class VersionChoiceSchema(AnswerSchema):
    """A component of a repository that publishes several."""

    include = fields.String(metadata={"description": "the expression that tracks this component alone"})
    highest = fields.String(metadata={"description": "its highest version"})
    releases = fields.Integer(metadata={"description": "number of its releases"})


class CheckedSchema(WantedSchema):
    """The result of a dry run: what would be tracked, and what was found at the address."""

    name = fields.String(metadata={"description": "display name"})
    url = fields.String(metadata={"description": "address of the repository"})
    type = fields.Enum(RepositoryType, by_value=True, metadata={"description": "where releases are read from"})
    notes = fields.String(metadata={"description": "notes for people"})
    latest_release = fields.Nested(
        PublishedSchema,
        allow_none=True,
        metadata={"description": "the highest stable version, else the highest pre-release"},
    )
    releases = fields.Integer(
        allow_none=True, metadata={"description": "number of releases found; null if the address could not be read"}
    )
    versions = fields.List(
        fields.Nested(PublishedSchema), metadata={"description": "the highest versions that would be listed"}
    )
    left_out = fields.Integer(metadata={"description": "number of releases that the filter leaves out"})
    choices = fields.List(
        fields.Nested(VersionChoiceSchema),
        metadata={"description": "the components of the repository, if it publishes several"},
    )
    problem = RedactedString(allow_none=True, metadata={"description": "why the address could not be read"})


class PolledSchema(AnswerSchema):
    """The result of a poll."""

    repository = fields.Nested(RepositorySchema, metadata={"description": "the repository after the poll"})
    new_releases = fields.List(
        fields.Nested(PublishedSchema), metadata={"description": "releases that were found for the first time"}
    )
    changed = fields.Integer(metadata={"description": "number of known releases that changed"})


class ImportedSchema(AnswerSchema):
    """One repository of an import."""

    id = fields.Integer(allow_none=True, metadata={"description": "id of the repository; null after a dry run"})
    name = fields.String(metadata={"description": "display name"})
    url = fields.String(metadata={"description": "address of the repository"})
    type = fields.Enum(RepositoryType, by_value=True, metadata={"description": "where releases are read from"})


class ImportReportSchema(AnswerSchema):
    """The result of an import or of its dry run."""

    added = fields.List(fields.Nested(ImportedSchema), metadata={"description": "repositories that are new"})
    duplicates = fields.List(
        fields.Nested(ImportedSchema),
        metadata={"description": "repositories that are already tracked; they are not changed"},
    )


class ListedRepositorySchema(RepositorySchema):
    """A repository in a list."""

    matched_version = fields.String(
        allow_none=True,
        metadata={
            "description": "a version that begins with `q`, the nearest to it; null if none does, or without `q`"
        },
    )


class RepositoryPageSchema(PageSchema):
    """One page of repositories."""

    items = fields.List(
        fields.Nested(ListedRepositorySchema), metadata={"description": "the repositories on this page"}
    )


class ReleasePageSchema(PageSchema):
    """One page of releases."""

    items = fields.List(fields.Nested(ReleaseSchema), metadata={"description": "the releases on this page"})
