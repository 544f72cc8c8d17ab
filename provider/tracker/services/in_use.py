"""Keep which versions of container repositories the images of this service are built from."""

from provider.containment import contained
from provider.errors import InternalError
from provider.tracker.ports import TrackerStore, VersionsInUse
from proxy.observing.event_log import EventLog

_log = EventLog(__name__)


def note_versions_in_use(store: TrackerStore, in_use: VersionsInUse) -> None:
    """Store what is in use now; a failure is logged, and never stops a poll."""
    changed = contained("the versions in use", lambda: store.note_in_use(in_use.read()))
    if not isinstance(changed, InternalError) and changed:
        _log.info(
            "versions_in_use_changed", "the versions in use of {count} tracked repositories changed", count=changed
        )
