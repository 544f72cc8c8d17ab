"""Tests of what each digest of an image was built from."""

from dataclasses import replace
from datetime import timedelta

from catalog.reference import Digest, ImageReference
from provider.domain.digest_origins import origins_of
from provider.domain.state import CauseState, ImageState, RebuildStage, RebuildState, Target
from tests.provider.domain.samples import DAY, NODE, START, dependency, digest, image, ledger
from tests.provider.services.world import MINUTE, due

ALPINE = ImageReference("docker.io", "library/alpine", "3")


def found(state: ImageState) -> dict[Digest, set[Digest]]:
    """The origins as sets."""
    return {origin.digest: set(origin.built_from) for origin in origins_of(state)}


def record(after: timedelta, result: str | None, *, before: str = "a", now: str = "b") -> RebuildState:
    """A rebuild because node moved; alpine keeps its digest."""
    cause = CauseState("node", "node:22", digest(now), digest(before), START, START)
    targets = (
        Target("node", "node:22", NODE, digest(now), cause=True),
        Target("alpine", "alpine:3", ALPINE, digest("x"), cause=False),
    )
    made = RebuildState("r", "key", START + after, START, (cause,), targets, "because")
    return replace(made, stage=RebuildStage.COMPLETED, settled=True, result=digest(result) if result else None)


def test_the_current_digest_has_what_the_image_is_built_from() -> None:
    """A reference that is pinned in the Dockerfile names its digest itself; an unknown one is left out."""
    pinned = dependency(replace(ALPINE, digest=digest("p")), None)
    state = image("portal", dependency(built_on="a"), pinned, dependency(ALPINE, None))

    assert found(state) == {digest("own"): {digest("a"), digest("p")}}


def test_the_result_of_a_rebuild_keeps_what_was_passed_when_later_rebuilds_follow() -> None:
    """Each digest has its own origins, also the one before the first rebuild."""
    state = image("portal", dependency(built_on="c"), dependency(ALPINE, "x"))
    seen = ledger(("own", timedelta(0)), ("second", 2 * DAY), ("third", 4 * DAY))
    rebuilds = (record(DAY, "second"), record(3 * DAY, "third", before="b", now="c"))

    assert found(replace(state, ledger=seen, rebuilds=rebuilds)) == {
        digest("own"): {digest("a"), digest("x")},
        digest("second"): {digest("b"), digest("x")},
        digest("third"): {digest("c"), digest("x")},
    }


def test_a_failed_rebuild_shows_what_the_digest_before_was_built_from() -> None:
    """The digest that it should have replaced is still the current one."""
    state = replace(image("portal", dependency(built_on="a"), dependency(ALPINE, "x")), rebuilds=(record(DAY, None),))

    assert found(state) == {digest("own"): {digest("a"), digest("x")}}


def test_failed_rebuilds_together_show_what_the_digest_before_was_built_from() -> None:
    """One of them may have been given fewer digests; the digest counts that was current when they were decided."""
    whole, fewer = record(DAY, None), record(2 * DAY, None)
    fewer = replace(fewer, targets=fewer.targets[:1])
    state = image("portal", dependency(built_on=None), dependency(ALPINE, None))
    moved = ledger(("own", timedelta(0)), ("decided", DAY), ("later", 3 * DAY))

    assert found(replace(state, ledger=moved, rebuilds=(whole, fewer))) == {
        digest("decided"): {digest("a"), digest("x")}
    }
    assert found(replace(state, rebuilds=(whole, fewer))) == {digest("own"): {digest("a"), digest("x")}}


def test_a_digest_that_two_rebuilds_made_has_what_was_passed_to_both() -> None:
    """A build that is reproducible gives the same digest for different bases that it takes the same from."""
    made = (record(DAY, "same"), record(2 * DAY, "same", before="b", now="c"))
    state = replace(image("portal"), ledger=ledger(("own", timedelta(0)), ("same", 2 * DAY)), rebuilds=made)

    assert found(state)[digest("same")] == {digest("b"), digest("c"), digest("x")}


def test_the_current_digest_keeps_what_was_passed_for_a_base_that_is_no_longer_named() -> None:
    """The file has changed since, the image has not."""
    seen = ledger(("own", timedelta(0)), ("made", 2 * DAY))
    state = replace(image("portal", dependency(built_on="b")), ledger=seen, rebuilds=(record(DAY, "made"),))

    assert found(state)[digest("made")] == {digest("b"), digest("x")}


def test_a_rebuild_of_an_image_that_was_never_seen_shows_its_result_alone() -> None:
    """There was no digest before it."""
    state = replace(image("portal", dependency()), ledger=ledger(), rebuilds=(record(DAY, "made"),))

    assert found(state) == {digest("made"): {digest("b"), digest("x")}}


def test_an_image_without_known_digests_has_no_origins() -> None:
    """Nothing is invented: not for an unknown base, and not for an image that was never seen."""
    assert found(image("portal", dependency(built_on=None))) == {}
    assert found(replace(image("portal", dependency()), ledger=ledger())) == {}


def test_a_new_digest_of_a_running_rebuild_is_not_taken_for_the_old_one() -> None:
    """Until its result is settled, what the image is built from describes the digest before."""
    running = replace(record(DAY, None), stage=RebuildStage.DISPATCHED, settled=False)
    seen = ledger(("own", timedelta(0)), ("second", 2 * DAY))
    state = replace(image("portal", dependency(), dependency(ALPINE, "x")), ledger=seen, rebuilds=(running,))

    assert found(state) == {digest("own"): {digest("a"), digest("x")}}


def test_the_read_model_has_the_origins_of_a_real_rebuild() -> None:
    """The result of the rebuild was built from the new digest of its base; the digest before from the old one."""
    company = due()
    company.round.run()
    made = company.finish()
    company.after(MINUTE)
    shown = company.index.images["portal"]
    (edge,) = shown.dependencies
    base = company.index.images[edge.name]

    assert {origin.digest: origin.built_from for origin in shown.origins} == {
        shown.updates[0].digest: (base.updates[0].digest,),
        made: (base.updates[1].digest,),
    }
