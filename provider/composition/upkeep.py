"""Makes what looks after webhooks, from the parts of a process."""

from functools import partial

from provider.composition.parts import Parts, utc_now
from provider.services.webhook_upkeep.upkeep import WebhookUpkeep
from provider.store.operations.redeliveries import SqlRedeliveries
from provider.store.operations.webhook_inbox import SqlWebhookInbox
from proxy.github.app import AppCredentials
from proxy.github.hook_deliveries import APP_HOOK, HookDeliveries


def webhook_upkeep(parts: Parts) -> WebhookUpkeep:
    """The upkeep of this process; it asks for nothing again without a secret for GitHub's webhooks."""
    hooks = _hooks(parts) if parts.settings.github_webhook_secrets else {}
    return WebhookUpkeep(hooks, SqlRedeliveries(parts.engine), SqlWebhookInbox(parts.engine), utc_now)


def _hooks(parts: Parts) -> dict[str, HookDeliveries]:
    """The webhooks of the settings and of the GitHub App, by a name for people."""
    found = {
        f"{hook.owner}/{hook.repository}/{hook.id}" if hook.repository else f"{hook.owner}/{hook.id}": HookDeliveries(
            partial(parts.github.ask, owner=hook.owner), hook.path
        )
        for hook in parts.settings.github_hooks
    }
    if isinstance(credentials := parts.github_credentials, AppCredentials):
        found[f"the GitHub App {parts.settings.github_app_id}"] = HookDeliveries(credentials.ask_as_app, APP_HOOK)
    return found
