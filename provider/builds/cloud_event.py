"""The event that asks a build system by webhook for a rebuild: a signed CloudEvent. Pure.

Source: the CloudEvents specification 1.0.2, its JSON event format and its HTTP binding (structured mode).
"""

import hmac
from collections.abc import Mapping
from dataclasses import dataclass

from cloudevents.core.bindings.http import to_structured
from cloudevents.core.formats.json import JSONFormat
from cloudevents.core.v1.event import CloudEvent

from provider.domain.build_request import BuildRequest
from proxy.secrets.secret import Secret

EVENT_TYPE = "io.image-factory.rebuild.requested.v1"
SIGNATURE_HEADER = "x-image-factory-signature-256"


@dataclass(frozen=True, slots=True)
class SignedEvent:
    """An event as it is sent."""

    headers: Mapping[str, str]
    body: bytes


def rebuild_event(request: BuildRequest, public_url: str, secret: Secret) -> SignedEvent:
    """The event for a rebuild. Its id is that of the rebuild, so a receiver recognises one that comes twice.

    Args:
        request: what is built.
        public_url: the address of the service, without a slash at the end.
        secret: signs the body.
    """
    attributes = {
        "id": request.rebuild_id,
        "source": public_url,
        "type": EVENT_TYPE,
        "subject": request.image,
        "time": request.requested_at,
        "datacontenttype": "application/json",
    }
    data = {
        "rebuildId": request.rebuild_id,
        "image": request.image,
        "reference": request.reference,
        "reason": request.reason,
        "baseImages": [target.document() for target in request.targets],
        "callback": callback_of(public_url, request.rebuild_id),
    }
    message = to_structured(CloudEvent(attributes, data), JSONFormat())
    headers = {name.lower(): value for name, value in message.headers.items()}
    return SignedEvent({**headers, SIGNATURE_HEADER: signature(message.body, secret)}, message.body)


def callback_of(public_url: str, rebuild_id: str) -> str:
    """The address to which the build system reports the result."""
    return f"{public_url}/webhooks/builds/{rebuild_id}"


def signature(body: bytes, secret: Secret) -> str:
    """`sha256=` and the HMAC of the body in hexadecimal digits."""
    return f"sha256={hmac.digest(secret.reveal().encode(), body, 'sha256').hex()}"
