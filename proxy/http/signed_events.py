"""CloudEvents that this service sends: structured JSON, signed. Pure.

Source: the CloudEvents specification 1.0.2, its JSON event format and its HTTP binding (structured mode).
"""

import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from cloudevents.core.bindings.http import to_structured
from cloudevents.core.formats.json import JSONFormat
from cloudevents.core.v1.event import CloudEvent

from proxy.secrets.secret import Secret

SIGNATURE_HEADER = "x-image-factory-signature-256"


@dataclass(frozen=True, slots=True)
class SignedEvent:
    """An event as it is sent."""

    headers: Mapping[str, str]
    body: bytes


def signed_event(attributes: Mapping[str, Any], data: Mapping[str, Any], secret: Secret) -> SignedEvent:
    """The event with these attributes (id, source, type, subject, time) and JSON data; the secret signs its body."""
    every = {**attributes, "datacontenttype": "application/json"}
    message = to_structured(CloudEvent(every, dict(data)), JSONFormat())
    headers = {name.lower(): value for name, value in message.headers.items()}
    return SignedEvent({**headers, SIGNATURE_HEADER: signature(message.body, secret)}, message.body)


def signature(body: bytes, secret: Secret) -> str:
    """`sha256=` and the HMAC of the body in hexadecimal digits."""
    return f"sha256={hmac.digest(secret.reveal().encode(), body, 'sha256').hex()}"
