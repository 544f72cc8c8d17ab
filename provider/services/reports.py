"""What the parts of the worker report about themselves, for `health.py`."""

from collections.abc import Callable
from datetime import datetime, timedelta

from provider.ports import Beat, Beats
from provider.services.health import NOTICE

_AT_MOST_EVERY = timedelta(seconds=10)


class Reports:
    """Stores a beat of a part each time it finishes a round, or gets on with a long one.

    Args:
        beats: stores them.
        now: the clock.
        got_on: notes that the thread that reports got on with its work.
    """

    def __init__(self, beats: Beats, now: Callable[[], datetime], got_on: Callable[[], object] = lambda: None) -> None:
        self._beats = beats
        self._now = now
        self._got_on = got_on
        self._reported: dict[str, datetime] = {}
        self._notices: dict[str, str] = {}

    def progress(self, part: str, notice: str = "") -> None:
        """Note that a part got on with its work; stored at most every ten seconds, and where the notice is another one.

        Args:
            part: the part.
            notice: what people should know although the part works; it stays until the next progress.
        """
        self._got_on()
        now, last = self._now(), self._reported.get(part)
        news = notice != self._notices.get(part, "")
        self._notices[part] = notice
        if news or last is None or not timedelta() <= now - last < _AT_MOST_EVERY:
            self._store(part, None)

    def around(self, part: str, work: Callable[[], object]) -> Callable[[], None]:
        """The work of a part, which is followed by a report; an error is reported by its class, and raised."""

        def reported() -> None:
            try:
                work()
            except Exception as error:
                self._store(part, f"{type(error).__name__}: see the log")
                raise
            self._store(part, None)

        return reported

    def _store(self, part: str, problem: str | None) -> None:
        now = self._now()
        notice = self._notices.get(part)
        self._beats.beat(Beat(part, now, problem, {NOTICE: notice} if notice else {}))
        self._reported[part] = now
