"""The dependency graph of images: depth, cycles, dependents, impact. Without recursion.

The input maps each image to the images that it depends on.
"""

from collections.abc import Collection, Iterator, Mapping
from typing import TypeAlias

from catalog.components import components

Bases: TypeAlias = Mapping[str, Collection[str]]
"""Image -> the images that it depends on. A base that is not a key has no known dependencies."""


def depths(bases: Bases) -> dict[str, int]:
    """The length of the longest chain of known images below each image; linear time.

    0 for an image that depends on no image of the mapping. In a cycle, the edge that closes it, as seen from the image
    with the first name, is ignored.
    """
    found: dict[str, int] = {}
    for start in sorted(bases):
        if start not in found:
            _measure(start, bases, found)
    return found


def cycles(bases: Bases) -> dict[str, tuple[str, ...]]:
    """Each image that depends on itself -> one such cycle: `("a", "b", "a")` if a depends on b and b on a.

    A cycle starts with its first name in order, so that all its members usually have the same cycle.
    """
    found: dict[str, tuple[str, ...]] = {}
    for members in components(bases):
        if len(members) > 1 or members[0] in bases[members[0]]:
            _trace(members, bases, found)
    return found


def dependents(bases: Bases) -> dict[str, tuple[str, ...]]:
    """Each image, including bases that are not keys -> the images that directly depend on it, by name."""
    found: dict[str, list[str]] = {name: [] for name in bases}
    for name in sorted(bases):
        for base in set(bases[name]):
            found.setdefault(base, []).append(name)
    return {name: tuple(found[name]) for name in sorted(found)}


def impact(name: str, bases: Bases) -> tuple[str, ...]:
    """All images that depend on an image, directly or not: nearest first, then by name; without the image itself."""
    return tuple(_reach(name, dependents(bases)))[1:]


def _measure(start: str, bases: Bases, found: dict[str, int]) -> None:
    """Add the depth of an image and of all images below it to `found`."""
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
    """Add a cycle for each member of a component: a path from its first member and a path back to it."""
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
    """The cycle through a name, on the path from the first member to it and back."""
    if back[name] is None:
        # The first member itself: to any of its bases, and back from there.
        return _closed([name, *_line(min(down[name]), back)][:-1])
    to_name = _line(name, away)
    from_name = _line(name, back)
    place = {each: at for at, each in enumerate(to_name)}
    meeting = next(each for each in from_name[1:] if each in place)
    loop = to_name[: place[meeting] + 1][::-1] + from_name[1 : from_name.index(meeting)]
    return _closed(loop)


def _line(name: str, links: Mapping[str, str | None]) -> list[str]:
    """The path from a name along its links to their start, both included."""
    line = [name]
    while (following := links[line[-1]]) is not None:
        line.append(following)
    return line


def _closed(loop: list[str]) -> tuple[str, ...]:
    at = loop.index(min(loop))
    return (*loop[at:], *loop[: at + 1])


def _reach(start: str, edges: Bases) -> dict[str, str | None]:
    """All reachable names, nearest first, then by name; each with the name it was reached from."""
    reached: dict[str, str | None] = {start: None}
    level = [start]
    while level:
        fresh = {each: name for name in reversed(level) for each in edges.get(name, ()) if each not in reached}
        level = sorted(fresh)
        reached.update((name, fresh[name]) for name in level)
    return reached


def _known(name: str, bases: Bases) -> Iterator[str]:
    return iter(sorted(base for base in bases[name] if base in bases))
