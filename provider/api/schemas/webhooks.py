"""Query and response schemas of webhooks."""

from marshmallow import fields, validate

from provider.api.schemas.base import AnswerSchema, Instant, PageSchema, RedactedString
from provider.api.schemas.histories import ListQuery
from provider.webhook_ports import DeliveryState


class TakenWebhookSchema(AnswerSchema):
    """The delivery is stored."""

    delivery = fields.String(metadata={"description": "id of the delivery, as the sender or this service named it"})


class IgnoredWebhookSchema(AnswerSchema):
    """The delivery asks for nothing."""

    ignored = RedactedString(metadata={"description": "why", "example": "a branch was deleted"})


class WebhooksQuery(ListQuery):
    """Filters of the deliveries of webhooks."""

    sender = fields.String(
        load_default=None,
        validate=validate.Length(max=100),
        metadata={"description": "only deliveries of this sender", "example": "github"},
    )
    state = fields.Enum(
        DeliveryState, by_value=True, load_default=None, metadata={"description": "only deliveries in this state"}
    )


class WebhookDeliverySchema(AnswerSchema):
    """A delivery of a webhook."""

    at = Instant(metadata={"description": "when it arrived", "example": "2026-11-28T09:30:00Z"})
    sender = fields.String(metadata={"description": "who sent it", "example": "github"})
    id = RedactedString(metadata={"description": "the sender's id of the delivery"})
    kind = RedactedString(metadata={"description": "the sender's word for what happened", "example": "push"})
    about = fields.List(
        RedactedString(), metadata={"description": "what it is about", "example": ["branch main of acme/portal"]}
    )
    state = fields.String(
        validate=validate.OneOf([state.value for state in DeliveryState]),
        metadata={
            "description": "`open`: the worker has not read it yet; `done`; `ignored`: it asks for nothing",
            "example": "done",
        },
    )
    reason = RedactedString(metadata={"description": "why it is ignored; else empty"})
    outcome = RedactedString(metadata={"description": "what the worker did; empty until then"})


class WebhookDeliveryPageSchema(PageSchema):
    """One page of the deliveries of webhooks, the newest first."""

    items = fields.List(fields.Nested(WebhookDeliverySchema), metadata={"description": "the deliveries on this page"})
