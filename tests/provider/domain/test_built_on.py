"""Tests of learning what an image is built from where no rebuild of ours recorded it."""

from dataclasses import replace
from datetime import timedelta

import pytest

from catalog.image import DependencyRole, Evidence
from catalog.reference import ImageReference
from provider.domain.built_on import Clues, learn_built_on
from provider.domain.ledger import BuiltOn, Ledger
from provider.domain.snapshot import Snapshot
from provider.domain.state import ImageState
from tests.provider.domain.samples import DAY, NODE, START, base, dependency, digest, image, ledger

SEEN = ledger(("a", timedelta(0)), ("b", DAY), platforms={"a": {"linux/amd64": "child"}})
OWN = digest("own")


def learned(portal: ImageState, known: Ledger = SEEN, clues: Clues | None = None) -> ImageState | None:
    """The image after learning; None where nothing was learned."""
    snapshot = Snapshot("1", {}, {"portal": portal}, {"node": base("node", NODE, known)})
    return learn_built_on(START + 2 * DAY, snapshot, {"portal": clues or Clues(OWN)}).images.get("portal")


def test_the_label_of_the_image_names_its_base() -> None:
    """The digest of the label counts before the layers, also when the base has changed since."""
    after = learned(image("portal", dependency(built_on=None)), clues=Clues(OWN, digest("a"), {"node": digest("b")}))

    assert after
    assert after.dependencies[0].built_on == BuiltOn(digest("a"), START + 2 * DAY)
    assert after.dependencies[0].evidence is Evidence.LABEL


def test_a_label_of_a_child_means_its_index() -> None:
    """Build tools write the digest of the platform's image; the tag pointed to the index."""
    after = learned(image("portal", dependency(built_on=None)), clues=Clues(OWN, digest("child")))

    assert after
    assert after.dependencies[0].built_on == BuiltOn(digest("a"), START + 2 * DAY)


@pytest.mark.parametrize("role", [DependencyRole.STAGE, DependencyRole.UNUSED, DependencyRole.SYNTAX])
def test_a_label_of_an_unseen_digest_is_about_the_only_final_base(role: DependencyRole) -> None:
    """Whatever else the build needs: the tag may have pointed there between two checks."""
    other = dependency(ImageReference("docker.io", "library/golang", "1"), None, role=role)
    after = learned(image("portal", other, dependency(built_on=None)), clues=Clues(OWN, digest("unseen")))

    assert after
    assert after.dependencies[1].built_on == BuiltOn(digest("unseen"), START + 2 * DAY)
    assert after.dependencies[1].evidence is Evidence.LABEL


def test_a_label_says_nothing_about_another_final_base() -> None:
    """One image may have several: of several Dockerfiles, platforms, or by hand. The label names one of them."""
    go = ImageReference("docker.io", "library/golang", "1")
    for label, evidence in (("a", Evidence.LABEL), ("child", Evidence.LABEL), ("unseen", Evidence.ASSUMED)):
        portal = image("portal", dependency(built_on=None), dependency(go, built_on=None))
        bases = {"node": base("node", NODE, SEEN), "golang": base("golang", go, ledger(("g", DAY)))}
        snapshot = Snapshot("1", {}, {"portal": portal}, bases)
        after = learn_built_on(START + 2 * DAY, snapshot, {"portal": Clues(OWN, digest(label))}).images["portal"]
        assert after
        assert [edge.evidence for edge in after.dependencies] == [evidence, Evidence.ASSUMED]


def test_the_lowest_layers_show_the_base() -> None:
    """The image is built from the matching digest, also when the base has changed since."""
    after = learned(image("portal", dependency(built_on=None)), clues=Clues(OWN, layers={"node": digest("a")}))

    assert after
    assert after.dependencies[0].built_on == BuiltOn(digest("a"), START + 2 * DAY)
    assert after.dependencies[0].evidence is Evidence.LAYERS


def test_without_clues_the_current_digest_is_assumed() -> None:
    """The evidence is unknown; a helper stage has no label."""
    stage = dependency(built_on=None, role=DependencyRole.STAGE)
    for after in (
        learned(image("portal", dependency(built_on=None))),
        learned(image("portal", stage), clues=Clues(OWN, digest("a"))),
    ):
        assert after
        assert after.dependencies[0].built_on == BuiltOn(digest("b"), START + 2 * DAY)
        assert after.dependencies[0].evidence is Evidence.ASSUMED


def test_clues_of_an_earlier_image_are_ignored() -> None:
    """The image has changed since it was read, so the next round reads it again."""
    portal = image("portal", dependency(built_on=None))

    assert learned(portal, clues=Clues(digest("earlier"), digest("a"))) is None
    assert learned(portal, clues=Clues(OWN, digest("a")))


@pytest.mark.parametrize(
    ("clues", "shown", "evidence"),
    [
        (Clues(OWN), "p", Evidence.ASSUMED),
        (Clues(OWN, digest("a child of the pinned index")), "p", Evidence.ASSUMED),
        (Clues(OWN, digest("p")), "p", Evidence.LABEL),
        (Clues(OWN, digest("a")), "a", Evidence.LABEL),
        (Clues(OWN, layers={"node": digest("a")}), "a", Evidence.LAYERS),
        (Clues(OWN, pins={"node": True}), "p", Evidence.LAYERS),
        (Clues(OWN, pins={"node": False}), "p", Evidence.MISMATCH),
    ],
)
def test_a_pinned_final_base_is_learned_from_the_image_else_from_its_pin(
    clues: Clues, shown: str, evidence: Evidence
) -> None:
    """The pin may have been changed after the image was built."""
    after = learned(image("portal", dependency(replace(NODE, digest=digest("p")), built_on=None)), clues=clues)

    assert after
    (edge,) = after.dependencies
    assert edge.built_on
    assert (edge.built_on.digest, edge.evidence) == (digest(shown), evidence)


def test_a_pinned_base_of_a_stage_or_without_a_tag_stays_as_it_is() -> None:
    """Nothing of the image shows it."""
    pin = replace(NODE, digest=digest("p"))
    others = [dependency(pin, None, role=DependencyRole.STAGE), dependency(replace(pin, tag=None), None)]
    after = learned(image("portal", dependency(built_on=None), *others))

    assert after
    assert list(after.dependencies[1:]) == others


def test_nothing_is_learned_where_nothing_is_missing_or_known() -> None:
    """A digest that we passed stays, and a base that was never seen gives none."""
    assert learned(image("portal", dependency(built_on="x")), clues=Clues(OWN, digest("a"))) is None
    assert learned(image("portal", dependency(built_on=None)), Ledger()) is None


def test_an_image_that_was_never_seen_tells_nothing_of_itself() -> None:
    """The present digest of its base is assumed; what an earlier image showed is not taken for it."""
    unseen = replace(image("portal", dependency(built_on=None)), ledger=Ledger())

    assert learned(unseen, clues=Clues(OWN, digest("a"))) is None
    assert learned(unseen, clues=Clues(None))


def test_each_image_is_learned_with_a_reason_though_another_waits() -> None:
    """The reason names the image and what it is taken to be built from."""
    images = {name: image(name, dependency(built_on=None)) for name in ("portal", "shop")}
    snapshot = Snapshot("1", {}, images, {"node": base("node", NODE, SEEN)})
    changes = learn_built_on(START + 2 * DAY, snapshot, {"shop": Clues(OWN)})

    assert set(changes.images) == {"shop"}
    assert [reason.partition(": ")[0] for reason in changes.reasons] == ["shop"]
    assert digest("b") in changes.reasons[0]


def test_each_missing_digest_of_an_image_is_learned() -> None:
    """Also behind one that is known; the reason has all that were learned, with their evidence."""
    go = ImageReference("docker.io", "library/golang", "1")
    alpine = ImageReference("docker.io", "library/alpine", "3")
    edges = (dependency(), dependency(go, None, role=DependencyRole.STAGE), dependency(alpine, None))
    bases = {each.repository.removeprefix("library/"): each for each in (NODE, go, alpine)}
    known = {name: base(name, each, ledger((name, DAY))) for name, each in bases.items()}
    snapshot = Snapshot("1", {}, {"portal": image("portal", *edges)}, known)
    changes = learn_built_on(START + 2 * DAY, snapshot, {"portal": Clues(OWN, layers={"alpine": digest("old")})})

    after = changes.images["portal"]
    assert after
    assert [edge.built_on and edge.built_on.digest for edge in after.dependencies] == [
        digest("a"),
        digest("golang"),
        digest("old"),
    ]
    assert changes.reasons == [
        f"portal: taken to be built from golang:1 at {digest('golang')} (assumed), alpine:3 at {digest('old')} (layers)"
    ]


def test_an_image_for_which_learning_fails_does_not_stop_the_others(caplog: pytest.LogCaptureFixture) -> None:
    """It is named in the log, and its error is shown once something was to be learned."""
    portal = image("portal", dependency(built_on=None))
    broken = replace(portal, dependencies=None)  # type: ignore[arg-type]  # what no state has
    images = {"broken": broken, **{name: image(name, *portal.dependencies) for name in ("mall", "shop")}}
    snapshot = Snapshot("1", {}, images, {"node": base("node", NODE, SEEN)})
    clues = {"mall": Clues(OWN, layers=None), "shop": Clues(OWN)}  # type: ignore[arg-type]  # what no clues have
    changes = learn_built_on(START + 2 * DAY, snapshot, clues)

    assert set(changes.images) == {"shop"}
    assert changes.errors == {"mall": "internal error: AttributeError; see the log"}
    assert [record.getMessage().partition(":")[0] for record in caplog.records] == ["broken", "mall"]
