"""Findings about the graph: an image must not depend on itself, also not over other images."""

from collections.abc import Iterator, Mapping

from provider.domain.findings.finding import Finding, error
from provider.domain.planning.topology import Topology
from provider.domain.policy.rules import Policy
from provider.domain.state import ImageState


def cycle_findings(candidate: ImageState, images: Mapping[str, ImageState], policy: Policy) -> Iterator[Finding]:
    """The cycle that the image would close, with its path.

    Args:
        candidate: the image with the dependencies that were found.
        images: all enrolled images, by name.
        policy: decides which images are trusted to be parents.
    """
    after = {**images, candidate.name: candidate}
    if circle := Topology.of(after, policy).circles.get(candidate.name):
        path = " -> ".join(circle)
        yield error("source", f"the image would depend on itself: {path}; remove the cycle from one of the Dockerfiles")
