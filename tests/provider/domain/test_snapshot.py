"""Everything at one moment, and what a step changes of it."""

from dataclasses import replace

import pytest

from provider.domain.ledger import Ledger
from provider.domain.snapshot import Changes, Snapshot
from tests.provider.domain.samples import DAY, NODE, base, image, ledger

PORTAL = image("portal")
SEEN = ledger(("a", 0 * DAY))
SNAPSHOT = Snapshot("commit", {}, {"portal": PORTAL}, {"node": base("node", NODE, SEEN)})


def test_a_ledger_is_found_by_name() -> None:
    """Of images and bases; of anything else nothing is known."""
    assert SNAPSHOT.ledger("portal") == PORTAL.ledger
    assert SNAPSHOT.ledger("node") == SEEN
    assert SNAPSHOT.ledger("other") == Ledger()


@pytest.mark.parametrize("room", ["images", "bases", "archived_images", "archived_bases"])
def test_each_kind_of_change_is_a_change(room: str) -> None:
    """Nothing else is; a reason alone changes nothing."""
    changes = Changes()
    getattr(changes, room)["gone"] = None

    assert changes
    assert not Changes(reasons=["because"])


def test_a_snapshot_after_changes_was_read_at_the_same_commit() -> None:
    """What is not changed stays, and what is taken away is not there."""
    shop = image("shop")
    after = Changes(images={"portal": None, "shop": shop}).apply(SNAPSHOT)

    assert (after.position, after.images, after.bases) == ("commit", {"shop": shop}, SNAPSHOT.bases)


def test_the_errors_of_a_step_are_added_to_those_before() -> None:
    """The newer one of an image counts."""
    before = replace(SNAPSHOT, errors={"portal": "gone", "shop": "lost"})
    after = Changes(errors={"shop": "refused", "mail": "late"}).apply(before)

    assert after.errors == {"portal": "gone", "shop": "refused", "mail": "late"}


def test_changes_that_follow_one_another_are_all_kept() -> None:
    """The later one of the same name counts; neither of the two is changed by it."""
    shop = image("shop")
    first = Changes({"portal": PORTAL, "shop": None}, errors={"a": "lost"}, leftovers={"x"}, requested_by=["jane"])
    second = Changes({"shop": shop}, reasons=["shop: new"], errors={"b": "gone"}, leftovers={"y"}, requested_by=["joe"])
    both = first.followed_by(second)

    assert both == Changes(
        {"portal": PORTAL, "shop": shop},
        reasons=["shop: new"],
        errors={"a": "lost", "b": "gone"},
        leftovers={"x", "y"},
        requested_by=["jane", "joe"],
    )
    assert (first.errors, first.leftovers) == ({"a": "lost"}, {"x"})
