"""Jobs that a test controls: nothing runs until the test runs it."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta

from provider.jobs.ports import NOW, Period, PeriodFailure


class FakeJobs:
    """Coalesces wakes like the real jobs, and runs them one after another when the test calls `run`.

    Attributes:
        woken: the periods that wait for a run, by name, with the delay that was asked for.
        started: whether `start` was called and `stop` not yet.
    """

    def __init__(self) -> None:
        self.woken: dict[str, timedelta] = {}
        self.started = False
        self._periods: dict[str, Period] = {}
        self._failures: dict[str, PeriodFailure] = {}

    def start(self, periods: Sequence[Period]) -> None:
        """Let every period wait for its first run, as with a new database."""
        self.started = True
        self._periods = {period.name: period for period in periods}
        self.woken |= dict.fromkeys(self._periods, NOW)

    def wake(self, name: str, after: timedelta = NOW) -> None:
        """Record the wake; of several delays the shortest counts."""
        self.woken[name] = min(after, self.woken.get(name, after))

    def stop(self, timeout: timedelta) -> bool:  # noqa: ARG002 - the port's argument
        """Return at once: nothing runs outside of `run`."""
        self.started = False
        return True

    def failures(self) -> Mapping[str, PeriodFailure]:
        """The periods whose last run failed."""
        return dict(self._failures)

    def run(self, name: str) -> None:
        """Run a period now, whether it was woken or not; a wake by the run itself waits for the next run."""
        self.woken.pop(name, None)
        try:
            self._periods[name].run()
        except Exception as error:  # noqa: BLE001 - like the real jobs, any error of the run
            self._failures[name] = PeriodFailure(datetime.now(UTC), error)
        else:
            self._failures.pop(name, None)

    def run_woken(self) -> list[str]:
        """Run all waiting periods in the order of their wakes, but not those that the runs wake; returns the names."""
        names = [name for name, after in self.woken.items() if after == NOW and name in self._periods]
        for name in names:
            self.run(name)
        return names
