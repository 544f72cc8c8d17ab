"""The parts of a state file as marshmallow schemas: a dataclass out of each mapping, and back."""

from collections.abc import Mapping
from typing import Any

from marshmallow import RAISE, Schema, ValidationError, fields, post_load

from catalog.image import Conclusion, DependencyRole
from provider.config_repo.state.fields import DigestText, Listed, Moment, Reference, Words, word
from provider.domain.ledger import BuiltOn, Observation
from provider.domain.state import (
    SERVICE,
    Cause,
    Dependency,
    Failure,
    Freshness,
    Pending,
    RebuildRecord,
    RebuildStage,
    Target,
)


class StateSchema(Schema):
    """Unknown keys are errors: nothing that a person wrote is dropped silently."""

    class Meta:
        """Keep the order in which the fields are written down."""

        unknown = RAISE


class ObservationSchema(StateSchema):
    """One digest of a history."""

    digest = DigestText(required=True)
    first_seen = Moment(required=True, data_key="firstSeen")
    last_seen = Moment(data_key="lastSeen", load_default=None)
    seen_by = fields.String(data_key="seenBy", load_default="poll")
    repoint = fields.Boolean(load_default=False)
    gone = fields.Boolean(load_default=False)
    platforms = fields.Dict(keys=fields.String(), values=DigestText(), load_default=dict)

    @post_load
    def _make(self, values: Mapping[str, Any], **_: Any) -> Observation:
        return Observation(**values)


class DependencySchema(StateSchema):
    """One edge."""

    name = fields.String(required=True)
    reference = Reference(required=True, attribute="image")
    written = fields.String(required=True)
    kinds = Words()
    role = word(DependencyRole, required=True)
    built_on = DigestText(data_key="builtOn", load_default=None, attribute="built_on.digest")
    built_on_since = Moment(data_key="builtOnSince", load_default=None, attribute="built_on.at")
    freshness = word(Freshness, load_default=Freshness.UNKNOWN)

    @post_load
    def _make(self, values: dict[str, Any], **_: Any) -> Dependency:
        built_on = values.pop("built_on", {})
        digest, at = built_on.get("digest"), built_on.get("at")
        if bool(digest) != bool(at):
            missing, there = ("builtOnSince", "builtOn") if digest else ("builtOn", "builtOnSince")
            raise ValidationError({missing: [f"is missing beside {there}; write both or neither"]})
        return Dependency(**values, built_on=BuiltOn(digest, at) if digest and at else None)


class CauseSchema(StateSchema):
    """Why a rebuild was asked for."""

    name = fields.String(required=True)
    reference = fields.String(required=True)
    digest = DigestText(required=True)
    previous_digest = DigestText(data_key="previousDigest", load_default=None)
    first_seen = Moment(required=True, data_key="firstSeen")
    wave = Moment(required=True)

    @post_load
    def _make(self, values: Mapping[str, Any], **_: Any) -> Cause:
        return Cause(**values)


class TargetSchema(StateSchema):
    """A digest that a build was given."""

    name = fields.String(required=True)
    written = fields.String(required=True)
    image = Reference(required=True, data_key="reference")
    digest = DigestText(required=True)
    cause = fields.Boolean(load_default=False)

    @post_load
    def _make(self, values: Mapping[str, Any], **_: Any) -> Target:
        return Target(**values)


class RebuildSchema(StateSchema):
    """One rebuild."""

    id = fields.String(required=True)
    key = fields.String(required=True)
    stage = word(RebuildStage, load_default=RebuildStage.REQUESTED)
    conclusion = word(Conclusion, load_default=None)
    reason = fields.String(required=True)
    requested_by = fields.String(data_key="requestedBy", load_default=SERVICE)
    requested_at = Moment(required=True, data_key="requestedAt")
    wave = Moment(required=True)
    asked = fields.Integer(load_default=0)
    asked_at = Moment(data_key="askedAt", load_default=None)
    sending = fields.Boolean(load_default=False)
    resent = fields.Boolean(load_default=False)
    retry_at = Moment(data_key="retryAt", load_default=None)
    dispatched_at = Moment(data_key="dispatchedAt", load_default=None)
    run_id = fields.String(data_key="runId", load_default=None)
    url = fields.String(load_default=None)
    not_passed = Words(data_key="notPassed")
    completed_at = Moment(data_key="completedAt", load_default=None)
    error = fields.String(load_default=None)
    result = DigestText(load_default=None)
    settled = fields.Boolean(load_default=False)
    causes = Listed(CauseSchema)
    targets = Listed(TargetSchema)

    @post_load
    def _make(self, values: Mapping[str, Any], **_: Any) -> RebuildRecord:
        return RebuildRecord(**values)


class PendingSchema(StateSchema):
    """A window that is open."""

    opened_at = Moment(required=True, data_key="openedAt")
    until = Moment(required=True)
    causes = Listed(CauseSchema)

    @post_load
    def _make(self, values: Mapping[str, Any], **_: Any) -> Pending:
        return Pending(**values)


class FailureSchema(StateSchema):
    """What went wrong."""

    at = Moment(required=True)
    message = fields.String(required=True)

    @post_load
    def _make(self, values: Mapping[str, Any], **_: Any) -> Failure:
        return Failure(**values)


class UnresolvedSchema(StateSchema):
    """A build argument without a value."""

    name = fields.String(required=True)
    line = fields.Integer(required=True)

    def get_attribute(self, obj: Any, attr: str, default: Any) -> Any:
        """Out of the pair that it is here."""
        return obj[0] if attr == "name" else obj[1] if attr == "line" else default

    @post_load
    def _make(self, values: Mapping[str, Any], **_: Any) -> tuple[str, int]:
        return values["name"], values["line"]
