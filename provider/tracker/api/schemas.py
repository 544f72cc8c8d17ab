"""Query, body and response schemas of the release tracker."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from marshmallow import ValidationError, fields, validate

from provider.api.answers.paging import PageQuery
from provider.api.schemas.base import (
    AnswerSchema,
    CamelCaseSchema,
    FailureSchema,
    Instant,
    PageSchema,
    RedactedString,
)
from provider.tracker.api.update_schemas import ReleaseMarksSchema, UpdatesSchema
from provider.tracker.decisions.deployed.comparing import DeployedStatus
from provider.tracker.decisions.fields import (
    LONGEST_RELEASE_NOTES,
    labels_problem,
    name_problem,
    notes_problem,
    url_problem,
    version_problem,
)
from provider.tracker.decisions.kinds import RepositoryType, TagForm
from provider.tracker.decisions.repository import RepositoryState
from provider.tracker.decisions.versions.expressions import expression_problem
from provider.tracker.decisions.wanted import AnnouncedVersions, ListSource, Prereleases
from provider.tracker.ports import RELEASE_SORTS, REPOSITORY_SORTS
from provider.tracker.services.transferring import ImportFormat, TransferFormat

_LONGEST_QUERY = 200
_LONGEST_HASH = 200
_LONGEST_URL = 1_000
LONGEST_IMPORT = 10_000_000
"""The maximum size of an import, in characters."""

# By default, marshmallow also accepts `on`, `yes`, `1` and others.
_TRUE, _FALSE = frozenset({"true"}), frozenset({"false"})
_TYPE = "`github`, `git` or `container`; default: derived from the address"
_FORM = "which tags are versions; default: `semver` for `container`, else `any`"


_SOURCE = "which list of a repository at GitHub is read; null: releases, and tags as long as there are no releases"
_INCLUDE = "regular expression (RE2) that a version must match; empty: all match"
_EXCLUDE = "regular expression (RE2) that no version may match; empty: none matches"
_PRERELEASES = "`tell`: announce them; `show`: list them, and announce none; `ignore`: do not list them"
_ANNOUNCE = (
    "which of the listed releases are announced in the channel; stable: no pre-releases and none of a channel such as "
    "nightly; major-minor: stable ones whose major or minor version is higher than all before; nothing: none, and no "
    "failures to poll the repository either"
)
_DEPLOYED = "the version that your organization runs; empty: not known"


class JsonBoolean(fields.Boolean):
    """Accepts only `true` and `false` of JSON."""

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> bool:  # noqa: ARG002 - marshmallow's signature
        if not isinstance(value, bool):
            raise self.make_error("invalid", input=value)
        return value


def _validator(problem: Callable[[str], str | None]) -> Callable[[str], None]:
    """A validator that uses a function which returns the problem of a text, or None."""

    def check(text: str) -> None:
        if found := problem(text):
            raise ValidationError(found)

    return check


def _labels(labels: list[str]) -> None:
    if found := labels_problem(labels):
        raise ValidationError(found)


def _ascending_or_descending(*keys: str) -> validate.OneOf:
    return validate.OneOf([f"{sign}{key}" for key in keys for sign in ("", "-")])


class RepositoriesQuery(PageQuery):
    """Filters and order of the list of repositories."""

    type = fields.Enum(
        RepositoryType, by_value=True, load_default=None, metadata={"description": "only repositories of this type"}
    )
    state = fields.Enum(
        RepositoryState, by_value=True, load_default=None, metadata={"description": "only repositories in this state"}
    )
    deployed = fields.Enum(
        DeployedStatus, by_value=True, load_default=None, metadata={"description": "only with this `deployed.status`"}
    )
    q = fields.String(
        load_default=None,
        validate=validate.Length(max=_LONGEST_QUERY),
        metadata={
            "description": "only repositories whose name, URL, notes or labels contain this text, or that have a "
            "version that begins with it"
        },
    )
    sort = fields.String(
        load_default="name",
        validate=_ascending_or_descending(*REPOSITORY_SORTS),
        metadata={"description": "the field to sort by; prefix it with '-' to reverse the order"},
    )


class ReleasesQuery(PageQuery):
    """Order of the list of releases."""

    sort = fields.String(
        load_default="-version",
        validate=_ascending_or_descending(*RELEASE_SORTS),
        metadata={"description": "the field to sort by; prefix it with '-' to reverse the order"},
    )


class DryRunQuery(CamelCaseSchema):
    """Whether changes are written."""

    dry_run = fields.Boolean(
        truthy=set(_TRUE),
        falsy=set(_FALSE),
        load_default=False,
        metadata={"description": "true: return what would happen, and write nothing"},
    )


class ExportQuery(CamelCaseSchema):
    """Format of the export."""

    format = fields.Enum(
        TransferFormat, by_value=True, load_default=TransferFormat.CSV, metadata={"description": "format of the export"}
    )


class RepositoryRequestSchema(CamelCaseSchema):
    """A repository to track, as sent by a caller."""

    url = fields.String(
        required=True,
        validate=validate.Length(1, _LONGEST_URL),
        metadata={"description": "address of the repository at GitHub, in git or in a container registry"},
    )
    type = fields.Enum(
        RepositoryType, by_value=True, allow_none=True, load_default=None, metadata={"description": _TYPE}
    )
    name = fields.String(
        allow_none=True,
        load_default=None,
        validate=_validator(name_problem),
        metadata={"description": "display name; default: the name at the source"},
    )
    notes = fields.String(
        load_default="", validate=_validator(notes_problem), metadata={"description": "notes for people"}
    )
    tag_form = fields.Enum(TagForm, by_value=True, allow_none=True, load_default=None, metadata={"description": _FORM})
    source = fields.Enum(
        ListSource, by_value=True, allow_none=True, load_default=None, metadata={"description": _SOURCE}
    )
    included = fields.String(
        data_key="include",
        load_default="",
        validate=_validator(expression_problem),
        metadata={"description": _INCLUDE},
    )
    excluded = fields.String(
        data_key="exclude",
        load_default="",
        validate=_validator(expression_problem),
        metadata={"description": _EXCLUDE},
    )
    prereleases = fields.Enum(
        Prereleases, by_value=True, load_default=Prereleases.TELL, metadata={"description": _PRERELEASES}
    )
    announce = fields.Enum(
        AnnouncedVersions, by_value=True, load_default=AnnouncedVersions.ALL, metadata={"description": _ANNOUNCE}
    )
    labels = fields.List(
        fields.String(), load_default=list, validate=_labels, metadata={"description": "words to find it by"}
    )
    deployed_version = fields.String(
        load_default="",
        validate=_validator(lambda text: version_problem(text) if text else None),
        metadata={"description": _DEPLOYED},
    )
    unchecked = JsonBoolean(
        load_default=False, metadata={"description": "true: track it even if its address cannot be read now"}
    )


class RepositoryChangeSchema(RepositoryRequestSchema):
    """The new fields of a tracked repository."""

    version = fields.Integer(
        required=True,
        strict=True,
        metadata={"description": "the `version` that you last read; 409 if the repository was changed since then"},
    )


class ReleaseRequestSchema(CamelCaseSchema):
    """A release, as sent by a caller."""

    version = fields.String(
        required=True,
        validate=_validator(version_problem),
        metadata={"description": "the version, unique in the repository"},
    )
    date = Instant(
        allow_none=True,
        load_default=None,
        validate=validate.Range(datetime(1900, 1, 1, tzinfo=UTC), datetime(9000, 1, 1, tzinfo=UTC)),
        metadata={"description": "when it was published"},
    )
    notes = fields.String(
        load_default="",
        validate=_validator(lambda text: notes_problem(text, LONGEST_RELEASE_NOTES)),
        metadata={"description": "release notes in Markdown"},
    )
    url = fields.String(
        allow_none=True,
        load_default=None,
        validate=_validator(url_problem),
        metadata={"description": "web page of the release"},
    )
    hash = fields.String(
        allow_none=True,
        load_default=None,
        validate=validate.Length(1, _LONGEST_HASH),
        metadata={"description": "commit of the tag, or digest of the image"},
    )
    prerelease = JsonBoolean(load_default=False, metadata={"description": "true: it is a pre-release"})
    draft = JsonBoolean(load_default=False, metadata={"description": "true: it is not published yet"})


class ImportSchema(CamelCaseSchema):
    """Repositories as text."""

    format = fields.Enum(
        ImportFormat,
        by_value=True,
        required=True,
        metadata={"description": "format of the text; `list`: one address per line, with comments after `#`"},
    )
    text = fields.String(
        required=True,
        validate=validate.Length(1, LONGEST_IMPORT),
        metadata={"description": "the text: as an export writes it, or a list of addresses"},
    )


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
    source = fields.Enum(ListSource, by_value=True, allow_none=True, metadata={"description": _SOURCE})
    included = fields.String(data_key="include", metadata={"description": _INCLUDE})
    excluded = fields.String(data_key="exclude", metadata={"description": _EXCLUDE})
    prereleases = fields.Enum(Prereleases, by_value=True, metadata={"description": _PRERELEASES})
    announce = fields.Enum(AnnouncedVersions, by_value=True, metadata={"description": _ANNOUNCE})
    labels = fields.List(fields.String(), metadata={"description": "words to find it by"})
    deployed_version = fields.String(metadata={"description": _DEPLOYED})


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
