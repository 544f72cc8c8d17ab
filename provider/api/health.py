"""/healthz, /readyz and /metrics."""

from collections.abc import Sequence
from http import HTTPStatus

from flask import Blueprint, Response, jsonify
from prometheus_client import CollectorRegistry
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4, generate_latest

from provider.api.metrics import AbleParts
from provider.auth.access import current_caller
from provider.ports import Health, PartHealth
from provider.redaction import redacted
from proxy.observing.event_log import EventLog

_log = EventLog(__name__)
HEALTH = "health"
"""The name of the blueprint."""

OPEN_HEALTH = frozenset({f"{HEALTH}.alive", f"{HEALTH}.ready"})
"""Endpoints that require no authentication."""


def health_documents(health: Health, registry: CollectorRegistry) -> Blueprint:
    """The blueprint for /healthz, /readyz and /metrics."""
    blueprint = Blueprint(HEALTH, __name__)

    @blueprint.get("/healthz")
    def alive() -> Response:
        return _fresh(jsonify(status="alive"))

    @blueprint.get("/readyz")
    def ready() -> Response:
        parts = health.parts()
        able = all(part.able for part in parts)
        answer = jsonify(ready=able, parts=_documents(parts, with_causes=current_caller() is not None))
        answer.status_code = HTTPStatus.OK if able else HTTPStatus.SERVICE_UNAVAILABLE
        return _fresh(answer)

    @blueprint.get("/metrics")
    def metrics() -> Response:
        try:
            text = generate_latest(registry)
        except Exception as error:  # noqa: BLE001 - logged; an alert needs the one metric that says so
            _log.error("metrics_not_read", "the metrics cannot be read: {error}", error=error)
            without_database = CollectorRegistry()
            without_database.register(AbleParts(health))
            text = generate_latest(without_database)
        return _fresh(Response(text, content_type=CONTENT_TYPE_PLAIN_0_0_4))

    return blueprint


def _documents(parts: Sequence[PartHealth], *, with_causes: bool) -> list[dict[str, object]]:
    shown: list[dict[str, object]] = [{"name": part.name, "able": part.able} for part in parts]
    if with_causes:
        for document, part in zip(shown, parts, strict=True):
            document["cause"] = redacted(part.cause) if part.cause else None
    return shown


def _fresh(response: Response) -> Response:
    response.headers["Cache-Control"] = "no-store"
    return response
