"""Queries, bodies and response schemas of the audit, of problems and of checks."""

from marshmallow import fields, validate

from provider.api.schemas.base import AnswerSchema, CamelCaseSchema, Instant, PageSchema, RedactedString
from provider.api.schemas.histories import FormatQuery, ListQuery, Owners, owners_parameter
from provider.operation_ports import AUDIT_OUTCOMES


class AuditQuery(ListQuery):
    """Filters of the audit."""

    caller = fields.String(
        load_default=None,
        metadata={"description": "only acts of this caller, in any case", "example": "user:default/jane"},
    )
    action = fields.String(
        load_default=None, metadata={"description": "only this kind of act", "example": "add-repository"}
    )
    outcome = fields.String(
        load_default=None,
        validate=validate.OneOf(AUDIT_OUTCOMES),
        metadata={"description": "only acts that ended like this", "example": "done"},
    )
    name = fields.String(
        load_default=None,
        metadata={"description": "only acts on this image, or on what has this address", "example": "backstage"},
    )
    owner = owners_parameter("acts on images")


class AuditRecordSchema(AnswerSchema):
    """One act of a caller."""

    at = Instant(metadata={"description": "when it was done", "example": "2026-11-28T09:30:00Z"})
    caller = fields.String(
        metadata={"description": "name of the service token, or reference of the user", "example": "user:default/jane"}
    )
    action = fields.String(
        metadata={
            "description": "what was asked for: `rerun`, `check`, `add-repository` and others",
            "example": "rerun",
        }
    )
    name = fields.String(
        metadata={"description": "the image, or the address of what was changed", "example": "backstage"}
    )
    reason = RedactedString(metadata={"description": "why, or details; empty if none was given"})
    cve = fields.String(allow_none=True, metadata={"description": "id of the vulnerability, if one was named"})
    outcome = fields.String(
        validate=validate.OneOf(AUDIT_OUTCOMES),
        metadata={"description": "how it ended"},
    )


class AuditPageSchema(PageSchema):
    """One page of the audit, the newest act first."""

    items = fields.List(fields.Nested(AuditRecordSchema), metadata={"description": "the acts on this page"})


class ProblemQuery(ListQuery):
    """Filters of the problems."""

    owner = Owners(
        load_default=None,
        metadata={
            "description": "only problems of images with this owner, in any case; of several with commas between them, "
            "one is enough. Problems that concern no image are left out",
            "type": "string",
            "example": "group:default/platform",
        },
    )
    kind = fields.String(load_default=None, metadata={"description": "only this kind of problem", "example": "image"})
    name = fields.String(
        load_default=None,
        metadata={"description": "only problems of this image or tracked repository", "example": "backstage"},
    )


class KnownProblemSchema(AnswerSchema):
    """Something that people have to correct."""

    kind = fields.String(
        metadata={
            "description": "`enrollment`, `image`, `worker`, `slack`, `repository`, `credentials`, `registries`, "
            "`webhooks` or `backstage`; more kinds may be added",
            "example": "enrollment",
        }
    )
    name = fields.String(
        metadata={"description": "the image or tracked repository; empty if it concerns none", "example": "backstage"}
    )
    where = fields.String(
        allow_none=True, metadata={"description": "the place: file with line or key, address, host, program or channel"}
    )
    file = fields.String(
        allow_none=True, metadata={"description": "path in the config repository", "example": "images.yaml"}
    )
    line = fields.Integer(allow_none=True, metadata={"description": "line in the file, from 1", "example": 12})
    field = fields.String(allow_none=True, metadata={"description": "field in the file", "example": "rebuildDelay"})
    owner = fields.String(
        allow_none=True,
        metadata={"description": "owner of the image; null if it concerns none", "example": "group:default/platform"},
    )
    removals = fields.Integer(
        allow_none=True,
        metadata={"description": "how many removals wait until an admin allows them, with POST /api/v1/removals"},
    )
    message = RedactedString(
        metadata={
            "description": "what is wrong",
            "example": "'7x' is not a duration; write for example 12h, 7d or 2w",
        }
    )
    remedy = fields.String(metadata={"description": "what to do next"})
    since = Instant(allow_none=True, metadata={"description": "when it began or was first seen; null if unknown"})


class ProblemPageSchema(PageSchema):
    """One page of problems, by kind and name."""

    items = fields.List(fields.Nested(KnownProblemSchema), metadata={"description": "the problems on this page"})


class PartCheckQuery(FormatQuery):
    """The format of the list of parts."""


class PartCheckSchema(AnswerSchema):
    """When a part of the service last checked, and when it checks next."""

    part = fields.String(
        metadata={
            "description": "`worker`: enrollments, Dockerfiles, digests and rebuilds; `follow`: running builds; "
            "`releases`: tracked repositories; `messages`: messages to Slack; `backstage`: pushes of the catalog to "
            "Backstage, if they are configured",
            "example": "worker",
        }
    )
    last_at = Instant(allow_none=True, metadata={"description": "end of the last check; null before the first one"})
    next_at = Instant(
        allow_none=True, metadata={"description": "latest start of the next check; null before the first check"}
    )
    problem = RedactedString(allow_none=True, metadata={"description": "why the last check ended early"})
    resting = fields.List(
        fields.String(),
        metadata={
            "description": "registries whose managed images are checked less often, because webhooks report their "
            "changes",
            "example": ["ghcr.io"],
        },
    )


class PartCheckPageSchema(PageSchema):
    """The parts of the service."""

    items = fields.List(fields.Nested(PartCheckSchema), metadata={"description": "the parts"})


class CheckRequestSchema(CamelCaseSchema):
    """Which images to check now."""

    names = fields.List(
        fields.String(validate=validate.Length(1, 63)),
        load_default=list,
        validate=validate.Length(max=100),
        metadata={"description": "names of images; without any, everything is checked", "example": ["backstage"]},
    )


class AcceptedCheckSchema(AnswerSchema):
    """The check will start in a moment."""

    names = fields.List(fields.String(), metadata={"description": "the images that will be checked; empty: all"})
