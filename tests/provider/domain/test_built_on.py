"""What an image is taken to stand on where no build of ours tells."""

from dataclasses import replace
from datetime import timedelta

from catalog.image import DependencyRole
from catalog.reference import Digest
from provider.domain.books import Books
from provider.domain.built_on import learn_built_on
from provider.domain.ledger import BuiltOn, Ledger
from provider.domain.state import Freshness, ImageState
from tests.provider.domain.samples import DAY, NODE, START, base, dependency, digest, image, ledger

SEEN = ledger(("a", timedelta(0)), ("b", DAY), platforms={"a": {"linux/amd64": "child"}})


def learned(portal: ImageState, known: Ledger = SEEN, labels: dict[str, Digest] | None = None) -> ImageState | None:
    """The image afterwards; None where nothing was learned."""
    books = Books("1", {}, {"portal": portal}, {"node": base("node", NODE, known)})
    return learn_built_on(START + 2 * DAY, books, labels or {}).images.get("portal")


def test_the_own_label_tells() -> None:
    """The digest of the label, though the base has moved on since."""
    after = learned(image("portal", dependency(built_on=None)), labels={"portal": digest("a")})

    assert after
    assert after.dependencies[0].built_on == BuiltOn(digest("a"), START + 2 * DAY)
    assert after.dependencies[0].freshness is Freshness.LABEL


def test_a_label_of_a_child_means_its_index() -> None:
    """Build tools write the digest of the platform's image; the tag pointed to the index."""
    after = learned(image("portal", dependency(built_on=None)), labels={"portal": digest("child")})

    assert after
    assert after.dependencies[0].built_on == BuiltOn(digest("a"), START + 2 * DAY)


def test_without_a_label_it_is_the_present_digest() -> None:
    """Assumed, and said to be unknown; a helper stage has no label of its own."""
    stage = dependency(built_on=None, role=DependencyRole.STAGE)
    for after in (
        learned(image("portal", dependency(built_on=None))),
        learned(image("portal", stage), labels={"portal": digest("a")}),
    ):
        assert after
        assert after.dependencies[0].built_on == BuiltOn(digest("b"), START + 2 * DAY)
        assert after.dependencies[0].freshness is Freshness.UNKNOWN


def test_nothing_is_learned_where_nothing_is_missing_or_known() -> None:
    """What we passed stays, a pinned one needs none, and a base that was never seen tells nothing."""
    assert learned(image("portal", dependency(built_on="x")), labels={"portal": digest("a")}) is None
    assert learned(image("portal", dependency(replace(NODE, digest=digest("p")), built_on=None))) is None
    assert learned(image("portal", dependency(built_on=None)), Ledger()) is None
