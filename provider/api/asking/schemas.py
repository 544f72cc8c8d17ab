"""The bodies of requests for rebuilds, holds and skipped digests, and the answers."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

from marshmallow import ValidationError, fields, validate, validates_schema

from catalog.reference import Digest, InvalidReference, parse_digest
from provider.api.schemas.base import AnswerSchema, CamelCaseSchema, Instant, RedactedString
from provider.domain.asking.limits import CVE_FORM, LONGEST_REASON
from provider.domain.asking.request import RequestKind

_DIGEST = f"sha256:{'0123456789abcdef' * 4}"


class Reason(fields.String):
    """A text for people, on one line; an empty one is no reason."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        text = " ".join((super()._deserialize(value, attr, data, **kwargs) or "").split())
        if len(text) > LONGEST_REASON:
            raise ValidationError(f"Longer than {LONGEST_REASON} characters.")
        if self.required and not text:
            raise ValidationError("Say why; other people read it.")
        return text


class End(fields.AwareDateTime):
    """A time with its zone, or a date, which ends at its beginning in UTC."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> datetime:
        try:
            day = date.fromisoformat(value)
        except (TypeError, ValueError):
            return super()._deserialize(value, attr, data, **kwargs)
        return datetime(day.year, day.month, day.day, tzinfo=UTC)


class DigestField(fields.String):
    """A digest."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Digest:
        try:
            return parse_digest(super()._deserialize(value, attr, data, **kwargs) or "")
        except InvalidReference as error:
            raise ValidationError("Not a digest; write sha256: followed by 64 hexadecimal digits.") from error


class RebuildRequestSchema(CamelCaseSchema):
    """A rebuild that a person asks for."""

    reason = Reason(
        required=True,
        metadata={"description": "why, for other people", "example": "the certificates of the base image expired"},
    )
    cve = fields.String(
        load_default=None,
        validate=validate.Regexp(rf"{CVE_FORM.pattern}\Z", error="Not an id of the CVE program; write CVE-2026-12345."),
        metadata={"description": "id of the vulnerability", "example": "CVE-2026-12345"},
    )
    emergency = fields.Boolean(
        load_default=False,
        truthy={True},
        falsy={False},
        metadata={"description": "true: does not wait for delays, windows and holds, and goes before other rebuilds"},
    )
    until = End(
        load_default=None,
        metadata={"description": "with `emergency`: when it is dropped if it has not started; default in 3 days"},
    )
    built_from = DigestField(
        load_default=None,
        metadata={
            "description": "with `emergency`, for a base image: only images that contain this digest of it",
            "example": _DIGEST,
        },
    )

    @validates_schema
    def check_emergency(self, body: Mapping[str, Any], **_: object) -> None:
        """Without `emergency`, some fields would have no effect."""
        names = {"until": "until", "built_from": "builtFrom"}
        unread = {key: ["Needs emergency: true."] for name, key in names.items() if body.get(name) is not None}
        if unread and not body.get("emergency"):
            raise ValidationError(unread)


class HoldRequestSchema(CamelCaseSchema):
    """A hold on automatic rebuilds."""

    reason = Reason(required=True, metadata={"description": "why, for other people", "example": "release freeze"})
    until = End(
        load_default=None,
        metadata={"description": "when it ends by itself: a time with zone, or a date", "example": "2026-12-05"},
    )


class HoldReleaseSchema(CamelCaseSchema):
    """The end of a hold."""

    reason = Reason(load_default="", metadata={"description": "why, for other people", "example": "the freeze is over"})


class SkipRequestSchema(CamelCaseSchema):
    """A digest of a dependency that is not used for the image."""

    digest = DigestField(required=True, metadata={"description": "the digest to skip", "example": _DIGEST})
    reason = Reason(
        required=True, metadata={"description": "why, for other people", "example": "its OpenSSL is broken"}
    )


class UnskipRequestSchema(CamelCaseSchema):
    """A digest that may be used again."""

    digest = DigestField(required=True, metadata={"description": "the digest that is skipped", "example": _DIGEST})
    reason = Reason(load_default="", metadata={"description": "why, for other people", "example": "it is fixed"})


class RemovalsRequestSchema(CamelCaseSchema):
    """Removals that an admin allows."""

    file = fields.String(
        required=True,
        validate=validate.Length(min=1, max=200),
        metadata={
            "description": "the file of enrollments that lost the entries",
            "example": "images.d/team-a.yaml",
        },
    )
    count = fields.Integer(
        required=True,
        strict=True,
        validate=validate.Range(min=1),
        metadata={"description": "how many removals wait, as `removals` of the problem says", "example": 8},
    )
    reason = Reason(required=True, metadata={"description": "why, for other people", "example": "the team is closed"})


class NotBuiltSchema(AnswerSchema):
    """An image that an emergency covers, and that cannot be built."""

    name = fields.String(metadata={"description": "name of the image"})
    reason = RedactedString(metadata={"description": "why it cannot be built"})


class AcceptedRequestSchema(AnswerSchema):
    """The request is stored; the worker carries it out in a moment."""

    id = fields.String(metadata={"description": "id of the request"})
    kind = fields.String(
        validate=validate.OneOf([kind.value for kind in RequestKind]),
        metadata={"description": "what was asked for", "example": "rebuild"},
    )
    name = fields.String(
        metadata={"description": "name of the image; for removals the file of enrollments", "example": "backstage"}
    )
    images = fields.List(
        fields.String(),
        metadata={"description": "the images that will be rebuilt, parents first, or removed; empty for a hold"},
    )
    not_built = fields.List(
        fields.Nested(NotBuiltSchema), metadata={"description": "images that cannot be rebuilt, and why"}
    )
    until = Instant(allow_none=True, metadata={"description": "when the hold ends, or the emergency is dropped"})
    message = RedactedString(metadata={"description": "what happens next, as a sentence"})
