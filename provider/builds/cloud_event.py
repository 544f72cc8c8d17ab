"""The event that asks a build system by webhook for a rebuild: a signed CloudEvent. Pure."""

from provider.domain.build_request import BuildRequest
from proxy.http.signed_events import SignedEvent, signed_event
from proxy.secrets.secret import Secret

EVENT_TYPE = "io.image-factory.rebuild.requested.v1"


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
    }
    data = {
        "rebuildId": request.rebuild_id,
        "image": request.image,
        "reference": request.reference,
        "reason": request.reason,
        "baseImages": [target.document() for target in request.targets],
        "callback": callback_of(public_url, request.rebuild_id),
    }
    return signed_event(attributes, data, secret)


def callback_of(public_url: str, rebuild_id: str) -> str:
    """The address to which the build system reports the result."""
    return f"{public_url}/webhooks/builds/{rebuild_id}"
