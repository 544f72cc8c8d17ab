"""What is removed from the state, and the reasons of the commit."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from catalog.image import Conclusion, Evidence, Failure
from provider.domain.dockerfile import DockerfileWarning, Unresolved
from provider.domain.ledger import BuiltOn, Ledger
from provider.domain.retention.pruning import Retention, expire
from provider.domain.snapshot import Origins, Snapshot
from provider.domain.state import CauseState, ImageState, RebuildStage, RebuildState, UnconfirmedName
from tests.provider.domain.retention.retention_samples import NOW, ended, on
from tests.provider.domain.samples import DAY, NODE, START, base, dependency, digest, image, ledger

MONTH = Retention(history=30 * DAY)
LONG = ledger(*((f"n{number}", number * DAY) for number in range(40)))
BUILT_ON = replace(dependency(built_on="n35"), name="node")


def snapshot(*records: RebuildState, **others: Any) -> Snapshot:
    """An image with these rebuilds, built from a base with a long history."""
    state = replace(image("portal", BUILT_ON), rebuilds=tuple(records))
    return replace(Snapshot("1", {}, {"portal": state}, {"node": base("node", NODE, LONG)}), **others)


def cause(letter: str) -> CauseState:
    """The base has moved to this digest."""
    return CauseState("node", "node:22", digest(letter), None, START, START)


def test_without_retention_nothing_is_removed() -> None:
    """That is the default."""
    archived = replace(image("gone"), archived_at=START)

    assert not expire(NOW, snapshot(ended(1, 0), ended(2, 1), archived_images={"gone": archived}), Retention())


def test_old_digests_are_removed_with_a_reason() -> None:
    """Those that ended within the month stay."""
    changes = expire(NOW, snapshot(), MONTH)

    after = changes.bases["node"]
    assert after is not None
    assert after.ledger.observations == LONG.observations[29:]
    assert changes.images == {}
    assert changes.reasons == ["node: 29 old digests removed from the history"]


def test_old_rebuilds_are_removed_unless_a_decision_needs_them() -> None:
    """The last one, one whose result is in a history, one whose causes can come again, and one that has not ended."""
    old, failed = ended(1, 0), ended(2, 1, causes=(cause("n38"),), conclusion=Conclusion.FAILURE)
    gone, made = ended(3, 2, causes=(cause("n1"),)), ended(4, 3, result=digest("own"))
    recent, last = ended(5, 40), ended(6, 41)
    changes = expire(NOW, snapshot(old, failed, gone, made, recent, last), MONTH)

    after = changes.images["portal"]
    assert after is not None
    assert changes.errors == {}
    assert [record.id for record in after.rebuilds] == ["r-2", "r-4", "r-5", "r-6"]
    assert "portal: 2 old rebuilds removed from the history" in changes.reasons


def test_an_image_that_is_being_rebuilt_keeps_its_rebuild() -> None:
    """However long that takes."""
    running = replace(ended(1, 0), settled=False, completed_at=None, stage=RebuildStage.DISPATCHED, conclusion=None)

    changes = expire(NOW, snapshot(running), MONTH)

    assert ("portal" in changes.images, changes.errors) == (False, {})


def test_the_newest_rebuild_with_a_result_stays() -> None:
    """People see what was built last, also where the tag points to another digest."""
    first, second = (ended(number, number, result=digest(f"elsewhere {number}")) for number in (1, 2))
    changes = expire(NOW, snapshot(first, second, ended(3, 3), ended(4, 4)), MONTH)

    after = changes.images["portal"]
    assert after is not None
    assert [record.id for record in after.rebuilds] == ["r-2", "r-4"]


def test_a_rebuild_is_as_old_as_its_end() -> None:
    """One that nothing ended is as old as its request; what is exactly a month old stays."""
    long = replace(ended(1, 1), completed_at=on(45))
    never = [replace(ended(2, 29), completed_at=None), replace(ended(3, 30), completed_at=None)]
    changes = expire(NOW, snapshot(long, *never, ended(4, 29), ended(5, 30), ended(6, 31)), MONTH)

    after = changes.images["portal"]
    assert after is not None
    assert [record.id for record in after.rebuilds] == ["r-1", "r-3", "r-5", "r-6"]


def test_what_a_dockerfile_pins_stays_with_all_that_is_newer() -> None:
    """A pin names the digest that is in use."""
    pinned = replace(dependency(replace(NODE, digest=digest("n5")), built_on="n35"), name="node")
    changes = expire(NOW, snapshot(images={"portal": image("portal", pinned)}), MONTH)

    assert changes.reasons == ["node: 5 old digests removed from the history"]


def test_what_was_there_before_a_digest_that_the_image_does_not_contain_stays() -> None:
    """Since then the image is behind, for a digest that was passed to the build and for one that is pinned."""
    wrong = replace(BUILT_ON, evidence=Evidence.MISMATCH)
    pinned = replace(wrong, built_on=BuiltOn(digest("n38"), START), image=replace(NODE, digest=digest("n20")))
    for use, kept in ((replace(wrong, built_on=BuiltOn(digest("n20"), START)), 19), (pinned, 19)):
        made = snapshot(images={"portal": image("portal", use)})
        after = expire(NOW, made, MONTH).bases["node"]
        assert after is not None
        assert after.ledger.observations == LONG.observations[kept:]


def test_a_pinned_digest_that_the_tag_never_had_counts_from_the_time_of_what_the_image_is_built_from() -> None:
    """All that the tag had since then is newer for the image."""
    pinned = replace(
        BUILT_ON, built_on=BuiltOn(digest("n35"), START + 10 * DAY), image=replace(NODE, digest=digest("x"))
    )
    after = expire(NOW, snapshot(images={"portal": image("portal", pinned)}), MONTH).bases["node"]
    assert after is not None
    assert after.ledger.observations == LONG.observations[10:]


def test_the_history_of_an_image_is_pruned_like_that_of_a_base() -> None:
    """With its rebuilds, in one reason."""
    state = replace(image("portal"), ledger=LONG, rebuilds=(ended(1, 0), ended(2, 1)))
    changes = expire(START + 32 * DAY, snapshot(images={"portal": state}, bases={}), MONTH)

    after = changes.images["portal"]
    assert after is not None
    assert (after.ledger.observations, after.rebuilds) == (LONG.observations[1:], (ended(2, 1),))
    assert changes.reasons == ["portal: 1 old digest and 1 old rebuild removed from the history"]


@pytest.mark.parametrize("unreadable", [frozenset({"other"}), frozenset({"portal"})])
def test_nothing_is_removed_while_a_state_file_cannot_be_read(unreadable: frozenset[str]) -> None:
    """What that image is built from is not known."""
    assert not expire(NOW, snapshot(unreadable=unreadable), MONTH)


def test_a_base_stays_whole_until_it_is_known_what_is_built_from_it() -> None:
    """That is learned by comparing with the history."""
    unknown = replace(image("portal", replace(BUILT_ON, built_on=None)))

    assert not expire(NOW, snapshot(images={"portal": unknown}), MONTH)


def test_of_an_old_archive_only_the_claim_stays() -> None:
    """The name, the image and the file keep entries of other files away for ever."""
    told: Any = {
        "unresolved": (Unresolved("V", 1),),
        "warnings": (DockerfileWarning(1, "a template"),),
        "unconfirmed": (UnconfirmedName("src", 1),),
        "error": Failure(START, "gone"),
    }
    gone = replace(image("gone", BUILT_ON), rebuilds=(ended(1, 0),), archived_at=on(1), **told)
    old = replace(base("node-20", replace(NODE, tag="20"), LONG), origin="images.d/team.yaml", archived_at=on(1))
    fresh = replace(image("fresh"), archived_at=NOW - DAY)
    before = snapshot(archived_images={"gone": gone, "fresh": fresh}, archived_bases={"node-20": old})
    changes = expire(NOW, before, Retention(archive=30 * DAY))
    after = changes.apply(before)

    claim = ImageState(gone.enrollment, START, discovery=gone.discovery, archived_at=on(1))
    assert after.archived_images["gone"] == claim
    assert after.archived_images["fresh"] == fresh
    assert after.archived_bases["node-20"].ledger == Ledger()
    assert changes.reasons == [f"{name}: its history is removed from the archive" for name in ("gone", "node-20")]
    known = Origins.of(before.archived_images.values(), before.archived_bases.values())
    assert Origins.of(after.archived_images.values(), after.archived_bases.values()) == known


def test_what_was_archived_at_an_unknown_time_counts_from_now() -> None:
    """Archives of earlier versions do not say when."""
    retention = Retention(archive=30 * DAY)
    before = snapshot(archived_images={"gone": image("gone")}, archived_bases={"node-20": base("node-20", NODE, LONG)})
    after = expire(NOW, before, retention).apply(before)

    assert after.archived_images["gone"] == replace(image("gone"), archived_at=NOW)
    assert after.archived_bases["node-20"].archived_at == NOW
    assert not expire(NOW + 30 * DAY, after, retention)
    assert expire(NOW + 30 * DAY + timedelta(seconds=1), after, retention)


def test_a_history_that_cannot_be_read_keeps_the_rebuilds_of_all(caplog: pytest.LogCaptureFixture) -> None:
    """Which of them a decision needs is not known; digests of the others are removed. The log names the history."""
    odd: Any = "no ledger"
    bases = {"unread": base("unread", replace(NODE, tag="20"), odd), "node": base("node", NODE, LONG)}
    changes = expire(NOW, snapshot(ended(1, 0), ended(2, 1), bases=bases), MONTH)

    assert changes.errors == {"unread": "internal error: AttributeError; see the log"}
    assert (set(changes.bases), dict(changes.images)) == ({"node"}, {})
    assert [entry.getMessage().partition(":")[0] for entry in caplog.records] == ["unread"]


def test_rebuilds_that_cannot_be_read_stop_no_other_image(caplog: pytest.LogCaptureFixture) -> None:
    """The image stays as it is, with an error; the log names it."""
    odd: Any = "soon"
    records = (replace(ended(1, 0), completed_at=odd), ended(2, 1))
    images = {"strange": replace(image("strange"), rebuilds=records), **snapshot(ended(1, 0), ended(2, 1)).images}
    changes = expire(NOW, snapshot(images=images), MONTH)

    assert changes.errors == {"strange": "internal error: TypeError; see the log"}
    assert changes.images.keys() == {"portal"}
    assert [entry.getMessage().partition(":")[0] for entry in caplog.records] == ["strange"]


def test_nothing_is_removed_while_dependencies_cannot_be_read(caplog: pytest.LogCaptureFixture) -> None:
    """What those images need is not known; each has an error, and the log names each."""
    odd: Any = None
    lost = {name: replace(image(name), dependencies=odd) for name in ("lost-1", "lost-2")}
    changes = expire(NOW, snapshot(images={**lost, **snapshot(ended(1, 0), ended(2, 1)).images}), MONTH)

    assert changes.errors == dict.fromkeys(lost, "internal error: TypeError; see the log")
    assert (changes.bases, changes.images) == ({}, {})
    assert [entry.getMessage().partition(":")[0] for entry in caplog.records] == list(lost)


def test_the_log_names_what_cannot_be_read_in_the_archive(caplog: pytest.LogCaptureFixture) -> None:
    """The archive of the others is emptied."""
    odd: Any = "long ago"
    fine = replace(image("gone", BUILT_ON), archived_at=START)
    before = snapshot(
        archived_images={"vague": replace(image("vague"), archived_at=odd), "gone": fine},
        archived_bases={"vague-20": replace(base("vague-20", NODE, LONG), archived_at=odd)},
    )
    changes = expire(NOW, before, Retention(archive=30 * DAY))

    assert changes.archived_images.keys() == {"gone"}
    assert [entry.getMessage().partition(":")[0] for entry in caplog.records] == ["vague", "vague-20"]
