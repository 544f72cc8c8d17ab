"""Strongly connected components of a graph, with Tarjan's algorithm and without recursion."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field


def components(edges: Mapping[str, Collection[str]]) -> list[tuple[str, ...]]:
    """The strongly connected components, each sorted; edges to names that are not keys are ignored. Linear time."""
    search = _Search(edges)
    for name in sorted(edges):
        if name not in search.index:
            search.run(name)
    return search.found


@dataclass(slots=True)
class _Search:
    """One run of the algorithm: `index` is the order of discovery, `low` the earliest open name that is reachable."""

    edges: Mapping[str, Collection[str]]
    index: dict[str, int] = field(default_factory=dict)
    low: dict[str, int] = field(default_factory=dict)
    open: list[str] = field(default_factory=list)
    is_open: set[str] = field(default_factory=set)
    found: list[tuple[str, ...]] = field(default_factory=list)

    def run(self, start: str) -> None:
        """Find all components that are reachable from `start` and not found yet."""
        path = [(start, self._enter(start))]
        while path:
            name, rest = path[-1]
            following = next((each for each in rest if each in self.edges and self._is_unvisited(name, each)), None)
            if following is not None:
                path.append((following, self._enter(following)))
                continue
            path.pop()
            if path:
                parent = path[-1][0]
                self.low[parent] = min(self.low[parent], self.low[name])
            if self.low[name] == self.index[name]:
                self._close(name)

    def _enter(self, name: str) -> Iterator[str]:
        self.index[name] = self.low[name] = len(self.index)
        self.open.append(name)
        self.is_open.add(name)
        return iter(self.edges[name])

    def _is_unvisited(self, name: str, other: str) -> bool:
        if other not in self.index:
            return True
        if other in self.is_open:
            self.low[name] = min(self.low[name], self.index[other])
        return False

    def _close(self, root: str) -> None:
        members: list[str] = []
        while not members or members[-1] != root:
            members.append(self.open.pop())
        self.is_open.difference_update(members)
        self.found.append(tuple(sorted(members)))
