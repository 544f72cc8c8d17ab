"""Whether each part of the service works and finishes its rounds in time, for /readyz and the metrics."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta

from provider.errors import DatabaseGone
from provider.ports import Beat, Beats, ImageIndex, PartHealth

WORKER = "worker"
"""The part that does the rounds over everything."""

FOLLOW = "follow"
"""The part that follows running builds, and goes on with checks."""

REACTIONS = "reactions"
"""The part that reacts to webhooks and requests at once."""

RELEASES = "releases"
"""The part that polls tracked repositories."""

MESSAGES = "messages"
"""The part that sends the messages of the outbox."""

RELEASES_WEBHOOK = "releases-webhook"
"""The part that sends releases to a webhook; only where the settings have one."""

BACKSTAGE = "backstage"
"""The part that pushes changes of the catalog to Backstage; only where the settings have a token for it."""

RESTING = "resting"
"""The detail of the worker's report with the registries whose images are checked less often, separated by commas."""

CONFIG = "config"
"""Reports when the config repository was last pulled; whether that works is part of the reports of rounds."""

SOURCES = "sources"
"""Reports when Dockerfiles were last read."""

DIGESTS = "digests"
"""Reports when registries were last asked for digests."""

GITHUB = "github"
"""Reports what is left of GitHub's hourly limits."""

REGISTRY_LIMITS = "registry limits"
"""Reports what is left of the limits of registries."""

WAITS = "waits"
"""Reports what images wait for."""

CHECK_TIMES = frozenset((CONFIG, SOURCES, DIGESTS, GITHUB, REGISTRY_LIMITS, WAITS))
"""Reports of when something was checked, and of what the metrics show.

They are no parts of the worker, whose age would show that it stands still.
"""

NEXT_AT = "next"
"""The detail of a report with the time of the next check, in RFC 3339."""

NOTICE = "notice"
"""The detail of a report with what people should know although the part works."""

PERIODS_IN_TIME = 2
_SHORTEST = timedelta(minutes=2)


class ServiceHealth:
    """Asks the database, and reads the last report of each part of the worker from it.

    Args:
        index: shows whether the database answers.
        beats: the reports.
        now: the clock.
        periods: of each part of the worker, the longest time between the starts of two of its rounds.
    """

    def __init__(
        self, index: ImageIndex, beats: Beats, now: Callable[[], datetime], periods: Mapping[str, timedelta]
    ) -> None:
        self._index = index
        self._beats = beats
        self._now = now
        self._periods = periods

    def parts(self) -> Sequence[PartHealth]:
        """The health of the database and of each part of the worker, with the cause where one does not work."""
        try:
            self._index.count_by_status()
            beats = {beat.part: beat for beat in self._beats.beats()}
        except DatabaseGone as error:
            return [PartHealth("database", able=False, cause=str(error))]
        except Exception as error:  # noqa: BLE001 - any error here means that the database does not work
            return [PartHealth("database", able=False, cause=f"{type(error).__name__}: it does not answer")]
        now = self._now()
        return [
            PartHealth("database", able=True),
            *(_health(name, beats.get(name), every, now) for name, every in self._periods.items()),
        ]


def allowed_silence(every: timedelta) -> timedelta:
    """For how long a part with this period may give no sign of life."""
    return max(PERIODS_IN_TIME * every, _SHORTEST)


def _health(part: str, beat: Beat | None, every: timedelta, now: datetime) -> PartHealth:
    if beat is None:
        return PartHealth(part, able=False, cause="it has not finished a round yet; check that a worker is running")
    silent, allowed = now - beat.at, allowed_silence(every)
    if silent > allowed:
        cause = (
            f"it has not finished a round for {int(silent.total_seconds())} s, and has to every "
            f"{int(every.total_seconds())} s; check that a worker is running, and its log"
        )
        return PartHealth(part, able=False, cause=cause)
    return PartHealth(part, able=beat.problem is None, cause=beat.problem or beat.details.get(NOTICE))
