"""What is set now, for replays of other policies."""

from provider.domain.plan import BuildCaps
from provider.domain.simulation.simulating import Rules
from provider.settings import Settings


def rules_of(settings: Settings) -> Rules:
    """The caps, the default owner and the retention of the settings."""
    caps = BuildCaps(settings.coordination_window, settings.max_concurrent_builds, settings.max_builds_per_source)
    return Rules(caps, settings.default_owner, settings.history_retention)
