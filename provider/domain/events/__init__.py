"""What the outside world says has happened.

In: nothing. Out: frozen values, made by `provider/webhooks/` and stored by `WebhookInbox`. Start in `values.py`.
"""

from provider.domain.events.describing import about
from provider.domain.events.values import (
    BuildReported,
    Event,
    Ignored,
    ImagePushed,
    Pinged,
    ReleasePublished,
    RunChanged,
    SourcePushed,
)

__all__ = [
    "BuildReported",
    "Event",
    "Ignored",
    "ImagePushed",
    "Pinged",
    "ReleasePublished",
    "RunChanged",
    "SourcePushed",
    "about",
]
