"""Times of checks in memory, of any number of processes."""

from collections.abc import Collection, Mapping

from provider.domain.times.check_times import CheckTimes


class FakeCheckRecords:
    """Implements `provider.check_ports.CheckRecords` for one process.

    Args:
        all_processes: what all processes note, by reference, each with the process that noted it.
    """

    def __init__(self, all_processes: dict[str, tuple[CheckTimes, object]]) -> None:
        self._all = all_processes
        self._returned: Mapping[str, CheckTimes] = {}

    def news(self) -> Mapping[str, CheckTimes]:
        """See the port."""
        others = {reference: times for reference, (times, by) in self._all.items() if by is not self}
        news = {reference: times for reference, times in others.items() if self._returned.get(reference) != times}
        self._returned = others
        return news

    def note(self, times: Mapping[str, CheckTimes]) -> None:
        """See the port."""
        self._all |= {reference: (each, self) for reference, each in times.items()}

    def forget(self, references: Collection[str]) -> None:
        """See the port."""
        for reference in references:
            self._all.pop(reference, None)
