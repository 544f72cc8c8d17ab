"""The report of a build system to the callback address of a rebuild."""

from marshmallow import fields, validate

from catalog.image import Conclusion
from provider.domain.events import BuildReported, Ignored
from provider.domain.events.build_reports import report_problem
from provider.webhooks.received import (
    PayloadSchema,
    Proof,
    ReceivedWebhook,
    WebhookReading,
    WebhookSender,
    read_payload,
)

_KIND = "report"
_WEB = ("https://", "http://")


class _ReportSchema(PayloadSchema):
    status = fields.String(required=True, validate=validate.Length(1, 100))
    conclusion = fields.Enum(Conclusion, by_value=True, load_default=None, allow_none=True)
    url = fields.String(load_default=None, allow_none=True, validate=validate.Length(max=2000))
    rebuild_id = fields.String(load_default=None, allow_none=True, data_key="rebuildId")


def _read(received: ReceivedWebhook) -> WebhookReading:
    payload = read_payload(_ReportSchema, received.payload)
    if isinstance(payload, Ignored):
        return WebhookReading(_KIND, payload, received.body_id)
    # A signature is of a body alone: a report that names its rebuild cannot be sent to the address of another one.
    if payload["rebuild_id"] not in (None, received.subject):
        return WebhookReading(_KIND, Ignored("the report is for another rebuild than its address"), received.body_id)
    if problem := report_problem(payload["status"], payload["conclusion"]):
        return WebhookReading(_KIND, Ignored(problem), received.body_id)
    # Pages show it as a link.
    url = payload["url"] if (payload["url"] or "").startswith(_WEB) else None
    event = BuildReported(received.subject, payload["status"], payload["conclusion"], url)
    return WebhookReading(_KIND, (event,), received.body_id)


BUILDS = WebhookSender("builds", "Build reports", Proof.SIGNATURE, _read)
