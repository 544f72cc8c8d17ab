"""How long builds take: from what was recorded. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from statistics import median

from catalog.image import Conclusion
from provider.domain.state import ImageState, RebuildState

ASSUMED = timedelta(minutes=10)
"""How long a build takes where none was recorded."""


@dataclass(frozen=True, slots=True)
class BuildTimes:
    """How long the builds of each image take.

    Attributes:
        by_image: the median of an image's successful builds.
        typical: the median of all of them, for the other images; None: none was recorded.
    """

    by_image: Mapping[str, timedelta]
    typical: timedelta | None

    @classmethod
    def of(cls, images: Iterable[ImageState]) -> "BuildTimes":
        """The times that the rebuilds of these images show."""
        by_image = {image.name: found for image in images if (found := _times(image.rebuilds))}
        every = [time for found in by_image.values() for time in found]
        return BuildTimes({name: _median(found) for name, found in by_image.items()}, _median(every) if every else None)

    def time_of(self, name: str) -> timedelta:
        """How long a build of this image takes."""
        return self.by_image.get(name, self.typical or ASSUMED)


def _times(records: Iterable[RebuildState]) -> list[float]:
    """The times of the successful builds, in seconds."""
    return [
        (record.completed_at - begun).total_seconds()
        for record in records
        if record.conclusion is Conclusion.SUCCESS
        and record.completed_at is not None
        and record.completed_at > (begun := record.dispatched_at or record.requested_at)
    ]


def _median(seconds: Iterable[float]) -> timedelta:
    """To whole seconds, and at least one: a build that takes no time could end before it starts."""
    return timedelta(seconds=max(1, round(median(seconds))))
