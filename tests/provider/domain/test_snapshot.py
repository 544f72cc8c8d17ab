"""Everything at one moment, and what a step changes of it."""

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
