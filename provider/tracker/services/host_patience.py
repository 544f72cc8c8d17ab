"""Which hosts are left alone for a while: those that said so, and those that do not answer. Safe for threads."""

import threading
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from provider.errors import SourceUnavailable
from provider.tracker.decisions.outcomes import PollFailure

DOWN_AFTER = 5
"""Polls of a host in a row that had no answer."""

PAUSE = timedelta(minutes=5)
"""For how long a host that does not answer is left alone."""


@dataclass(frozen=True, slots=True)
class _Aside:
    until: datetime
    why: str
    told: bool


@dataclass(slots=True)
class HostPatience:
    """What is remembered of hosts while this process runs."""

    _aside: dict[str, _Aside] = field(default_factory=dict, init=False)
    _unanswered: Counter[str] = field(default_factory=Counter, init=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, init=False)

    def answered(self, host: str) -> None:
        """The host answered something, be it a refusal."""
        with self._lock:
            self._unanswered.pop(host, None)

    def failed(self, host: str, now: datetime, error: SourceUnavailable) -> None:
        """The host told when to come back, or gave no answer that can be used."""
        with self._lock:
            self._unanswered[host] += 1
            until = error.retry_at
            if until is None and self._unanswered[host] >= DOWN_AFTER:
                until = now + PAUSE
            if until is not None and until > now:
                self._aside[host] = _Aside(until, str(error), told=error.retry_at is not None)
                del self._unanswered[host]

    def check(self, host: str, now: datetime) -> None:
        """Pass a person's wish, unless the host itself told when to come back; it may be up again otherwise.

        Raises:
            SourceUnavailable: the host is not to be asked now.
        """
        left = self.aside(host, now)
        with self._lock:
            told = host in self._aside and self._aside[host].told
        if left is not None and told:
            raise SourceUnavailable(left.message, left.retry_at)

    def aside(self, host: str, now: datetime) -> PollFailure | None:
        """What to note of a repository that is not asked for, since its host is left alone; None: it may be asked."""
        with self._lock:
            left = self._aside.get(host)
            if left is None:
                return None
            if left.until <= now:
                del self._aside[host]
                return None
        when = left.until.strftime("%Y-%m-%d %H:%M UTC")
        return PollFailure(
            f"{host} is asked again after {when}; it told another repository's poll: {left.why}", left.until
        )
