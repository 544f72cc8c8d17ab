"""Jobs under the control of a test: nothing runs until the test says so."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta

from provider.jobs.ports import NOW, Period, PeriodFailure


class FakeJobs:
    """Keeps wakes as the real ones do, coalesced, and runs them one after another when the test asks.

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
        """As a new database has it, every period waits for its first run."""
        self.started = True
        self._periods = {period.name: period for period in periods}
        self.woken |= dict.fromkeys(self._periods, NOW)

    def wake(self, name: str, after: timedelta = NOW) -> None:
        """Note it; of several delays the shortest counts."""
        self.woken[name] = min(after, self.woken.get(name, after))

    def stop(self, timeout: timedelta) -> bool:  # noqa: ARG002 - the port's argument
        """Nothing runs outside of `run`, so there is nothing to wait for."""
        self.started = False
        return True

    def failures(self) -> Mapping[str, PeriodFailure]:
        """The periods whose last run failed."""
        return dict(self._failures)

    def run(self, name: str) -> None:
        """Run a period now, woken or not; a wake by the run itself waits for the next."""
        self.woken.pop(name, None)
        try:
            self._periods[name].run()
        except Exception as error:  # noqa: BLE001 - as the real ones, whatever the run raises
            self._failures[name] = PeriodFailure(datetime.now(UTC), error)
        else:
            self._failures.pop(name, None)

    def run_woken(self) -> list[str]:
        """Run what waits for a run now, in the order of waking, and not what those runs wake; tells their names."""
        names = [name for name, after in self.woken.items() if after == NOW and name in self._periods]
        for name in names:
            self.run(name)
        return names
