"""POST /webhooks/...: checks the secret, reads the events and stores them, and only then answers."""

import uuid
from collections.abc import Callable
from datetime import datetime
from http import HTTPStatus
from typing import Any

from flask import Request, Response, jsonify, request
from marshmallow import Schema
from prometheus_client import CollectorRegistry, Counter
from werkzeug.exceptions import HTTPException, NotFound, Unauthorized

from provider.api.answers.descriptions import DESCRIPTIONS
from provider.api.resources import ReadingBlueprint, path_parameters
from provider.api.schemas.webhooks import IgnoredWebhookSchema, TakenWebhookSchema
from provider.api.webhooks.bodies import json_of, read_body
from provider.api.webhooks.proofs import WebhookSecrets, header_of, is_one_of, is_signed, setting_of
from provider.domain.events import Ignored
from provider.webhook_ports import Delivery, Taken, WebhookInbox
from provider.webhooks.received import Proof, ReceivedWebhook, WebhookReading, WebhookSender
from provider.webhooks.table import WEBHOOK_SENDERS
from proxy.observing.event_log import EventLog

_log = EventLog(__name__)
_NAME = "webhooks"
OPEN_WEBHOOKS = frozenset(f"{_NAME}.{sender.name}" for sender in WEBHOOK_SENDERS)
"""Endpoints that check a secret of their own."""

_ERRORS = (
    HTTPStatus.BAD_REQUEST,
    HTTPStatus.UNAUTHORIZED,
    HTTPStatus.NOT_FOUND,
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
    HTTPStatus.UNPROCESSABLE_ENTITY,
    HTTPStatus.TOO_MANY_REQUESTS,
)
_IGNORED = "The request asks for nothing, or was already taken; the body has the reason"
_BODY = {"required": True, "content": {"application/json": {"schema": {"type": "object"}}}}


class WebhookReceiver:
    """Takes the requests of all senders.

    Args:
        inbox: stores deliveries.
        secrets: what the senders have to prove to know.
        registry: of the metrics.
        now: the clock.
    """

    def __init__(
        self,
        inbox: WebhookInbox,
        secrets: WebhookSecrets,
        registry: CollectorRegistry,
        now: Callable[[], datetime],
    ) -> None:
        self._inbox, self._secrets, self._now = inbox, secrets, now
        self._counted = Counter(
            "image_factory_webhooks_total", "Webhooks by what became of them.", ["sender", "outcome"], registry=registry
        )
        self._reported: set[str] = set()

    def take(self, sender: WebhookSender, incoming: Request, secret: str, subject: str) -> Response:
        """Store what a request says.

        Raises:
            HTTPException: it does not prove that the sender knows a secret, or its body is no JSON of at most 2 MiB.
        """
        try:
            body = self._proven(sender, incoming, secret)
            payload = json_of(incoming.mimetype, body)
        except HTTPException as error:
            unproven = isinstance(error, NotFound | Unauthorized)
            self._counted.labels(sender.name, "unproven" if unproven else "unreadable").inc()
            raise
        headers = {name.lower(): value for name, value in incoming.headers.items()}
        reading = sender.read(ReceivedWebhook(headers, payload, body, subject))
        outcome, answer = self._stored(sender, reading)
        self._counted.labels(sender.name, outcome).inc()
        return answer

    def _proven(self, sender: WebhookSender, incoming: Request, secret: str) -> bytes:
        """The body of a request whose sender knows a secret."""
        secrets = self._secrets.of(sender.proof)
        if not secrets:
            self._report(sender)
            raise NotFound("This service receives no webhooks here; its log says which setting is missing.")
        header = header_of(sender.proof)
        given = incoming.headers.get(header, "") if header else secret
        match sender.proof:
            case Proof.SECRET_IN_PATH:
                if not is_one_of(secrets, given):
                    raise NotFound("There is no webhook at this address; check the secret at its end.")
                return read_body(incoming)
            case Proof.GITLAB_TOKEN:
                if not is_one_of(secrets, given):
                    raise _unproven(sender, given)
                return read_body(incoming)
            case _:
                body = read_body(incoming) if given else b""
                if not is_signed(secrets, body, given):
                    raise _unproven(sender, given)
                return body

    def _stored(self, sender: WebhookSender, reading: WebhookReading) -> tuple[str, Response]:
        ignored = reading.events.reason if isinstance(reading.events, Ignored) else ""
        events = () if isinstance(reading.events, Ignored) else reading.events
        number = reading.id or uuid.uuid4().hex
        taken = self._inbox.take(Delivery(sender.name, number, self._now(), reading.kind, events, ignored))
        if not isinstance(taken, Taken):
            return "duplicate", _ignored(taken.reason)
        if ignored:
            return "ignored", _ignored(ignored)
        return "taken", _answer(TakenWebhookSchema(), HTTPStatus.ACCEPTED, delivery=number)

    def _report(self, sender: WebhookSender) -> None:
        """Log the setting that is missing, once: anybody can send requests."""
        if sender.name not in self._reported:
            self._reported.add(sender.name)
            _log.warning(
                "webhook_without_secret",
                "a webhook of {sender} was refused: set {setting} to receive them",
                sender=sender.title,
                setting=setting_of(sender.proof),
            )


def webhook_resources(receiver: WebhookReceiver) -> Any:
    """The blueprint of all addresses for webhooks."""
    resources = ReadingBlueprint(_NAME, "Webhooks of registries, git hosts and build systems")
    for sender in WEBHOOK_SENDERS:
        _add(resources, receiver, sender)
    return resources.blueprint


def _add(resources: ReadingBlueprint, receiver: WebhookReceiver, sender: WebhookSender) -> None:
    rule = f"/webhooks/{sender.name}"
    if sender.proof is Proof.SECRET_IN_PATH:
        rule += "/<secret>"
    elif sender.proof is Proof.SIGNATURE:
        rule += "/<rebuild>"

    def receive(secret: str = "", rebuild: str = "") -> Response:
        return receiver.take(sender, request, secret, rebuild)

    receive.__name__ = sender.name
    receive.__doc__ = _documentation(sender)
    blueprint = resources.blueprint
    described = blueprint.response(
        HTTPStatus.ACCEPTED, TakenWebhookSchema, description=DESCRIPTIONS[HTTPStatus.ACCEPTED]
    )(receive)
    described = blueprint.alt_response(HTTPStatus.OK, schema=IgnoredWebhookSchema, description=_IGNORED)(described)
    described = blueprint.doc(security=[], requestBody=_BODY)(resources.with_errors(described, _ERRORS))
    blueprint.route(rule, methods=["POST"], endpoint=sender.name, parameters=path_parameters(rule))(described)


def _documentation(sender: WebhookSender) -> str:
    header = header_of(sender.proof)
    proof = f"the header {header}" if header else "the secret at the end of the address"
    return (
        f"Receive {sender.title}.\n\n"
        f"Stores the events of the request and answers without waiting for what they cause. Needs no caller, but "
        f"{proof}, made with a secret of {setting_of(sender.proof)}."
    )


def _ignored(reason: str) -> Response:
    return _answer(IgnoredWebhookSchema(), HTTPStatus.OK, ignored=reason)


def _answer(schema: Schema, status: HTTPStatus, **fields: str) -> Response:
    """A response of one of the two statuses; Flask-Smorest only writes that of the first."""
    answer = jsonify(schema.dump(fields))
    answer.status_code = status
    return answer


def _unproven(sender: WebhookSender, given: str) -> Unauthorized:
    what = "is not right" if given else "is missing"
    return Unauthorized(
        f"The header {header_of(sender.proof)} {what}; give the sender the secret in {setting_of(sender.proof)}."
    )
