"""What stands on what: depth, cycles, dependents, impact. Image -> its bases goes in; nothing recurses."""

from collections.abc import Collection, Iterator, Mapping
from typing import TypeAlias

from catalog.components import components

Bases: TypeAlias = Mapping[str, Collection[str]]
"""Image -> the images it stands on. A base that is no key is an image of which nothing more is known."""


def depths(bases: Bases) -> dict[str, int]:
    """How many layers of known images are below each image; linear time.

    0 for an image that stands on none of the mapping. In a cycle the edge that closes it, seen from the image that
    comes first by name, counts as absent.
    """
    found: dict[str, int] = {}
    for start in sorted(bases):
        if start not in found:
            _measure(start, bases, found)
    return found


def cycles(bases: Bases) -> dict[str, tuple[str, ...]]:
    """Every image that stands on itself -> one such cycle, closed: `("a", "b", "a")` when a stands on b and b on a.

    A cycle begins with its first name in order, so that all its members usually have the same.
    """
    found: dict[str, tuple[str, ...]] = {}
    for members in components(bases):
        if len(members) > 1 or members[0] in bases[members[0]]:
            _trace(members, bases, found)
    return found


def dependents(bases: Bases) -> dict[str, tuple[str, ...]]:
    """Every image, bases that are no keys among them -> what stands on it directly, by name."""
    found: dict[str, list[str]] = {name: [] for name in bases}
    for name in sorted(bases):
        for base in set(bases[name]):
            found.setdefault(base, []).append(name)
    return {name: tuple(found[name]) for name in sorted(found)}


def impact(name: str, bases: Bases) -> tuple[str, ...]:
    """All that stands on an image, directly or not: the nearest first, then by name; never the image itself."""
    return tuple(_reach(name, dependents(bases)))[1:]


def _measure(start: str, bases: Bases, found: dict[str, int]) -> None:
    """Enter the depth of an image and of all below it."""
    path = [start]
    rest = {start: _known(start, bases)}
    depth = {start: 0}
    while path:
        name = path[-1]
        base = next((each for each in rest[name] if each not in rest), None)
        if base is None:
            path.pop()
            found[name] = depth.pop(name)
            del rest[name]
            if path:
                depth[path[-1]] = max(depth[path[-1]], found[name] + 1)
        elif base in found:
            depth[name] = max(depth[name], found[base] + 1)
        else:
            path.append(base)
            rest[base] = _known(base, bases)
            depth[base] = 0


def _trace(members: tuple[str, ...], bases: Bases, found: dict[str, tuple[str, ...]]) -> None:
    """Enter a cycle for every member of one component, by a way from its first member and a way back to it."""
    inside = frozenset(members)
    down = {name: sorted(inside.intersection(bases[name])) for name in members}
    away = _reach(members[0], down)
    back = _reach(members[0], dependents(down))
    for name in members:
        if name not in found:
            cycle = _cycle_through(name, away, back, down)
            found.update((member, cycle) for member in cycle if member not in found)


def _cycle_through(
    name: str, away: Mapping[str, str | None], back: Mapping[str, str | None], down: Bases
) -> tuple[str, ...]:
    """The loop through a name on the way from the first member to it and back."""
    if back[name] is None:
        # The first member itself: out by any base, and back from there.
        return _closed([name, *_line(min(down[name]), back)][:-1])
    to_name = _line(name, away)
    from_name = _line(name, back)
    place = {each: at for at, each in enumerate(to_name)}
    meeting = next(each for each in from_name[1:] if each in place)
    loop = to_name[: place[meeting] + 1][::-1] + from_name[1 : from_name.index(meeting)]
    return _closed(loop)


def _line(name: str, links: Mapping[str, str | None]) -> list[str]:
    """From a name along its links to where they begin, both included."""
    line = [name]
    while (following := links[line[-1]]) is not None:
        line.append(following)
    return line


def _closed(loop: list[str]) -> tuple[str, ...]:
    at = loop.index(min(loop))
    return (*loop[at:], *loop[: at + 1])


def _reach(start: str, edges: Bases) -> dict[str, str | None]:
    """All that is reached, nearest first, then by name; each with where it was reached from."""
    reached: dict[str, str | None] = {start: None}
    level = [start]
    while level:
        news = {each: name for name in reversed(level) for each in edges.get(name, ()) if each not in reached}
        level = sorted(news)
        reached.update((name, news[name]) for name in level)
    return reached


def _known(name: str, bases: Bases) -> Iterator[str]:
    return iter(sorted(base for base in bases[name] if base in bases))
