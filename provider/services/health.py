"""Whether each part of the service works, for /readyz."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from provider.ports import Beats, ImageIndex, PartHealth

WORKER = "worker"
_MISSED = 3
_SHORTEST = timedelta(minutes=2)


class ServiceHealth:
    """Asks the database, and reads the last report of the worker from it."""

    def __init__(self, index: ImageIndex, beats: Beats, now: Callable[[], datetime], check_interval: timedelta) -> None:
        self._index = index
        self._beats = beats
        self._now = now
        self._patience = max(_MISSED * check_interval, _SHORTEST)

    def parts(self) -> Sequence[PartHealth]:
        """The health of the database and of the worker, with the cause where one does not work."""
        try:
            self._index.count_by_status()
            beats = {beat.part: beat for beat in self._beats.beats()}
        except Exception as error:  # noqa: BLE001 - any error here means that the database does not work
            return [PartHealth("database", able=False, cause=f"{type(error).__name__}: it does not answer")]
        database = PartHealth("database", able=True)
        beat = beats.get(WORKER)
        if beat is None:
            return [database, PartHealth(WORKER, able=False, cause="no worker has finished a round yet")]
        silent = self._now() - beat.at
        if silent > self._patience:
            cause = f"the worker has not reported for {int(silent.total_seconds())} s; check that it is running"
            return [database, PartHealth(WORKER, able=False, cause=cause)]
        return [database, PartHealth(WORKER, able=beat.problem is None, cause=beat.problem)]
