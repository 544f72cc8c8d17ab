"""Query and body schemas of the release tracker."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from marshmallow import ValidationError, fields, validate

from provider.api.answers.paging import PageQuery
from provider.api.schemas.base import (
    CamelCaseSchema,
    Instant,
)
from provider.tracker.api.descriptions import ANNOUNCE, DEPLOYED, EXCLUDE, INCLUDE, PRERELEASES, SOURCE
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
        ListSource, by_value=True, allow_none=True, load_default=None, metadata={"description": SOURCE}
    )
    included = fields.String(
        data_key="include",
        load_default="",
        validate=_validator(expression_problem),
        metadata={"description": INCLUDE},
    )
    excluded = fields.String(
        data_key="exclude",
        load_default="",
        validate=_validator(expression_problem),
        metadata={"description": EXCLUDE},
    )
    prereleases = fields.Enum(
        Prereleases, by_value=True, load_default=Prereleases.TELL, metadata={"description": PRERELEASES}
    )
    announce = fields.Enum(
        AnnouncedVersions, by_value=True, load_default=AnnouncedVersions.ALL, metadata={"description": ANNOUNCE}
    )
    labels = fields.List(
        fields.String(), load_default=list, validate=_labels, metadata={"description": "words to find it by"}
    )
    deployed_version = fields.String(
        load_default="",
        validate=_validator(lambda text: version_problem(text) if text else None),
        metadata={"description": DEPLOYED},
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
