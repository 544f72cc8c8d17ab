"""When each part of the walk is shown, in seconds of a recording that repeats. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from demo.walk.story import Became, Said, Scene

_SCENE = 7.0
_FIRST, _LAST = 0.4, 4.5
MOST_LINES = 9


@dataclass(frozen=True, slots=True)
class Span:
    """From a second to another."""

    start: float
    end: float


@dataclass(frozen=True, slots=True)
class TimedLine:
    """A line at its place, from 0, below the pictures of the images."""

    line: Said
    place: int
    span: Span


@dataclass(frozen=True, slots=True)
class TimedImage:
    """How an image looks for a while."""

    name: str
    status: str
    digest: str
    span: Span


@dataclass(frozen=True, slots=True)
class Plan:
    """What is shown when.

    Attributes:
        seconds: how long all of it takes.
        titles: the headings.
        lines: the lines of each scene; at most `MOST_LINES` of a scene.
        images: the looks of the images, in order.
    """

    seconds: float
    titles: tuple[tuple[str, Span], ...]
    lines: tuple[TimedLine, ...]
    images: tuple[TimedImage, ...]


def plan_of(scenes: Sequence[Scene]) -> Plan:
    """The plan: each scene takes the same time, and its moments follow each other evenly."""
    seconds = _SCENE * len(scenes)
    titles: list[tuple[str, Span]] = []
    lines: list[TimedLine] = []
    seen: list[tuple[float, Became]] = []
    for number, scene in enumerate(scenes):
        span = Span(number * _SCENE, (number + 1) * _SCENE)
        titles.append((scene.title, span))
        moments = _shown(scene.moments)
        for index, moment in enumerate(moments):
            at = span.start + _FIRST + (_LAST - _FIRST) * index / max(len(moments), 1)
            if isinstance(moment, Became):
                seen.append((at, moment))
            else:
                place = sum(isinstance(each, Said) for each in moments[:index])
                lines.append(TimedLine(moment, place, Span(at, span.end)))
    return Plan(seconds, tuple(titles), tuple(lines), tuple(_looks(seen, seconds)))


def _shown(moments: Iterable[Said | Became]) -> list[Said | Became]:
    """All but the lines above `MOST_LINES`."""
    kept: list[Said | Became] = []
    for moment in moments:
        if isinstance(moment, Became) or sum(isinstance(each, Said) for each in kept) < MOST_LINES:
            kept.append(moment)
    return kept


def _looks(seen: Sequence[tuple[float, Became]], seconds: float) -> Iterable[TimedImage]:
    digests: dict[str, str] = {}
    for index, (at, became) in enumerate(seen):
        digests[became.name] = became.digest or digests.get(became.name, "")
        later = (then for then, other in seen[index + 1 :] if other.name == became.name)
        yield TimedImage(became.name, became.status, digests[became.name], Span(at, next(later, seconds)))
