"""GET /api/v1/webhooks: what arrived, what was ignored and why."""

from collections.abc import Mapping
from typing import Any

from flask import Response

from provider.api.answers.csv_answers import columns_of, csv_answer, json_or_csv, row_of
from provider.api.answers.paging import PagedAnswer, PageDocument, newest_first
from provider.api.resources import ReadingBlueprint
from provider.api.schemas.histories import ListFormat
from provider.api.schemas.webhooks import WebhookDeliveryPageSchema, WebhookDeliverySchema, WebhooksQuery
from provider.domain.events import about
from provider.webhook_ports import DeliveryFilter, StoredDelivery, WebhookInbox


def delivery_resources(inbox: WebhookInbox) -> Any:
    """The blueprint for the list of deliveries."""
    resources = ReadingBlueprint("webhook_deliveries", "Webhooks that arrived")

    @resources.get(
        "/api/v1/webhooks",
        WebhookDeliveryPageSchema,
        WebhooksQuery,
        responses=json_or_csv(WebhookDeliveryPageSchema),
    )
    def list_webhooks(query: Mapping[str, Any]) -> PagedAnswer | Response:
        """List webhooks that arrived.

        Returns each delivery whose sender proved to know a secret, the newest first, with what became of it. A delivery
        that was sent again is there once.
        """
        wanted = DeliveryFilter(query["sender"], query["state"], query["since"], query["until"])
        if query["format"] is ListFormat.CSV:
            schema = WebhookDeliverySchema()
            rows = (row_of(schema, _document(stored)) for stored in inbox.every(wanted))
            return csv_answer("webhooks", columns_of(schema), rows)
        return newest_first(query, lambda *where: inbox.recent(wanted, *where), _document)

    return resources.blueprint


def _document(stored: StoredDelivery) -> PageDocument:
    delivery = stored.delivery
    return {
        "at": delivery.at,
        "sender": delivery.sender,
        "id": delivery.id,
        "kind": delivery.kind,
        "about": [about(event) for event in delivery.events],
        "state": stored.state.value,
        "reason": delivery.reason,
        "outcome": stored.outcome,
    }
