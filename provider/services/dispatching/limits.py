"""The limits of builds that apply now."""

from dataclasses import replace

from provider.domain.plan import BuildCaps
from provider.domain.times.wrong_clocks import MOST_SKEW
from proxy.http.clock_skew import ClockDifference
from proxy.observing.event_log import EventLog

_log = EventLog(__name__)


def current_caps(caps: BuildCaps, skew: ClockDifference | None) -> BuildCaps:
    """The limits that apply now. With a wrong clock the ages of digests are wrong: then nothing is dispatched.

    Args:
        caps: the limits that are set.
        skew: the difference between our clock and the clocks of other hosts; None where it is not known.
    """
    if skew is None or abs(skew.by) <= MOST_SKEW:
        return caps
    stopped = f"this machine's clock is {skew}; nothing is built until they agree"
    _log.error("clock_wrong", "{problem}", problem=stopped)
    return replace(caps, stopped=stopped)
