"""Tests of adding, promoting, renaming, demoting and archiving images."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from catalog.image import DiscoveryStatus, Failure
from catalog.names import base_name
from catalog.reference import ImageReference
from provider.domain.enrollment import Enrollment, Source
from provider.domain.ledger import Ledger
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
    """A snapshot with these images and bases."""
    by_name = {each.name: each for each in images or []}
    return Snapshot("1", {each.name: each for each in enrolled}, by_name, {each.name: each for each in bases or []})


def settled(before: Snapshot) -> Snapshot:
    """The snapshot afterwards; reasons name entities, states have their names, and settling again changes nothing."""
    changes = settle(NOW, before)
    after = changes.apply(before)
    names = {*after.images, *after.bases, *after.archived_images, *after.archived_bases}
    assert {reason.partition(": ")[0] for reason in changes.reasons} <= names
    for states in (after.images, after.bases, after.archived_images, after.archived_bases):
        assert [state.name for state in states.values()] == list(states)
    assert bool(changes) is bool(changes.reasons)
    assert not settle(NOW + DAY, after)
    return after


def test_a_new_enrollment_is_a_new_image() -> None:
    """Its Dockerfile has to be read."""
    after = settled(snapshot([PORTAL.enrollment]))

    assert after.images == {"portal": ImageState(PORTAL.enrollment, NOW)}


def test_an_entry_may_move_to_another_file() -> None:
    """The rules of the new file apply to it; nothing is checked again."""
    moved = replace(PORTAL.enrollment, file="images.d/team-a.yaml")
    after = settled(snapshot([moved], [PORTAL])).images["portal"]

    assert (after.enrollment, after.discovery) == (moved, PORTAL.discovery)


def test_a_base_for_everything_a_dockerfile_names() -> None:
    """A base is named after its reference, or restored from the archive."""
    fresh = settled(snapshot([PORTAL.enrollment], [PORTAL]))
    assert fresh.bases == {"node-22": BaseState("node-22", NODE, NOW)}
    assert fresh.images["portal"].dependencies[0].name == "node-22"

    archived = replace(snapshot([PORTAL.enrollment], [PORTAL]), archived_bases={"old": base("old", NODE, HISTORY)})
    again = settled(archived)
    assert again.bases == {"old": base("old", NODE, HISTORY)}
    assert again.archived_bases == {}


def test_an_enrolled_base_is_promoted_with_its_history() -> None:
    """It gets the enrolled name, also in its dependents."""
    child = image("child", replace(dependency(BASE_REFERENCE), name="ghcr-io-acme-portal-latest"))
    found = base("ghcr-io-acme-portal-latest", BASE_REFERENCE, HISTORY)
    after = settled(snapshot([PORTAL.enrollment, child.enrollment], [child], [found]))

    assert after.bases == {}
    assert after.images["portal"].ledger == HISTORY
    assert after.images["child"].dependencies[0].name == "portal"


def test_an_image_with_dependents_is_demoted() -> None:
    """It becomes a base with the same name and history."""
    child = image("child", replace(dependency(BASE_REFERENCE), name="portal"))
    after = settled(snapshot([child.enrollment], [image("portal"), child]))

    assert set(after.images) == {"child"}
    assert after.bases == {
        "portal": BaseState("portal", BASE_REFERENCE, NOW, image("portal").ledger, origin="images.yaml")
    }


def test_an_image_without_dependents_is_archived_with_its_bases() -> None:
    """Neither the image nor its bases are watched any longer."""
    after = settled(snapshot([], [replace(PORTAL, pending=Pending(START, NOW, ()))], [base("node", NODE, HISTORY)]))

    assert (after.images, after.bases) == ({}, {})
    assert after.archived_images == {"portal": replace(PORTAL, archived_at=NOW)}
    assert after.archived_bases == {"node": replace(base("node", NODE, HISTORY), archived_at=NOW)}


def test_an_image_that_is_enrolled_again_has_its_history_and_no_pending_work() -> None:
    """What it is built from is learned again, and unfinished rebuilds are closed."""
    done = rebuilt(PORTAL, decided(10 * DAY, HISTORY, PORTAL))
    running = done.with_record(replace(done.rebuilds[0], settled=False, sending=True, conclusion=None))
    waiting = replace(
        running,
        pending=Pending(START, NOW, ()),
        error=Failure(START, "no such tag"),
        discovery=DiscoveryStatus.SUCCESS,
        archived_at=START,
    )
    enrollment = replace(PORTAL.enrollment, rebuild_delay=DAY)
    after = settled(replace(snapshot([enrollment]), archived_images={"portal": waiting}))

    restored = after.images["portal"]
    assert (restored.enrollment, restored.ledger, restored.dependencies) == (enrollment, PORTAL.ledger, ())
    assert (restored.pending, restored.error, restored.discovery) == (None, None, DiscoveryStatus.PENDING)
    assert restored.archived_at is None
    assert [(record.active, record.sending) for record in restored.rebuilds] == [(False, False)]
    assert after.archived_images == {}


def test_an_image_that_was_once_a_base_has_its_history() -> None:
    """It is restored from the archive, also when its name there is another one."""
    old = base("ghcr-io-acme-portal-latest", BASE_REFERENCE, HISTORY)
    after = settled(replace(snapshot([PORTAL.enrollment]), archived_bases={old.name: old}))

    assert after.images == {"portal": ImageState(PORTAL.enrollment, NOW, HISTORY)}
    assert after.archived_bases == {}


def test_removing_and_adding_the_same_image_is_a_rename() -> None:
    """The history is kept, and dependents have the new name."""
    child = image("child", replace(dependency(BASE_REFERENCE), name="portal"))
    renamed = replace(PORTAL.enrollment, name="entrance")
    looked_at = replace(PORTAL, dependencies=(), discovery=DiscoveryStatus.SUCCESS)
    after = settled(snapshot([renamed, child.enrollment], [looked_at, child]))

    assert set(after.images) == {"entrance", "child"}
    assert after.images["entrance"].ledger == PORTAL.ledger
    assert after.images["entrance"].discovery is DiscoveryStatus.PENDING
    assert after.images["child"].dependencies[0].name == "entrance"
    assert after.archived_images == {}


def test_removing_one_image_and_adding_another_is_not_a_rename() -> None:
    """Each keeps its own history."""
    after = settled(snapshot([image("shop").enrollment], [image("portal")]))

    assert after.images == {"shop": ImageState(image("shop").enrollment, NOW)}
    assert after.archived_images == {"portal": replace(image("portal"), archived_at=NOW)}


def test_another_reference_begins_a_new_history() -> None:
    """The history of the old reference does not count for the new one."""
    built = replace(image("portal"), last_built=START)
    moved = settled(snapshot([replace(PORTAL.enrollment, tag="2")], [built])).images["portal"]

    assert (moved.ledger.observations, moved.last_built) == ((), None)


@pytest.mark.parametrize(
    ("changed", "discovery"),
    [
        (replace(PORTAL.enrollment, platforms=("linux/arm64",)), DiscoveryStatus.PENDING),
        (replace(PORTAL.enrollment, source=Source("github", "acme/other")), DiscoveryStatus.PENDING),
        (replace(PORTAL.enrollment, rebuild_delay=DAY), DiscoveryStatus.NONE),
    ],
)
def test_a_dockerfile_is_read_again_after_a_change_of_its_source(
    changed: Enrollment, discovery: DiscoveryStatus
) -> None:
    """It is read again after a change of source or platforms; the history stays in each case."""
    looked_at = replace(image("portal"), discovery=DiscoveryStatus.NONE)
    after = settled(snapshot([changed], [looked_at])).images["portal"]

    assert after == replace(looked_at, enrollment=changed, discovery=discovery)


def test_an_external_image_is_only_watched() -> None:
    """This holds also for one that was found in a Dockerfile before; without its enrollment it is archived."""
    outside = Enrollment("node", "docker.io", "library/node", "22")
    watched = settled(snapshot([outside], [], [base("node-22", NODE, HISTORY)]))
    assert watched.bases == {"node": BaseState("node", NODE, NOW, HISTORY, enrollment=outside)}

    gone = settled(replace(watched, enrollments={}))
    assert (gone.bases, set(gone.archived_bases)) == ({}, {"node"})


def test_a_watched_image_follows_its_enrollment() -> None:
    """Its history stays."""
    outside = Enrollment("node", "docker.io", "library/node", "22")
    watched = replace(base("node", NODE, HISTORY), enrollment=outside)
    changed = replace(outside, platforms=("linux/arm64",))

    assert settled(snapshot([changed], [], [watched])).bases == {"node": replace(watched, enrollment=changed)}


def test_an_external_image_has_the_history_of_an_archived_base() -> None:
    """It leaves the archive."""
    outside = Enrollment("node", "docker.io", "library/node", "22")
    after = settled(replace(snapshot([outside]), archived_bases={"node-22": base("node-22", NODE, HISTORY)}))

    assert after.bases == {"node": BaseState("node", NODE, NOW, HISTORY, enrollment=outside)}
    assert after.archived_bases == {}


@pytest.mark.parametrize(("tag", "known"), [("latest", image("portal").ledger), ("2", Ledger())])
def test_an_image_whose_source_is_removed_is_watched(tag: str, known: Ledger) -> None:
    """It keeps its history when its reference is the same."""
    outside = Enrollment("portal", "ghcr.io", "acme/portal", tag)
    after = settled(snapshot([outside], [image("portal")]))

    assert after.images == {}
    assert after.bases == {"portal": BaseState("portal", replace(BASE_REFERENCE, tag=tag), NOW, known, None, outside)}


@pytest.mark.parametrize(
    ("state", "reason"),
    [
        ({}, "tools: enrolled to be watched"),
        ({"images": {"portal": image("portal")}}, "tools: enrolled to be watched; it was portal"),
        ({"archived_images": {"portal": image("portal")}}, "tools: enrolled to be watched; it was portal"),
        (
            {"bases": {"old": base("old", BASE_REFERENCE, image("portal").ledger)}},
            "tools: enrolled to be watched; it was old",
        ),
        (
            {"archived_bases": {"old": base("old", BASE_REFERENCE, image("portal").ledger)}},
            "tools: enrolled to be watched; it was old",
        ),
    ],
    ids=["new", "managed", "archived", "base", "archived base"],
)
def test_an_image_that_is_watched_from_now_on_has_what_was_known_of_it(state: dict[str, Any], reason: str) -> None:
    """Under whatever name, managed or not; the message of the commit says what it was."""
    outside = Enrollment("tools", "ghcr.io", "acme/portal")
    before = replace(snapshot([outside]), **state)
    known = image("portal").ledger if state else Ledger()

    assert settle(NOW, before).reasons == [reason]
    assert settled(before).bases == {"tools": BaseState("tools", BASE_REFERENCE, NOW, known, enrollment=outside)}


def test_a_managed_image_that_is_only_watched_from_now_on_is_archived() -> None:
    """With its rebuilds, and without what was about to start."""
    outside = Enrollment("portal", "ghcr.io", "acme/portal")
    waiting = replace(image("portal"), pending=Pending(START, NOW, ()), last_built=START)
    after = settled(snapshot([outside], [waiting]))

    assert after.archived_images == {"portal": replace(waiting, pending=None, archived_at=NOW)}


def test_enrolled_images_stay_while_others_are_removed() -> None:
    """The order of the images does not matter."""
    after = settled(snapshot([image("shop").enrollment], [image("shop"), image("portal")]))

    assert (set(after.images), set(after.archived_images)) == ({"shop"}, {"portal"})


def test_references_with_similar_names_get_different_names() -> None:
    """This holds for two references of one Dockerfile, and for a name that an enrollment, a base or the archive has."""
    twins = [ImageReference("ghcr.io", "a/b", "1"), ImageReference("ghcr.io", "a-b", "1")]
    child = image("child", dependency(), *map(dependency, twins))
    elsewhere = ImageReference("quay.io", "acme/node", "22")
    for before in (
        snapshot([child.enrollment], [child], [replace(base("node-22", elsewhere), enrollment=None)]),
        snapshot([child.enrollment, Enrollment("node-22", "quay.io", "acme/node", "22")], [child]),
    ):
        after = settled(before)
        names = [each.name for each in after.images["child"].dependencies]

        assert len(set(names)) == 3
        assert [after.bases[name].image for name in names] == [NODE, *twins]


def spelled(name: str, written: str, known: Ledger | None = None) -> BaseState:
    """A base as an earlier release kept it: with the reference as it was written."""
    return base(name, ImageReference.parse(written), known)


def test_an_image_that_was_kept_under_two_spellings_has_one_base() -> None:
    """The one with the oldest history stays with its name; the other one is archived with its own."""
    older = spelled("quay-io-443-acme-app-1", "quay.io:443/acme/app:1", ledger(("a", timedelta(0)), ("b", DAY)))
    newer = spelled("quay-io-acme-app-1", "quay.io/acme/app:1", ledger(("b", 2 * DAY)))
    one = image("one", replace(dependency(older.image), name=older.name))
    two = image("two", replace(dependency(newer.image), name=newer.name))
    after = settled(snapshot([one.enrollment, two.enrollment], [one, two], [older, newer]))

    assert after.bases == {older.name: older}
    assert [edge.name for each in after.images.values() for edge in each.dependencies] == [older.name] * 2
    assert after.archived_bases == {newer.name: replace(newer, archived_at=NOW)}


def test_of_two_spellings_the_enrolled_one_stays() -> None:
    """An image that people enrolled is watched under its own name."""
    entry = Enrollment("ours", "docker.io", "library/node", "22")
    enrolled = replace(base("ours", NODE, ledger(("b", DAY))), enrollment=entry)
    found = spelled("registry-1-docker-io-node-22", "registry-1.docker.io/node:22", HISTORY)
    after = settled(snapshot([entry, PORTAL.enrollment], [PORTAL], [found, enrolled]))

    assert after.bases == {"ours": enrolled}
    assert after.images["portal"].dependencies[0].name == "ours"
    assert list(after.archived_bases) == [found.name]


def test_a_base_that_is_a_managed_image_under_another_spelling_is_archived() -> None:
    """The managed image has the dependents."""
    parent = spelled("ghcr-io-443-acme-portal-latest", "GHCR.io:443/acme/portal:latest", HISTORY)
    child = image("child", replace(dependency(BASE_REFERENCE), name=parent.name))
    after = settled(snapshot([PORTAL.enrollment, child.enrollment], [PORTAL, child], [parent]))

    assert parent.name not in after.bases
    assert after.images["child"].dependencies[0].name == "portal"
    assert parent.name in after.archived_bases


def test_a_base_from_the_archive_keeps_its_name() -> None:
    """All needed bases are restored, and a new reference with a similar name gets another name."""
    first, second = ImageReference("ghcr.io", "a-b", "1"), ImageReference("ghcr.io", "a/b", "1")
    child = image("child", dependency(first), dependency(second), dependency())
    old = {"ghcr-io-a-b-1": base("ghcr-io-a-b-1", first, HISTORY), "node-22": base("node-22", NODE, HISTORY)}
    after = settled(replace(snapshot([child.enrollment], [child]), archived_bases=old))

    names = [each.name for each in after.images["child"].dependencies]
    assert (names[0], names[2]) == ("ghcr-io-a-b-1", "node-22")
    assert [after.bases[name].image for name in names] == [first, second, NODE]
    assert after.archived_bases == {}


def test_bases_that_are_renamed_together_get_different_names() -> None:
    """Neither gets the name of the other one, of a base or of an enrollment."""
    twins = [ImageReference("ghcr.io", "a/b", "1"), ImageReference("ghcr.io", "a-b", "1")]
    taking = [image("portal").enrollment, image("shop").enrollment, image("mail").enrollment]
    outside = Enrollment("node-22", "quay.io", "acme/node", "22")
    golang = [ImageReference("docker.io", "library/golang", "1"), ImageReference("quay.io", "acme/golang", "1")]
    child = image("child", *map(dependency, twins), dependency(), *map(dependency, golang))
    found = [base("portal", twins[0], HISTORY), base("shop", twins[1], HISTORY), base("mail", NODE, HISTORY)]
    found += [base("queue", golang[0], HISTORY), base("golang-1", golang[1], HISTORY)]
    after = settled(snapshot([*taking, image("queue").enrollment, outside, child.enrollment], [child], found))

    names = [each.name for each in after.images["child"].dependencies]
    assert [after.bases[name].image for name in names] == [*twins, NODE, *golang]
    assert {after.bases[name].ledger for name in names} == {HISTORY}
    assert set(after.images) == {"portal", "shop", "mail", "queue", "child"}
    assert after.bases["node-22"].enrollment == outside


def test_a_base_is_renamed_when_an_enrollment_takes_its_name() -> None:
    """Two entities never share a name; the base keeps its history, and its dependents have the new name."""
    child = image("child", replace(dependency(), name="portal"))
    for taking in (PORTAL.enrollment, Enrollment("portal", "ghcr.io", "acme/other")):
        after = settled(snapshot([taking, child.enrollment], [child], [base("portal", NODE, HISTORY)]))

        assert after.bases["node-22"].ledger == HISTORY
        assert after.images["child"].dependencies[0].name == "node-22"
        assert ("portal" in after.images) is (taking is PORTAL.enrollment)


def test_an_unreadable_state_file_is_not_changed() -> None:
    """Neither its image nor its base is written or removed."""
    unreadable = replace(snapshot([PORTAL.enrollment]), unreadable=frozenset({"portal"}))
    assert settle(NOW, unreadable) == Changes()

    kept = replace(snapshot([], [], [base("node", NODE)]), unreadable=frozenset({"node"}))
    assert settle(NOW, kept) == Changes()

    others = replace(snapshot([PORTAL.enrollment, image("shop").enrollment]), unreadable=frozenset({"portal"}))
    assert set(settled(others).images) == {"shop"}


def at(path: str, state: ImageState) -> ImageState:
    """The image, enrolled for another repository."""
    return replace(state, enrollment=replace(state.enrollment, repository=path))


OTHER = at("acme/entrance", image("portal"))


def test_a_demoted_image_that_is_promoted_again_has_its_rebuilds_and_the_digests_seen_meanwhile() -> None:
    """The rebuilds wait in the archive while it is a base."""
    child = image("child", replace(dependency(BASE_REFERENCE), name="portal"))
    known = rebuilt(PORTAL, decided(10 * DAY, HISTORY, PORTAL))
    demoted = settled(snapshot([child.enrollment], [known, child], [base("node", NODE, HISTORY)]))
    seen = replace(demoted.bases["portal"], ledger=HISTORY)
    enrollments = {each.name: each for each in (PORTAL.enrollment, child.enrollment)}
    again = settled(replace(demoted, enrollments=enrollments, bases={"portal": seen}))

    assert (again.bases, again.archived_images) == ({}, {})
    assert (again.images["portal"].rebuilds, again.images["portal"].ledger) == (known.rebuilds, HISTORY)


def test_an_image_that_is_enrolled_again_under_another_name_has_its_history() -> None:
    """The one with the name comes first, else the reference counts."""
    archived = {"entrance": at("acme/portal", image("entrance"))}
    after = settled(replace(snapshot([PORTAL.enrollment]), archived_images=archived))

    assert (after.images["portal"].ledger, after.archived_images) == (PORTAL.ledger, {})
    changes = settle(NOW, replace(snapshot([PORTAL.enrollment]), archived_images=archived))
    assert changes.reasons == ["portal: enrolled again; it was entrance"]


def test_the_history_of_a_reference_stays_when_its_enrollment_leaves_it() -> None:
    """In the archive; as a base where an image needs it; and with the entry that takes it later."""
    alone = settled(snapshot([OTHER.enrollment], [PORTAL], [base("node", NODE, HISTORY)]))
    left = BaseState("ghcr-io-acme-portal-latest", BASE_REFERENCE, NOW, PORTAL.ledger, origin="images.yaml")
    assert replace(left, archived_at=NOW) in alone.archived_bases.values()

    child = image("child", replace(dependency(BASE_REFERENCE), name="portal"))
    needed = settled(snapshot([OTHER.enrollment, child.enrollment], [replace(PORTAL, dependencies=()), child]))
    assert needed.bases == {left.name: left}
    assert needed.images["child"].dependencies[0].name == left.name

    taken = at("acme/portal", image("tools")).enrollment
    after = settled(replace(alone, enrollments={"portal": OTHER.enrollment, "tools": taken}))
    assert after.images["tools"].ledger == PORTAL.ledger


def test_the_histories_of_all_references_that_are_left_stay() -> None:
    """Also of those with similar names, and of one in the archive that has such a name."""
    similar = {"portal": "acme/a_b", "shop": "acme/a-b", "mail": "acme/mail"}
    images = [at(path, image(name)) for name, path in similar.items()]
    enrolled = [at(f"new/{name}", image(name)).enrollment for name in similar]
    known = {"ghcr-io-acme-mail-latest": base("ghcr-io-acme-mail-latest", NODE, HISTORY)}
    after = settled(replace(snapshot(enrolled, images), archived_bases=known)).archived_bases

    assert {each.image.repository for each in after.values()} == {*similar.values(), NODE.repository}
    assert all(each.name == name for name, each in after.items())


def test_a_base_that_once_was_an_image_has_its_history() -> None:
    """The archive keeps the image's rebuilds."""
    child = image("child", replace(dependency(BASE_REFERENCE), name="portal"))
    after = settled(replace(snapshot([child.enrollment], [child]), archived_images={"portal": PORTAL}))

    assert [each.ledger for each in after.bases.values()] == [PORTAL.ledger]
    assert after.archived_images == {"portal": PORTAL}


def test_an_external_image_whose_entry_names_another_image_keeps_what_was_known_of_the_first() -> None:
    """The first is archived under a name of its own; so is one that is managed from now on."""
    watched = Enrollment("portal", "ghcr.io", "acme/portal")
    known = replace(base("portal", BASE_REFERENCE, HISTORY), enrollment=watched)
    for now in (Enrollment("portal", "ghcr.io", "acme/entrance"), OTHER.enrollment):
        after = settled(snapshot([now], bases=[known]))
        (archived,) = after.archived_bases.values()
        assert (archived.ledger, archived.origin, archived.enrollment) == (HISTORY, "images.yaml", None)
        assert archived.name == "ghcr-io-acme-portal-latest"


def test_a_watched_image_may_get_another_name() -> None:
    """It keeps its history."""
    known = replace(base("portal", BASE_REFERENCE, HISTORY), enrollment=Enrollment("portal", "ghcr.io", "acme/portal"))
    before = snapshot([Enrollment("entrance", "ghcr.io", "acme/portal")], bases=[known])

    assert settle(NOW, before).reasons == ["entrance: enrolled to be watched; it was portal"]
    assert settled(before).bases["entrance"].ledger == HISTORY


def test_two_images_that_had_the_same_name_are_both_in_the_archive() -> None:
    """The first one gets a name from its reference."""
    before = replace(
        snapshot([], [OTHER], [replace(base("tools", NODE), enrollment=None)]),
        archived_images={"portal": PORTAL},
        archived_bases={"tools": base("tools", BASE_REFERENCE, HISTORY)},
    )
    after = settled(before)

    names = {name: image.enrollment.repository for name, image in after.archived_images.items()}
    assert names == {"portal": "acme/entrance", "ghcr-io-acme-portal-latest": "acme/portal"}
    assert after.archived_images["ghcr-io-acme-portal-latest"].name == "ghcr-io-acme-portal-latest"
    assert sorted(after.archived_bases) == ["ghcr-io-acme-portal-latest", "tools"]
    assert after.archived_bases["tools"].image == NODE


def test_a_base_from_the_archive_whose_name_is_taken_gets_another() -> None:
    """Its history stays."""
    child = image("child", replace(dependency(BASE_REFERENCE), name="portal"))
    before = snapshot([OTHER.enrollment, child.enrollment], [OTHER, child])
    after = settled(replace(before, archived_bases={"portal": base("portal", BASE_REFERENCE, HISTORY)}))

    assert {name: each.ledger for name, each in after.bases.items()} == {"ghcr-io-acme-portal-latest": HISTORY}
    assert after.images["portal"].enrollment == OTHER.enrollment


def test_bases_that_had_the_same_name_are_all_in_the_archive() -> None:
    """The name of the first one came from its reference, and another archived one has a similar reference."""
    first, twin = ImageReference("ghcr.io", "a/b", "1"), ImageReference("ghcr.io", "a-b", "1")
    other, node = ImageReference("quay.io", "x/y", "1"), ImageReference("quay.io", "acme/node", "22")
    known = {"ghcr-io-a-b-1": base("ghcr-io-a-b-1", first, HISTORY), "tools": base("tools", twin, HISTORY)}
    known["node-22"] = base("node-22", NODE, HISTORY)
    gone = [base("ghcr-io-a-b-1", other), base("tools", NODE), base("node-22", node)]
    after = settled(replace(snapshot([], bases=gone), archived_bases=known))

    archived = after.archived_bases
    assert {name: archived[name].image for name in known} == {each.name: each.image for each in gone}
    assert {archived[name].image for name in archived.keys() - known.keys()} == {first, twin, NODE}
    assert all(archived[name].name == name for name in archived)


def test_images_that_had_the_same_name_are_all_in_the_archive() -> None:
    """Also where their references are similar, and where the name came from the reference."""
    paths = {"portal": "a/b", "shop": "a-b", "ghcr-io-acme-mail-latest": "acme/mail"}
    known = {name: at(path, image(name)) for name, path in paths.items()}
    after = settled(replace(snapshot([], [image(name) for name in known]), archived_images=known))

    archived = {name: state.enrollment.repository for name, state in after.archived_images.items()}
    assert {name: archived[name] for name in known} == {name: f"acme/{name}" for name in known}
    assert {archived[name] for name in archived.keys() - known.keys()} == set(paths.values())


def test_a_name_from_a_reference_that_something_else_has_in_the_archive_is_not_taken() -> None:
    """Whether it was archived before, or is archived at the same time."""
    slug, own, twin = "ghcr-io-a-b-latest", at("a/b", image("portal")), ImageReference("ghcr.io", "a-b", "latest")
    moved = ImageReference("ghcr.io", "a/b", "latest")
    taker = at("a-b", image(slug))
    for images, archived in (([image("portal")], {slug: taker}), ([image("portal"), taker], {})):
        after = settled(replace(snapshot([], images), archived_images={"portal": own, **archived}))
        assert {name: each.enrollment.repository for name, each in after.archived_images.items() if name != slug} == {
            "portal": "acme/portal",
            base_name(moved, {slug}): "a/b",
        }
        assert after.archived_images[slug].enrollment.repository == "a-b"
    for bases, known in (([base("tools", NODE)], [base(slug, twin)]), ([base("tools", NODE), base(slug, twin)], [])):
        kept = {"tools": base("tools", moved, HISTORY), **{each.name: each for each in known}}
        found = settled(replace(snapshot([], bases=bases), archived_bases=kept)).archived_bases
        assert {name: each.image for name, each in found.items()} == {
            "tools": NODE,
            slug: twin,
            base_name(moved, {slug}): moved,
        }


def test_bases_with_similar_references_that_make_way_get_different_names() -> None:
    """Neither history takes the place of the other."""
    first, twin = ImageReference("ghcr.io", "a/b", "1"), ImageReference("ghcr.io", "a-b", "1")
    known = {"tools": base("tools", first, HISTORY), "things": base("things", twin, HISTORY)}
    gone = [base("tools", NODE), base("things", replace(NODE, tag="20"))]
    after = settled(replace(snapshot([], bases=gone), archived_bases=known)).archived_bases

    assert {each.image for each in after.values()} == {first, twin, *(each.image for each in gone)}


def test_a_base_has_the_history_of_the_archived_image_of_its_name() -> None:
    """Of several with its reference."""
    child, slug = image("child", dependency(BASE_REFERENCE)), "ghcr-io-acme-portal-latest"
    archived = {
        "entrance": at("acme/portal", image("entrance")),
        slug: replace(at("acme/portal", image(slug)), ledger=HISTORY),
    }
    after = settled(replace(snapshot([child.enrollment], [child]), archived_images=archived))

    assert {name: each.ledger for name, each in after.bases.items()} == {slug: HISTORY}


def test_the_history_of_a_reference_that_is_left_again_replaces_the_older_one() -> None:
    """The archive has one base for a reference, whatever its name."""
    old = base("old", BASE_REFERENCE, Ledger())
    after = settled(replace(snapshot([OTHER.enrollment], [image("portal")]), archived_bases={"old": old}))

    assert {name: each.ledger for name, each in after.archived_bases.items()} == {"old": image("portal").ledger}


@pytest.mark.parametrize("enrolled", ["portal", "shop"])
def test_a_base_that_no_image_needs_is_archived(enrolled: str) -> None:
    """Other bases stay with the images that need them."""
    state = image(enrolled, dependency())
    golang = ImageReference("docker.io", "library/golang", "1")
    found = [base("node-22", NODE, HISTORY), base("golang-1", golang, HISTORY)]
    after = settled(snapshot([state.enrollment], [state], found))

    assert (set(after.bases), set(after.archived_bases)) == ({"node-22"}, {"golang-1"})


def test_no_base_is_archived_while_an_enrolled_image_cannot_be_read() -> None:
    """The image may need it; an unreadable file that no entry names has no such effect."""
    before = snapshot([PORTAL.enrollment], [], [base("node-22", NODE, HISTORY)])

    assert not settle(NOW, replace(before, unreadable=frozenset({"portal"}))).archived_bases
    other = replace(before, enrollments={}, unreadable=frozenset({"portal"}))
    assert set(settle(NOW, other).archived_bases) == {"node-22"}


@pytest.mark.parametrize("unreadable", ["unreadable", "unreadable_archive"])
def test_what_cannot_be_read_is_not_archived(unreadable: str) -> None:
    """Neither an image nor a base whose own file, or the one in the archive, would be overwritten."""
    before = snapshot([], [image("portal")], [base("node-22", NODE)])
    fields: dict[str, Any] = {unreadable: frozenset({"portal", "node-22"})}

    assert settle(NOW, replace(before, **fields)) == Changes()


def test_a_base_that_was_enrolled_belongs_to_the_file_of_its_entry() -> None:
    """While an image needs it, it is watched without the entry."""
    outside = Enrollment("node", "docker.io", "library/node", "22", file="images.d/a.yaml")
    watched = replace(base("node", NODE, HISTORY), enrollment=outside)
    after = settled(snapshot([PORTAL.enrollment], [PORTAL], [watched]))

    assert after.bases == {"node": replace(watched, enrollment=None, origin="images.d/a.yaml")}


def put_away(*images: ImageState, unreadable: set[str] | None = None) -> Changes:
    """The changes with these images enrolled, where only the state of `node` and `other` cannot be read."""
    leftovers = frozenset({"node", "other"})
    known = snapshot([each.enrollment for each in images], list(images), [base("node-22", NODE)])
    return settle(NOW, replace(known, unreadable=leftovers | (unreadable or set()), unclaimed=leftovers))


def test_an_unreadable_state_file_that_nothing_needs_is_put_away() -> None:
    """The message of the commit says so of each."""
    changes = put_away(image("portal", replace(dependency(), name="node-22")))

    assert changes.leftovers == {"node", "other"}
    assert changes.reasons == [
        f"{name}: enrolled no more; its state file, which cannot be read, is put away as it is"
        for name in ("node", "other")
    ]


def test_an_unreadable_state_file_stays_while_an_image_may_need_it() -> None:
    """An image names it as its base, or what an enrolled image needs cannot be read."""
    assert put_away(PORTAL).leftovers == {"other"}

    shop = image("shop").enrollment
    unread = replace(snapshot([shop]), unreadable=frozenset({"shop", "node"}), unclaimed=frozenset({"node"}))
    assert settle(NOW, unread) == Changes()


@pytest.mark.parametrize(
    ("state", "reason"),
    [
        ({}, "portal: enrolled"),
        ({"images": {"entrance": at("acme/portal", image("entrance"))}}, "portal: renamed from entrance"),
        ({"bases": {"old": base("old", BASE_REFERENCE)}}, "portal: enrolled; it was the base image old"),
        ({"archived_bases": {"old": base("old", BASE_REFERENCE)}}, "portal: enrolled; it was once the base image old"),
        ({"archived_images": {"portal": PORTAL}}, "portal: enrolled again"),
        (
            {"archived_images": {"entrance": at("acme/portal", image("entrance"))}},
            "portal: enrolled again; it was entrance",
        ),
    ],
    ids=["new", "renamed", "base", "archived base", "archived", "archived with another name"],
)
def test_a_commit_says_what_an_enrolled_image_was(state: dict[str, Any], reason: str) -> None:
    """Where anything was known of its reference."""
    assert settle(NOW, replace(snapshot([PORTAL.enrollment]), **state)).reasons == [reason]


def test_of_two_archived_images_the_one_with_the_name_is_enrolled_again() -> None:
    """The other one stays in the archive."""
    known = replace(image("portal"), ledger=HISTORY)
    archived = {"entrance": at("acme/portal", image("entrance")), "portal": known}
    after = settled(replace(snapshot([PORTAL.enrollment]), archived_images=archived))

    assert (after.images["portal"].ledger, set(after.archived_images)) == (HISTORY, {"entrance"})
    watched = settled(replace(snapshot([replace(PORTAL.enrollment, source=None)]), archived_images=archived))
    assert watched.bases["portal"].ledger == HISTORY


def test_the_history_of_the_base_counts_and_an_older_one_stays_in_the_archive() -> None:
    """Both are of the reference that is enrolled now."""
    old = base("old", BASE_REFERENCE, ledger(("z", timedelta(0))))
    before = snapshot([PORTAL.enrollment], bases=[base("entrance", BASE_REFERENCE, HISTORY)])
    after = settled(replace(before, archived_bases={"old": old}))

    assert (after.images["portal"].ledger, after.archived_bases) == (HISTORY, {"old": old})
