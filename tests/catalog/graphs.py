"""Small graphs of images, and a simple search to compare with."""

from collections.abc import Collection, Mapping

from hypothesis import strategies as st

NAMES = "abcdef"
GRAPHS = st.dictionaries(st.sampled_from(NAMES), st.lists(st.sampled_from(NAMES + "xy"), max_size=4))


def reachable(start: str, edges: Mapping[str, Collection[str]]) -> set[str]:
    """All nodes that can be reached in one or more steps."""
    found: set[str] = set()
    while (more := {base for name in found | {start} for base in edges.get(name, ())} | found) != found:
        found = more
    return found
