"""The schedule of the worker. Pure."""

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta

from provider.jobs.ports import Period
from provider.notifications.message_worker import TURN, MessageWorker
from provider.services.catalog_push import pushes as catalog_push
from provider.services.catalog_push.pushes import CatalogPushes
from provider.services.health import BACKSTAGE, FOLLOW, MESSAGES, REACTIONS, RELEASES, RELEASES_WEBHOOK, WORKER
from provider.services.reacting.pulling import BETWEEN_LOOKS, ConfigPulls
from provider.services.reacting.watching import LONGEST_PAUSE
from provider.services.reports import Reports
from provider.services.webhook_upkeep.upkeep import WebhookUpkeep
from provider.services.worker import Worker
from provider.settings import Settings
from provider.tracker.services.poll_round import PollRound

ROUND = "round"
"""The period that checks images; a request for a check wakes it."""

POLL = "poll"
"""The period that polls tracked repositories; the event of a release wakes it."""

UPKEEP = "webhooks"
"""The period that looks after webhooks; after a start it asks for what was lost meanwhile."""

PUSH = "push"
"""The period that pushes changes of the catalog to Backstage."""

HOOK = "announce-releases"
"""The period that sends releases to a webhook."""

AT_THE_START = (ROUND, POLL, "announce", HOOK, UPKEEP, PUSH)
"""The periods that run once when the worker starts."""

SHORTEST_FOLLOWING = timedelta(seconds=15)
LONGEST_POLL_PERIOD = timedelta(minutes=1)
_TIDYING = timedelta(days=1)
_UPKEEP = timedelta(minutes=10)


def part_periods(settings: Settings) -> Mapping[str, timedelta]:
    """How often each part of the worker begins a round; running builds and due polls are checked more often."""
    pushes = {BACKSTAGE: catalog_push.TURN} if settings.pushes_to_backstage else {}
    hooks = {RELEASES_WEBHOOK: TURN} if settings.releases_webhook_url else {}
    return {
        WORKER: settings.check_interval,
        FOLLOW: min(settings.check_interval, SHORTEST_FOLLOWING),
        REACTIONS: LONGEST_PAUSE,
        RELEASES: min(settings.poll_interval, LONGEST_POLL_PERIOD),
        MESSAGES: TURN,
        **hooks,
        **pushes,
    }


def periods(
    settings: Settings,
    worker: Worker,
    pulls: ConfigPulls,
    releases: PollRound,
    messages: MessageWorker,
    upkeep: WebhookUpkeep,
    reports: Reports,
    *,
    remove_old: Callable[[], None],
    pushes: CatalogPushes | None,
    hook: MessageWorker | None,
) -> Sequence[Period]:
    """Everything that the worker does periodically; each part reports when it has finished a round."""
    every = part_periods(settings)
    pushing = [Period(PUSH, catalog_push.TURN, reports.around(BACKSTAGE, pushes.run))] if pushes else []
    hooks = _hook_periods(hook, reports) if hook else ()
    return (
        Period(ROUND, every[WORKER], worker.round),
        Period("follow", every[FOLLOW], worker.follow),
        Period("pull", min(every[WORKER], BETWEEN_LOOKS), pulls.run),
        Period(POLL, every[RELEASES], reports.around(RELEASES, releases.run)),
        Period("announce", every[MESSAGES], reports.around(MESSAGES, messages.announce)),
        Period("tidy", _TIDYING, messages.tidy),
        Period(UPKEEP, _UPKEEP, upkeep.run),
        Period("retention", _TIDYING, remove_old),
        *hooks,
        *pushing,
    )


def _hook_periods(hook: MessageWorker, reports: Reports) -> Sequence[Period]:
    """The periods of the webhook for releases."""
    announce = reports.around(RELEASES_WEBHOOK, hook.announce)
    return Period(HOOK, TURN, announce), Period(f"{HOOK}-tidy", _TIDYING, hook.tidy)
