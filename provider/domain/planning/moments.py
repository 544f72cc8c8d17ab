"""When an image has to be decided again although no state changes: only the time does. Pure."""

import heapq
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from provider.domain.edges.edge import Edge
from provider.domain.edges.view import NO_DELAY
from provider.domain.rebuild import Decision, Wait
from provider.domain.state import ImageState

ALWAYS = datetime.min.replace(tzinfo=UTC)
"""The moment of an image that is decided again each time."""
_MOST_OLD = 1000


def next_moment(now: datetime, image: ImageState, edges: Sequence[Edge], decision: Decision) -> datetime | None:
    """The first time after now from which on the image may be decided differently, or be shown differently to readers.

    It may be too early, and never too late: a digest that ages counts also where it decides nothing.

    Args:
        now: when the decision was made.
        image: the image.
        edges: all its dependencies.
        decision: about the image, at that time.
    """
    return min((time for time in _times(now, image, edges, decision) if time > now), default=None)


def _times(now: datetime, image: ImageState, edges: Sequence[Edge], decision: Decision) -> Iterator[datetime]:
    if isinstance(decision, Wait) and decision.until:
        yield decision.until
    if image.held and image.held.until:
        yield image.held.until
    yield from (asked.until for asked in image.asked if asked.until)
    for edge in edges:
        if edge.dependency.pinned or _is_newest(edge):
            continue
        delay = NO_DELAY if edge.is_own else image.enrollment.rebuild_delay
        young = now - delay
        yield from (seen.first_seen + delay for seen in edge.ledger.observations if seen.first_seen > young)


def _is_newest(edge: Edge) -> bool:
    """Whether the image is built on the current digest, so that no digest of the dependency ages for it."""
    built_on, current = edge.dependency.built_on, edge.ledger.current
    return built_on is not None and current is not None and built_on.digest == current.digest


class Moments:
    """The next moment of each image that has one."""

    def __init__(self) -> None:
        self._by_name: dict[str, datetime] = {}
        # Also has moments that were replaced since; those are ignored.
        self._heap: list[tuple[datetime, str]] = []

    def note(self, name: str, at: datetime | None) -> None:
        """Replace the moment of an image; None: it has none."""
        if at is None:
            self._by_name.pop(name, None)
            return
        self._by_name[name] = at
        heapq.heappush(self._heap, (at, name))
        if len(self._heap) > 2 * len(self._by_name) + _MOST_OLD:
            self._heap = [(time, each) for each, time in self._by_name.items()]
            heapq.heapify(self._heap)

    def take(self, now: datetime) -> set[str]:
        """The images whose moment has come; they have none until the next one is noted."""
        come = set()
        while self._heap and self._heap[0][0] <= now:
            time, name = heapq.heappop(self._heap)
            if self._by_name.get(name) == time:
                del self._by_name[name]
                come.add(name)
        return come
