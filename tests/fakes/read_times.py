"""Times of reading in memory."""

from collections.abc import Collection, Mapping
from datetime import datetime


class FakeReadTimes:
    """Implements `provider.ports.ReadTimes`."""

    def __init__(self) -> None:
        self._times: dict[str, datetime] = {}

    def all(self) -> Mapping[str, datetime]:
        """See the port."""
        return dict(self._times)

    def note(self, images: Collection[str], at: datetime) -> None:
        """See the port."""
        self._times |= {image: max(at, self._times.get(image, at)) for image in images}

    def forget(self, images: Collection[str]) -> None:
        """See the port."""
        for image in images:
            self._times.pop(image, None)
