"""The words of a drawn graph: names that fit into their boxes, and what an edge means. Pure."""

from enum import StrEnum

from catalog.image import Status
from provider.domain.graph.edges import GraphEdge
from provider.pages.image.labels import Sign, evidence_label, short_digest, status_sign

_NOT_TRACKED = Sign("?", "Not tracked", "calm")
_WIDE = frozenset("mwMW@%")
_NARROW = frozenset("ijltf.-:/'|! ")
_LAST_LATIN = "\u024f"


class EdgeKind(StrEnum):
    """How an edge is drawn."""

    BEHIND = "behind"
    UNKNOWN = "unknown"
    IDLE = "idle"
    NEWEST = "newest"


EDGE_WORDS = {
    EdgeKind.NEWEST: "built from the newest digest, or from one with the same content",
    EdgeKind.BEHIND: "behind: built from an older digest",
    EdgeKind.UNKNOWN: "not known from which digest it was built",
    EdgeKind.IDLE: "causes no rebuild",
}
"""What each kind of edge means, in the order of the legend."""


def kind_of(edge: GraphEdge) -> EdgeKind:
    """How an edge is drawn."""
    if edge.behind:
        return EdgeKind.BEHIND
    if not (edge.causes or edge.pinned):
        return EdgeKind.IDLE
    return EdgeKind.NEWEST if edge.known and edge.newest else EdgeKind.UNKNOWN


def edge_words(edge: GraphEdge) -> str:
    """What an edge says, in words: the digest that the image was built from, its evidence, and whether it is behind."""
    words = [_built_from(edge)]
    if edge.behind:
        words.append(f"behind: the newest is {short_digest(edge.newest)}")
    elif not edge.known and edge.newest:
        words.append(f"the newest is {short_digest(edge.newest)}")
    elif edge.newest and edge.newest == edge.built_on:
        words.append("the newest")
    if not edge.causes:
        words.append("causes no rebuild")
    return "; ".join(words)


def _built_from(edge: GraphEdge) -> str:
    if edge.built_on is None:
        return "digest not known"
    words = [short_digest(edge.built_on)]
    if edge.evidence:
        words.append(evidence_label(edge.evidence))
    elif not edge.pinned:
        words.append("without evidence")
    if edge.pinned:
        words.append("pinned in the Dockerfile")
    return ", ".join(words)


def sign_of(status: Status | None) -> Sign:
    """The sign of a node; an image that is not tracked has one of its own."""
    return _NOT_TRACKED if status is None else status_sign(status)


def shortened(text: str, most: float) -> str:
    """The text, or its beginning and end, in at most the width of so many common characters."""
    if _width(text) <= most:
        return text
    half = (most - 1) / 2
    return f"{_fitting(text, half)}…{_fitting(text[::-1], half)[::-1]}"


def _fitting(text: str, most: float) -> str:
    width, end = 0.0, 0
    while end < len(text) and width + _of(text[end]) <= most:
        width += _of(text[end])
        end += 1
    return text[:end]


def _width(text: str) -> float:
    return sum(map(_of, text))


def _of(character: str) -> float:
    if character > _LAST_LATIN:
        return 1.8
    return 1.5 if character in _WIDE else 0.6 if character in _NARROW else 1
