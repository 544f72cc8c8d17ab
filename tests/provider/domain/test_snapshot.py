"""Everything at one moment, and what a step changes of it."""

from dataclasses import replace

import pytest

from catalog.reference import ImageReference
from provider.domain.enrollment import Enrollment
from provider.domain.ledger import Ledger
from provider.domain.snapshot import Changes, Origins, Snapshot
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


TEAM, OTHERS, LAST = "images.d/a.yaml", "images.d/b.yaml", "images.d/c.yaml"
Y = ImageReference("quay.io", "x/y", "1")
KNOWN = Snapshot(
    "commit",
    {},
    {
        "portal": image("portal", file=OTHERS),
        "shop": image("shop", file=TEAM),
        "fair": replace(PORTAL, enrollment=Enrollment("fair", "ghcr.io", "acme/shop", "4", file=OTHERS)),
    },
    {
        "node": base("node", NODE),
        "watched": replace(base("watched", Y), enrollment=Enrollment("watched", "quay.io", "x/y", "1", file=OTHERS)),
        "left": replace(base("left", replace(Y, repository="x/left")), origin=OTHERS),
    },
    {name: image(name, file=LAST) for name in ("portal", "old")} | {"mail": image("mail", tag="3", file=OTHERS)},
    {"gone": replace(base("gone", replace(Y, repository="x/gone")), origin=LAST)},
)


@pytest.mark.parametrize(
    ("entry", "found"),
    [
        (Enrollment("portal", "ghcr.io", "acme/new"), ("name", OTHERS)),
        (Enrollment("watched", "ghcr.io", "acme/new"), ("name", OTHERS)),
        (Enrollment("gone", "ghcr.io", "acme/new"), ("name", LAST)),
        (Enrollment("new", "ghcr.io", "acme/portal"), ("repository", OTHERS)),
        (Enrollment("new", "ghcr.io", "acme/portal", "2"), ("repository", OTHERS)),
        (Enrollment("new", "ghcr.io", "acme/old"), ("repository", LAST)),
        (Enrollment("new", "quay.io", "x/y", "1"), ("repository", OTHERS)),
        (Enrollment("new", "quay.io", "x/left", "1"), ("repository", OTHERS)),
        (Enrollment("old", "ghcr.io", "acme/portal"), ("name", LAST)),
        (Enrollment("new", "ghcr.io", "acme/shop", "2"), None),
        (Enrollment("new", "ghcr.io", "acme/shop", "4"), ("repository", OTHERS)),
        (Enrollment("node", "docker.io", "library/node", "22"), None),
        (Enrollment("new", "ghcr.io", "acme/new"), None),
    ],
)
def test_an_entry_may_have_what_another_file_had(entry: Enrollment, found: tuple[str, str] | None) -> None:
    """Its name, its image or another tag; also of what is only watched or archived, but of no other base."""
    assert Origins.of_snapshot(KNOWN).foreign(replace(entry, file=TEAM)) == found


@pytest.mark.parametrize("name", ["portal", "watched", "left", "mail"])
def test_an_entry_has_what_its_own_file_had(name: str) -> None:
    """What is tracked now comes before what is in the archive."""
    assert Origins.of_snapshot(KNOWN).foreign(Enrollment(name, "ghcr.io", f"acme/{name}", file=OTHERS)) is None
