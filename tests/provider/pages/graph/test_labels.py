"""The words of a drawn graph."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.image import DependencyRole, Evidence, Status
from provider.domain.graph.edges import GraphEdge
from provider.pages.graph.labels import EdgeKind, edge_words, kind_of, shortened, sign_of
from tests.provider.web_images import digest

EDGE = GraphEdge(
    "node", "app", DependencyRole.FINAL, digest("d"), Evidence.VERIFIED, digest("a"),
    pinned=False, known=True, causes=True, behind=True,
)  # fmt: skip
NEWEST = replace(EDGE, built_on=digest("a"), behind=False)
D, A = f"sha256:{'d' * 12}", f"sha256:{'a' * 12}"


@pytest.mark.parametrize(
    ("edge", "kind", "words"),
    [
        (EDGE, EdgeKind.BEHIND, f"{D}, verified in the built image; behind: the newest is {A}"),
        (NEWEST, EdgeKind.NEWEST, f"{A}, verified in the built image; the newest"),
        (replace(EDGE, behind=False), EdgeKind.NEWEST, f"{D}, verified in the built image"),
        (
            replace(EDGE, evidence=Evidence.ASSUMED, known=False, behind=False),
            EdgeKind.UNKNOWN,
            f"{D}, assumed: nothing shows it; the newest is {A}",
        ),
        (
            replace(EDGE, built_on=None, evidence=None, known=False, behind=False),
            EdgeKind.UNKNOWN,
            f"digest not known; the newest is {A}",
        ),
        (
            replace(EDGE, evidence=None, known=False, behind=False, newest=None),
            EdgeKind.UNKNOWN,
            f"{D}, without evidence",
        ),
        (replace(NEWEST, newest=None), EdgeKind.UNKNOWN, f"{A}, verified in the built image"),
        (
            replace(EDGE, pinned=True, evidence=None, causes=False),
            EdgeKind.BEHIND,
            f"{D}, pinned in the Dockerfile; behind: the newest is {A}; causes no rebuild",
        ),
        (
            replace(EDGE, pinned=True, evidence=Evidence.LABEL, causes=False),
            EdgeKind.BEHIND,
            f"{D}, from a label of the image, pinned in the Dockerfile; behind: the newest is {A}; causes no rebuild",
        ),
        (
            replace(EDGE, causes=False, behind=False),
            EdgeKind.IDLE,
            f"{D}, verified in the built image; causes no rebuild",
        ),
    ],
)
def test_an_edge_says_what_is_known(edge: GraphEdge, kind: EdgeKind, words: str) -> None:
    """It is never drawn as the newest without a digest of the base to compare with."""
    assert (kind_of(edge), edge_words(edge)) == (kind, words)


def test_an_image_that_is_not_tracked_has_a_sign() -> None:
    """Others have that of their status."""
    assert sign_of(None).word == "Not tracked"
    assert sign_of(Status.FAILED).word == "Failed"


def test_long_names_keep_both_ends() -> None:
    """Names of one team begin alike, those of one base end alike."""
    assert shortened("node-22", 23) == "node-22"
    short = shortened("team-payments-service-for-refunds-and-other-things-2", 23)
    assert short.startswith("team-payme")
    assert short.endswith("things-2")
    assert "…" in short


@given(st.text(max_size=300))
def test_no_name_is_longer_than_its_box(text: str) -> None:
    """Also one of 200 wide characters."""
    assert len(shortened(text, 20)) <= 20 / 0.6 + 1
    assert len(shortened("W" * 200, 20)) <= 14
