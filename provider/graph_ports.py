"""The port of the dependency graph: what the index has around an image."""

from collections.abc import Collection, Mapping
from typing import Protocol

from catalog.image import Image
from catalog.reference import Digest
from provider.domain.graph.dependents import DependentRows
from provider.domain.graph.neighbourhood import GraphRows


class ImageGraphs(Protocol):
    """Reads the dependency graph around an image."""

    def around(self, name: str, levels: int, most: int) -> GraphRows | None:
        """What is around an image, in a fixed number of queries, whatever the number of images.

        Args:
            name: the image in the middle.
            levels: of images that depend on it over more steps than this, nothing is read.
            most: the largest number of images whose documents are read. Of those that depend on it, images that need
                attention are chosen first.

        Returns:
            None where there is no such image.
        """

    def dependents(self, image: Image) -> DependentRows:
        """Everything that depends on an image, directly or over others, in a fixed number of queries.

        Args:
            image: with its history of digests.
        """

    def built_from(self, digests: Collection[Digest]) -> Mapping[Digest, int]:
        """How many images were built from each of these digests, directly or over others; without those of none."""
