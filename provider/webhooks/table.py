"""All senders of webhooks. A new one is one file and one line here."""

from provider.webhooks.builds import BUILDS
from provider.webhooks.cloud_events import CLOUD_EVENTS
from provider.webhooks.distribution import DISTRIBUTION
from provider.webhooks.docker_hub import DOCKER_HUB
from provider.webhooks.github import GITHUB
from provider.webhooks.gitlab import GITLAB
from provider.webhooks.harbor import HARBOR
from provider.webhooks.quay import QUAY
from provider.webhooks.received import WebhookSender

WEBHOOK_SENDERS: tuple[WebhookSender, ...] = (
    GITHUB,
    GITLAB,
    DOCKER_HUB,
    QUAY,
    HARBOR,
    DISTRIBUTION,
    CLOUD_EVENTS,
    BUILDS,
)
