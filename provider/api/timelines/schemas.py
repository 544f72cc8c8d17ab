"""The response schemas of a timeline."""

from marshmallow import fields

from catalog.image import Conclusion
from provider.api.schemas.base import AnswerSchema, Instant, PageSchema, RedactedString
from provider.api.schemas.dependencies import VerificationSchema
from provider.api.schemas.images import CauseSchema
from provider.domain.timeline.entries import EntryKind


class TimelineEntrySchema(AnswerSchema):
    """Something that happened to an image."""

    at = Instant(metadata={"description": "when it happened, or was first seen", "example": "2026-11-28T09:30:00Z"})
    kind = fields.Enum(
        EntryKind,
        by_value=True,
        metadata={
            "description": "`base-changed`: an image that it depends on has another digest; `digest-changed`: it has "
            "another digest itself; `rebuild`: it was rebuilt; the others are acts of people, or changes of its entry"
        },
    )
    name = fields.String(metadata={"description": "the image that it is about: itself, or one that it depends on"})
    by = fields.String(
        allow_none=True,
        metadata={
            "description": "who did it; `image-factory`: the service by itself; null if nobody did, or if not known",
            "example": "user:default/jane",
        },
    )
    reason = RedactedString(metadata={"description": "why, or details; empty if none were given"})
    cve = fields.String(allow_none=True, metadata={"description": "ids of vulnerabilities, if any were named"})
    digest = fields.String(allow_none=True, metadata={"description": "the new digest, or the skipped one"})
    previous_digest = fields.String(
        allow_none=True, metadata={"description": "the digest before it; null for the first one that was seen"}
    )
    repoint = fields.Boolean(
        metadata={"description": "whether only the index changed, and not the images of the platforms"}
    )
    emergency = fields.Boolean(metadata={"description": "whether the rebuild did not wait for any delay"})
    conclusion = fields.Enum(
        Conclusion,
        by_value=True,
        allow_none=True,
        metadata={"description": "how the rebuild ended; null if it has not"},
    )
    completed_at = Instant(allow_none=True, metadata={"description": "when the rebuild ended"})
    error = RedactedString(allow_none=True, metadata={"description": "what went wrong in the rebuild"})
    url = fields.String(allow_none=True, metadata={"description": "web page of the workflow run"})
    causes = fields.List(fields.Nested(CauseSchema), metadata={"description": "the base images that caused it"})
    until = Instant(allow_none=True, metadata={"description": "when the hold ends by itself"})
    verifications = fields.List(
        fields.Nested(VerificationSchema), metadata={"description": "whether the new digest is signed, for each rule"}
    )
    commit = fields.String(
        allow_none=True, metadata={"description": "the commit in the config repository that changed the entry"}
    )
    changes = fields.List(
        RedactedString(),
        metadata={"description": "the lines of the entry that the commit removed (`-`) and added (`+`)"},
    )


class EnrollmentHistorySchema(AnswerSchema):
    """How much is known of the changes of the entry in git."""

    complete = fields.Boolean(metadata={"description": "whether all of them are known"})
    reading = fields.Boolean(metadata={"description": "whether git is being read; ask again in a moment"})
    problem = RedactedString(
        allow_none=True, metadata={"description": "why they are not known, or not all of them; null: they are"}
    )


class TimelinePageSchema(PageSchema):
    """One page of the timeline of an image, the newest entry first."""

    items = fields.List(fields.Nested(TimelineEntrySchema), metadata={"description": "the entries on this page"})
    enrollment_history = fields.Nested(
        EnrollmentHistorySchema, metadata={"description": "how much is known of the changes of its entry"}
    )
