"""Response schemas of what an image depends on, and of signatures."""

from marshmallow import fields

from catalog.image import DependencyRole, Evidence, Status, VerificationOutcome
from provider.api.schemas.base import AnswerSchema, Instant, RedactedString

_DIGEST = f"sha256:{'0123456789abcdef' * 4}"


class VerificationSchema(AnswerSchema):
    """Whether a digest is signed as the `verify` of an enrollment needs it."""

    digest = fields.String(metadata={"description": "the digest", "example": _DIGEST})
    outcome = fields.Enum(
        VerificationOutcome,
        by_value=True,
        metadata={
            "description": "`verified`: a signature fits the rule; `failed`: none does; `unknown`: not checked yet, or "
            "the registry did not answer"
        },
    )
    checked_at = Instant(
        allow_none=True, metadata={"description": "when this was first found; null while it was not checked"}
    )
    by = RedactedString(
        allow_none=True, metadata={"description": "the key or identity that signed it; null if none did"}
    )
    reason = RedactedString(allow_none=True, metadata={"description": "why it is not verified; null if it is"})


class DependencySchema(AnswerSchema):
    """An image that this image depends on."""

    name = fields.String(metadata={"description": "name of the image that it depends on"})
    reference = fields.String(metadata={"description": "reference in the Dockerfile, with build arguments expanded"})
    role = fields.Enum(
        DependencyRole,
        by_value=True,
        metadata={
            "description": "`final`: the target stage is built from it; `stage`: another stage that the target needs "
            "is built from it; `unused`: only stages that the target does not need use it; `syntax`: it reads "
            "the Dockerfile"
        },
    )
    kinds = fields.List(
        fields.String(),
        metadata={
            "description": "instructions that use it, for example `from` or `copy-from`; `by-hand`: images.yaml "
            "names it; `label`: the base that the image's own label names"
        },
    )
    platforms = fields.List(
        fields.String(),
        metadata={
            "description": "platforms for which the build pulls it, as `os/architecture[/variant]`; empty: any",
            "example": ["linux/amd64"],
        },
    )
    built_on = fields.String(
        allow_none=True,
        metadata={"description": "the digest that this image was built from; null if unknown", "example": _DIGEST},
    )
    evidence = fields.Enum(
        Evidence,
        by_value=True,
        allow_none=True,
        metadata={
            "description": "how `builtOn` is known; null without it. `passed`: our rebuild passed it to the build; "
            "`verified`: the built image contains it; `mismatch`: the built image contains another one; `label`: a "
            "label of the image names it; `layers`: the lowest layers of the image are those of the digest; "
            "`assumed`: nothing shows it"
        },
    )
    newest = fields.String(
        allow_none=True,
        metadata={
            "description": "the digest that the tag points to now, whatever its age; null before the first check",
            "example": _DIGEST,
        },
    )
    status = fields.Enum(
        Status, by_value=True, allow_none=True, metadata={"description": "status of that image; null if not tracked"}
    )
    verification = fields.Nested(
        VerificationSchema,
        allow_none=True,
        metadata={"description": "whether the newest digest is signed; null if `verify` does not ask for it"},
    )
    written = fields.String(metadata={"description": "the reference as in the Dockerfile; empty if not known"})
    built_on_since = Instant(allow_none=True, metadata={"description": "when `builtOn` became known; null without it"})
    newest_since = Instant(allow_none=True, metadata={"description": "when `newest` was first seen"})
    line = fields.Integer(
        allow_none=True,
        metadata={"description": "line of the Dockerfile, when it was read last; null if no Dockerfile names it"},
    )
    file = RedactedString(metadata={"description": "path of that Dockerfile; empty if not known"})
