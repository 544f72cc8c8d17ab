"""How images come, change their role and go."""

from dataclasses import replace
from datetime import timedelta

from catalog.image import DiscoveryStatus
from catalog.reference import ImageReference
from provider.domain.enrollment import Enrollment
from provider.domain.lifecycle import settle
from provider.domain.snapshot import Changes, Snapshot
from provider.domain.state import BaseState, ImageState, Pending
from tests.provider.domain.samples import DAY, NODE, START, base, decided, dependency, image, ledger, rebuilt

NOW = START + 20 * DAY
PORTAL = image("portal", dependency())
BASE_REFERENCE = ImageReference("ghcr.io", "acme/portal", "latest")
HISTORY = ledger(("a", timedelta(0)), ("b", DAY))


def snapshot(
    enrolled: list[Enrollment], images: list[ImageState] | None = None, bases: list[BaseState] | None = None
) -> Snapshot:
    """The snapshot of these."""
    by_name = {each.name: each for each in images or []}
    return Snapshot("1", {each.name: each for each in enrolled}, by_name, {each.name: each for each in bases or []})


def settled(before: Snapshot) -> Snapshot:
    """The snapshot afterwards; settling again changes nothing."""
    after = settle(NOW, before).apply(before)
    assert not settle(NOW + DAY, after)
    return after


def test_a_new_enrollment_is_a_new_image() -> None:
    """It is to be looked at."""
    after = settled(snapshot([PORTAL.enrollment]))

    assert after.images == {"portal": ImageState(PORTAL.enrollment, NOW)}


def test_a_base_for_everything_a_dockerfile_names() -> None:
    """Named after its reference, and taken back from the archive where it was known."""
    fresh = settled(snapshot([PORTAL.enrollment], [PORTAL]))
    assert fresh.bases == {"node-22": BaseState("node-22", NODE, NOW)}
    assert fresh.images["portal"].dependencies[0].name == "node-22"

    archived = replace(snapshot([PORTAL.enrollment], [PORTAL]), archived_bases={"old": base("old", NODE, HISTORY)})
    again = settled(archived)
    assert again.bases == {"old": base("old", NODE, HISTORY)}
    assert again.archived_bases == {}


def test_an_enrolled_base_is_promoted_with_its_history() -> None:
    """Its name becomes the enrolled one, for those that stand on it too."""
    child = image("child", replace(dependency(BASE_REFERENCE), name="ghcr-io-acme-portal-latest"))
    found = base("ghcr-io-acme-portal-latest", BASE_REFERENCE, HISTORY)
    after = settled(snapshot([PORTAL.enrollment, child.enrollment], [child], [found]))

    assert after.bases == {}
    assert after.images["portal"].ledger == HISTORY
    assert after.images["child"].dependencies[0].name == "portal"


def test_an_image_that_others_stand_on_is_demoted() -> None:
    """It is watched under its name, with its history."""
    child = image("child", replace(dependency(BASE_REFERENCE), name="portal"))
    after = settled(snapshot([child.enrollment], [image("portal"), child]))

    assert set(after.images) == {"child"}
    assert after.bases == {"portal": BaseState("portal", BASE_REFERENCE, NOW, image("portal").ledger)}


def test_an_image_that_nobody_needs_is_archived_with_its_bases() -> None:
    """Nothing of it is watched any more."""
    after = settled(snapshot([], [replace(PORTAL, pending=Pending(START, NOW, ()))], [base("node", NODE, HISTORY)]))

    assert (after.images, after.bases) == ({}, {})
    assert after.archived_images == {"portal": PORTAL}
    assert after.archived_bases == {"node": base("node", NODE, HISTORY)}


def test_an_image_that_comes_back_has_its_history_and_no_old_work() -> None:
    """What it stands on is learned anew, and what was under way is over."""
    done = rebuilt(PORTAL, decided(10 * DAY, HISTORY, PORTAL))
    running = done.with_record(replace(done.rebuilds[0], settled=False, sending=True, conclusion=None))
    after = settled(replace(snapshot([PORTAL.enrollment]), archived_images={"portal": running})).images["portal"]

    assert (after.ledger, after.dependencies, after.active) == (PORTAL.ledger, (), None)
    assert after.discovery is DiscoveryStatus.PENDING
    assert len(after.rebuilds) == 1


def test_removing_and_adding_the_same_image_is_a_rename() -> None:
    """History follows, and those that stand on it know the new name."""
    child = image("child", replace(dependency(BASE_REFERENCE), name="portal"))
    renamed = replace(PORTAL.enrollment, name="entrance")
    after = settled(snapshot([renamed, child.enrollment], [replace(PORTAL, dependencies=()), child]))

    assert set(after.images) == {"entrance", "child"}
    assert after.images["entrance"].ledger == PORTAL.ledger
    assert after.images["child"].dependencies[0].name == "entrance"
    assert after.archived_images == {}


def test_another_reference_begins_a_new_history() -> None:
    """Another source is only looked at anew."""
    moved = settled(snapshot([replace(PORTAL.enrollment, tag="2")], [image("portal")])).images["portal"]
    assert moved.ledger.observations == ()

    other = replace(PORTAL.enrollment, platforms=("linux/arm64",))
    looked = replace(image("portal"), discovery=DiscoveryStatus.NONE)
    changed = settled(snapshot([other], [looked])).images["portal"]
    assert (changed.ledger, changed.discovery) == (looked.ledger, DiscoveryStatus.PENDING)


def test_an_external_image_is_only_watched() -> None:
    """Also when it was found in a Dockerfile before; unwatched, it goes."""
    outside = Enrollment("node", "docker.io", "library/node", "22")
    watched = settled(snapshot([outside], [], [base("node-22", NODE, HISTORY)]))
    assert watched.bases == {"node": BaseState("node", NODE, NOW, HISTORY, enrollment=outside)}

    gone = settled(replace(watched, enrollments={}))
    assert (gone.bases, set(gone.archived_bases)) == ({}, {"node"})


def test_a_base_gives_way_to_an_enrollment_that_takes_its_name() -> None:
    """Two entities never share a name; the base keeps its history, and its dependents find it."""
    child = image("child", replace(dependency(), name="portal"))
    for taking in (PORTAL.enrollment, Enrollment("portal", "ghcr.io", "acme/other")):
        after = settled(snapshot([taking, child.enrollment], [child], [base("portal", NODE, HISTORY)]))

        assert after.bases["node-22"].ledger == HISTORY
        assert after.images["child"].dependencies[0].name == "node-22"
        assert ("portal" in after.images) is (taking is PORTAL.enrollment)


def test_an_unreadable_state_file_is_left_alone() -> None:
    """Neither its image nor its base is written, or thrown away."""
    unreadable = replace(snapshot([PORTAL.enrollment]), unreadable=frozenset({"portal"}))
    assert settle(NOW, unreadable) == Changes()

    kept = replace(snapshot([], [], [base("node", NODE)]), unreadable=frozenset({"node"}))
    assert settle(NOW, kept) == Changes()
