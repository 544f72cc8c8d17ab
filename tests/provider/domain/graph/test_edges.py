"""What an edge of the dependency graph shows."""

from dataclasses import replace

import pytest

from catalog.image import DependencyDocument, DependencyRole, Evidence, Image
from provider.domain.graph.edges import edge_of, edges_of
from tests.provider.web_images import NOW, dependency, digest, managed


def _edge(evidence: Evidence | None = Evidence.VERIFIED, built_on: str | None = "d") -> DependencyDocument:
    """A dependency whose newest digest is that of the letter a."""
    return replace(
        dependency("node"),
        built_on=digest(built_on) if built_on else None,
        evidence=evidence if built_on else None,
        newest=digest("a"),
    )


def _image(*, behind: bool = True, **entry: object) -> Image:
    return managed("app", enrollment=entry, behind_since=NOW if behind else None)


def test_an_image_that_is_built_from_an_older_digest_is_behind() -> None:
    """The edge has both digests and says that the first one is proven."""
    edge = edge_of(_image(), _edge())

    assert (edge.base, edge.image, edge.built_on, edge.newest) == ("node", "app", digest("d"), digest("a"))
    assert (edge.known, edge.causes, edge.behind, edge.pinned) == (True, True, True, False)


def test_an_image_on_the_newest_digest_is_not_behind() -> None:
    """Another base may be why the image is."""
    assert edge_of(_image(), _edge(built_on="a")).behind is False


@pytest.mark.parametrize("evidence", [Evidence.ASSUMED, Evidence.MISMATCH, None])
def test_without_evidence_nothing_is_known(evidence: Evidence | None) -> None:
    """A digest that was only assumed, or contradicted, makes the image neither current nor behind."""
    edge = edge_of(_image(), _edge(evidence))
    assert (edge.known, edge.behind) == (False, False)


def test_without_a_digest_nothing_is_known() -> None:
    """Neither where the digest of the image, nor where that of the base is missing."""
    assert edge_of(_image(), _edge(built_on=None)).known is False
    assert edge_of(_image(), replace(_edge(), newest=None)).behind is False


def test_an_image_with_the_content_of_the_newest_digest_is_not_behind() -> None:
    """Another index with the same children has another digest."""
    assert edge_of(_image(behind=False), _edge()).behind is False


def test_a_pinned_digest_is_known_and_can_be_behind() -> None:
    """The Dockerfile names it; a newer digest causes nothing."""
    pinned = replace(_edge(built_on=None), reference=f"node:22@{digest('c')}")
    edge = edge_of(_image(), pinned)

    assert (edge.pinned, edge.built_on, edge.evidence) == (True, digest("c"), None)
    assert (edge.known, edge.causes, edge.behind) == (True, False, True)


def test_what_the_image_shows_counts_more_than_a_pin() -> None:
    """An image that was pushed before the pin was changed contains what its label says."""
    edge = edge_of(_image(), replace(_edge(Evidence.LABEL), reference=f"node:22@{digest('a')}"))
    assert (edge.pinned, edge.built_on, edge.evidence, edge.behind) == (True, digest("d"), Evidence.LABEL, True)
    other = edge_of(_image(), replace(_edge(Evidence.MISMATCH), reference=f"node:22@{digest('d')}"))
    assert (other.known, other.behind) == (False, False)


@pytest.mark.parametrize(
    ("role", "rebuild_on", "causes"),
    [
        (DependencyRole.FINAL, "final", True),
        (DependencyRole.STAGE, "all", True),
        (DependencyRole.STAGE, "final", False),
        (DependencyRole.UNUSED, "all", False),
        (DependencyRole.SYNTAX, "all", False),
    ],
)
def test_only_what_may_cause_a_rebuild_makes_an_image_behind(
    role: DependencyRole, rebuild_on: str, *, causes: bool
) -> None:
    """The role of the dependency and the enrollment decide."""
    edge = edge_of(_image(rebuildOn=rebuild_on), replace(_edge(), role=role))
    assert (edge.causes, edge.behind) == (causes, causes)


def test_a_base_has_one_edge() -> None:
    """Of several names in a Dockerfile, the one that is behind counts, whatever their order."""
    one, two = _edge(built_on="a"), _edge()
    for both in ((one, two), (two, one)):
        (edge,) = edges_of(replace(_image(), dependencies=both))
        assert edge.behind is True
