"""The status of an image and its reason, for each case of `docs/statuses.md`."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from catalog.image import Conclusion, DependencyRole, DiscoveryStatus, Evidence, Failure, Status
from catalog.reference import ImageReference
from provider.domain.asking.asked import Hold, Skip
from provider.domain.build_request import BASE_IMAGES
from provider.domain.dockerfile.findings import DockerfileWarning, Unresolved
from provider.domain.enrollment import RebuildOn
from provider.domain.ledger import BuiltOn, Ledger
from provider.domain.plan import BuildCaps, RunningPlan, plan
from provider.domain.planning.topology import Topology
from provider.domain.planning.world import World
from provider.domain.policy.rules import NO_POLICY
from provider.domain.rebuild import Wait
from provider.domain.state import BaseState, DependencyState, ImageState, RebuildStage, RebuildState, UnconfirmedName
from provider.domain.status import ImageStatus, mismatch, waiting_for_a_cap
from tests.provider.domain.samples import DAY, HOUR, NODE, START, WINDOW, base, dependency, digest, image, ledger

STILL = ledger(("a", timedelta(0)))
MOVED = ledger(("a", timedelta(0)), ("b", HOUR))
WEEK = 7 * DAY
GOLANG = ImageReference("docker.io", "library/golang", "1")
OLD_PIN = replace(NODE, digest=digest("a"))
NO_TAG = (
    f"node@{digest('a')} is pinned without a tag, so whether it is the latest is not known; "
    "write the tag before the digest"
)
CAPS = BuildCaps(window=WINDOW)
Others = Mapping[str, BaseState]
NO_OTHERS: Others = {}


def statuses(
    *images: ImageState,
    node: Ledger = STILL,
    after: timedelta = DAY,
    caps: BuildCaps = CAPS,
    others: Others = NO_OTHERS,
) -> dict[str, ImageStatus]:
    """The statuses of these images, with node:22 as a base."""
    found = {each.name: each for each in images}
    bases = {"node": base("node", NODE, node), **others}
    return dict(plan(START + after, World(found, bases, Topology.of(found, NO_POLICY)), caps).statuses)


def status(state: ImageState, node: Ledger = STILL, after: timedelta = DAY, others: Others = NO_OTHERS) -> ImageStatus:
    """The status of one image."""
    return statuses(state, node=node, after=after, others=others)[state.name]


def on(parent: ImageState, name: str = "child", built_on: str = "own", **others: Any) -> ImageState:
    """An image that is built from a managed image."""
    edge = replace(dependency(parent.enrollment.reference, built_on, **others), name=parent.name)
    return image(name, edge)


@pytest.mark.parametrize("evidence", [Evidence.PASSED, Evidence.VERIFIED, Evidence.LABEL, Evidence.LAYERS])
def test_an_image_with_known_evidence_for_each_base_is_up_to_date(evidence: Evidence) -> None:
    """The digest that the tag points to is the one that it was built from."""
    found = status(image("portal", dependency(evidence=evidence)))

    assert (found.status, found.reason) == (
        Status.UP_TO_DATE,
        "built on the latest eligible digest of every base image",
    )
    assert found.until is None


def test_an_image_that_names_nothing_from_outside_is_up_to_date() -> None:
    """`FROM scratch` alone, and a syntax image, need no rebuild."""
    assert status(image("portal")).status is Status.UP_TO_DATE
    syntax = image("portal", dependency(role=DependencyRole.SYNTAX, built_on=None))
    unused = image("portal", dependency(role=DependencyRole.UNUSED, built_on=None))
    for found in map(status, (syntax, unused)):
        assert (found.status, found.reason) == (Status.UP_TO_DATE, "its Dockerfile names no image from outside")


def test_a_digest_that_is_the_same_for_the_platforms_is_no_newer_one() -> None:
    """An index that changed for other platforms leaves the image up to date."""
    children = {"a": {"linux/amd64": "1", "linux/arm64": "2"}, "b": {"linux/amd64": "1", "linux/arm64": "3"}}
    seen = ledger(("a", timedelta(0)), ("b", HOUR), platforms=children)

    assert status(image("portal", dependency(platforms=("linux/amd64",))), seen).status is Status.UP_TO_DATE
    assert status(image("portal", dependency(platforms=("linux/arm64",))), seen).status is Status.WAITING
    assert status(image("portal", dependency()), seen).status is Status.WAITING


@pytest.mark.parametrize(
    "missing", [(Unresolved("BASE", 2),), (Unresolved("BASE", 2), Unresolved("P", 9)), (Unresolved("BASE", 2, "hint"),)]
)
@pytest.mark.parametrize("known", [(), (dependency(),)])
def test_an_unresolved_argument_makes_the_status_unknown(
    missing: tuple[Unresolved, ...], known: tuple[DependencyState, ...]
) -> None:
    """The argument and its line are named, also beside a base that is proven."""
    found = status(replace(image("portal", *known), unresolved=missing, discovery=DiscoveryStatus.SUCCESS))

    assert found.status is Status.UNKNOWN
    assert found.reason == "BASE (line 2) has no value, so the image that it names is not watched"


def test_a_name_that_no_registry_had_makes_the_status_unknown() -> None:
    """Before the first check it is an ordinary dependency; afterwards a person has to say what it is."""
    name = UnconfirmedName("src", 3, absent=True)
    assert status(replace(image("portal", dependency()), unconfirmed=(name,))).reason == name.question
    assert status(replace(image("portal", dependency()), unconfirmed=(name,))).status is Status.UNKNOWN
    asked = replace(image("portal", dependency()), unconfirmed=(replace(name, absent=False),))
    assert status(asked).status is Status.UP_TO_DATE


def test_a_warning_alone_makes_the_status_unknown() -> None:
    """Nothing but the warning is known of the image."""
    found = status(replace(image("portal"), warnings=(DockerfileWarning(3, "matrix", "docker-bake.hcl"),)))
    assert (found.status, found.reason) == (Status.UNKNOWN, "docker-bake.hcl line 3 is not understood: matrix")


def test_a_warning_about_a_line_does_not_change_the_status() -> None:
    """The line names no image."""
    portal = replace(image("portal", dependency()), warnings=(DockerfileWarning(3, "not understood"),))

    assert status(portal).status is Status.UP_TO_DATE


def test_a_base_that_cannot_be_read_makes_the_status_unknown() -> None:
    """The base and the registry's answer are named; also where it was read before, and where it is pinned."""
    error = Failure(START, "docker.io/library/node:22: not found (404)")
    unreadable = replace(base("node", NODE, STILL), error=error)
    never = replace(base("node", NODE), error=error)
    for node in (unreadable, never):
        for edge in (dependency(), dependency(built_on=None), dependency(OLD_PIN, None)):
            found = status(image("portal", edge), others={"node": node})
            assert found.status is Status.UNKNOWN
            assert found.reason.startswith("node:22")
            assert "cannot be checked: docker.io/library/node:22: not found (404)" in found.reason


@pytest.mark.parametrize(
    ("portal", "node", "reason"),
    [
        (image("portal", dependency(built_on=None)), Ledger(), "node:22 has not been checked yet"),
        (image("portal", dependency(OLD_PIN, None)), Ledger(), f"node:22@{digest('a')} has not been checked yet"),
        (
            image("portal", dependency(built_on=None)),
            STILL,
            "which digest of node:22 it was built from has not been read yet",
        ),
        (
            image("portal", dependency()),
            MOVED.without(digest("b")),
            "the digest that node:22 points to no longer exists in the registry",
        ),
        (
            image("portal", dependency()),
            STILL.observe_unread(START + HOUR, digest("b")).without(digest("b")),
            "the digest that node:22 points to no longer exists in the registry",
        ),
        (replace(image("portal", dependency()), ledger=Ledger()), STILL, "not checked yet"),
        (
            replace(image("portal", dependency()), discovery=DiscoveryStatus.PENDING),
            STILL,
            "its Dockerfile has not been read yet",
        ),
        (
            image("portal", dependency(replace(OLD_PIN, tag=None), None)),
            STILL,
            NO_TAG,
        ),
    ],
)
def test_what_is_not_known_is_unknown_with_its_reason(portal: ImageState, node: Ledger, reason: str) -> None:
    """Nothing that is missing counts as good."""
    found = status(portal, node)

    assert (found.status, found.reason) == (Status.UNKNOWN, reason)


@pytest.mark.parametrize("role", [DependencyRole.SYNTAX, DependencyRole.UNUSED])
def test_what_the_build_never_pulls_hides_no_proof(role: DependencyRole) -> None:
    """A syntax image or an unused stage that cannot be read does not matter."""
    portal = image("portal", dependency(), dependency(GOLANG, None, role=role))

    assert status(portal).status is Status.UP_TO_DATE


def test_a_stage_does_not_matter_where_only_the_final_image_causes_rebuilds() -> None:
    """The enrollment says `rebuildOn: final`."""
    stage = dependency(GOLANG, None, role=DependencyRole.STAGE)

    assert status(image("portal", dependency(), stage)).status is Status.UNKNOWN
    assert status(image("portal", dependency(), stage, rebuild_on=RebuildOn.FINAL)).status is Status.UP_TO_DATE


def test_a_digest_that_was_only_assumed_is_unverified() -> None:
    """The base is named, and what makes it certain."""
    found = status(image("portal", dependency(evidence=Evidence.ASSUMED)))

    assert found.status is Status.UNVERIFIED
    assert found.reason == "which digest of node:22 it was built from is not known; a rebuild makes it certain"


def test_a_digest_that_the_built_image_contradicts_is_unverified() -> None:
    """The person learns where to look."""
    found = status(image("portal", dependency(evidence=Evidence.MISMATCH)))

    assert found.status is Status.UNVERIFIED
    assert "node:22, but the new image is built from another digest" in found.reason
    assert "image_factory_base_images" in found.reason


def test_a_pinned_base_whose_tag_moved_is_held() -> None:
    """Building again changes nothing: the Dockerfile has to change. The day of the move is named."""
    found = status(image("portal", dependency(OLD_PIN, None)), MOVED)

    assert found.status is Status.HELD
    assert found.reason.startswith("node:22 is pinned to ")
    assert "the tag moved on 1 Jan 2026; change the digest in the Dockerfile to build on the newer one" in found.reason
    assert found.until is None


def test_a_pin_that_differs_from_the_start_is_held() -> None:
    """The tag never pointed to the pinned digest since it is watched."""
    old = dependency(replace(NODE, digest=digest("older")), None)
    found = status(image("portal", old))

    assert found.status is Status.HELD
    assert "and the tag points to " in found.reason


def test_a_pin_to_what_its_tag_points_to_is_up_to_date() -> None:
    """Also where the index differs only for other platforms, and where only syntax or unused stages are pinned."""
    children = {"a": {"linux/amd64": "1", "linux/arm64": "2"}, "b": {"linux/amd64": "1", "linux/arm64": "3"}}
    repointed = ledger(("a", timedelta(0)), ("b", HOUR), platforms=children)
    assert status(image("portal", dependency(OLD_PIN, None))).status is Status.UP_TO_DATE
    amd64 = dependency(OLD_PIN, None, platforms=("linux/amd64",))
    assert status(image("portal", amd64), repointed).status is Status.UP_TO_DATE
    for role in (DependencyRole.SYNTAX, DependencyRole.UNUSED):
        assert status(image("portal", dependency(OLD_PIN, None, role=role)), MOVED).status is Status.UP_TO_DATE


def test_a_held_image_still_shows_when_another_base_is_due() -> None:
    """Of two statuses that hold the first counts, and the time stays."""
    portal = image("portal", dependency(replace(GOLANG, digest=digest("a")), None), dependency())
    found = status(portal, MOVED, others={"golang": base("golang", GOLANG, MOVED)})

    assert found.status is Status.HELD
    assert found.until == START + HOUR + WEEK
    assert (
        status(portal, MOVED, HOUR + WEEK + WINDOW, others={"golang": base("golang", GOLANG, MOVED)}).status
        is Status.DUE
    )


@pytest.mark.parametrize(
    ("parent", "after", "shown"),
    [
        (image("base", dependency()), DAY, Status.WAITING),
        (image("base", dependency()), HOUR + WEEK + WINDOW, Status.DUE),
        (image("base", dependency(), auto_rebuild=False), HOUR + WEEK + WINDOW, Status.HELD),
        (replace(image("base", dependency()), held=Hold("a person said so")), HOUR + WEEK + WINDOW, Status.HELD),
        (image("base", dependency(OLD_PIN, None)), DAY, Status.HELD),
        (
            image("base", dependency()).with_record(
                RebuildState("r-1", "k", START, START, (), (), "because", stage=RebuildStage.DISPATCHED)
            ),
            DAY,
            Status.REBUILDING,
        ),
        (
            image("base", dependency(built_on="b")).with_record(
                RebuildState(
                    "r-1", "k", START, START, (), (), "because", stage=RebuildStage.COMPLETED,
                    conclusion=Conclusion.FAILURE, settled=True,
                )
            ),
            DAY,
            Status.FAILED,
        ),
    ],
)  # fmt: skip
def test_a_child_of_a_parent_that_is_behind_is_waiting(parent: ImageState, after: timedelta, shown: Status) -> None:
    """With the parent's cause and time, over several levels."""
    child = on(parent)
    found = statuses(parent, child, on(child, "grandchild"), node=MOVED, after=after)

    assert found["base"].status is shown
    for name in ("child", "grandchild"):
        assert found[name].status is Status.WAITING
        assert found[name].until == found["base"].until
        assert found["base"].reason in found[name].reason
    assert found["child"].reason == f"waiting for base: {found['base'].reason}"
    assert found["grandchild"].reason == f"waiting for base (through child): {found['base'].reason}"


@pytest.mark.parametrize(
    ("parent", "shown", "child_shown"),
    [
        (image("base", dependency(evidence=Evidence.ASSUMED)), Status.UNVERIFIED, Status.UNVERIFIED),
        (replace(image("base", dependency()), unresolved=(Unresolved("V", 1),)), Status.UNKNOWN, Status.UNKNOWN),
        (replace(image("base", dependency()), error=Failure(START, "not found")), Status.ERROR, Status.UNKNOWN),
        (replace(image("base", dependency()), discovery_error="no Dockerfile"), Status.ERROR, Status.UNKNOWN),
    ],
)
def test_a_child_of_a_parent_that_is_not_proven_is_not_proven(
    parent: ImageState, shown: Status, child_shown: Status
) -> None:
    """The parent and its reason are named, over several levels."""
    child = on(parent)
    found = statuses(parent, child, on(child, "grandchild"))

    assert found["base"].status is shown
    assert [found["child"].status, found["grandchild"].status] == [child_shown, child_shown]
    assert found["child"].reason == f"built from base, which is {shown.value}: {found['base'].reason}"
    shown_of_grandchild = f"built from base (through child), which is {child_shown.value}: {found['base'].reason}"
    assert found["grandchild"].reason == shown_of_grandchild


def test_a_child_of_another_tag_follows_all_tags_of_the_repository() -> None:
    """The tag that it names is not enrolled, but the repository is built by the organisation."""
    parent = image("base", dependency())
    other = replace(parent.enrollment.reference, tag="1.2")
    child = image("child", dependency(other, "own"))
    found = statuses(
        parent, child, node=MOVED, others={other.repository: base(other.repository, other, ledger(("own", HOUR)))}
    )

    assert found["child"].status is Status.WAITING


def test_errors_come_first_and_keep_what_happens_next() -> None:
    """A reason never contradicts itself: a rebuild that is coming is named, and nothing else."""
    failure = Failure(START, "the registry refuses")
    both = replace(image("portal", dependency()), error=failure, discovery_error="no Dockerfile")
    assert status(both) == ImageStatus(Status.ERROR, "the registry refuses")
    assert status(replace(both, error=None)) == ImageStatus(Status.ERROR, "no Dockerfile")

    waiting = status(both, MOVED)
    assert waiting.reason == (
        "the registry refuses; node:22 changed on 1 Jan 2026; rebuild on or after 8 Jan 2026 (7-day delay)"
    )
    assert waiting.until == START + HOUR + WEEK


def test_an_index_that_lost_a_platform_is_waited_for() -> None:
    """An index that is still being filled is no candidate; the reason names what is missing."""
    children = {"a": {"linux/amd64": "1", "linux/arm64": "2"}, "b": {"linux/amd64": "3"}}
    seen = ledger(("a", timedelta(0)), ("b", HOUR), platforms=children)
    both = image("portal", dependency(platforms=("linux/amd64", "linux/arm64")))

    found = status(both, seen, 30 * DAY)
    assert (found.status, found.until) == (Status.WAITING, None)
    assert "the new index has no linux/arm64" in found.reason
    assert status(image("portal", dependency(platforms=("linux/amd64",))), seen, 30 * DAY).status is Status.DUE
    children["a"]["linux/s390x"] = "4"
    seen = ledger(("a", timedelta(0)), ("b", HOUR), platforms=children)
    three = image("portal", dependency(platforms=("linux/amd64", "linux/arm64", "linux/s390x")))
    assert "the new index has no linux/arm64, linux/s390x;" in status(three, seen, 30 * DAY).reason


def test_a_digest_whose_manifest_cannot_be_read_is_waited_for() -> None:
    """It is known that the tag moved, and since when."""
    found = status(image("portal", dependency()), STILL.observe_unread(START + HOUR, digest("b")))

    assert found.status is Status.WAITING
    assert found.reason == "node:22 changed on 1 Jan 2026, but its manifest cannot be read yet; retrying"


def test_nothing_changes_for_an_image_that_is_built_from_the_newest_digest_already() -> None:
    """Its manifest need not be readable, and need not have all platforms."""
    unread = STILL.observe_unread(START + HOUR, digest("b"))
    assert status(image("portal", dependency(built_on="b")), unread).status is Status.UP_TO_DATE

    children = {"a": {"linux/amd64": "1", "linux/arm64": "2"}, "b": {"linux/amd64": "3"}}
    seen = ledger(("a", timedelta(0)), ("b", HOUR), platforms=children)
    both = dependency(built_on="b", platforms=("linux/amd64", "linux/arm64"))
    assert status(image("portal", both), seen).status is Status.UP_TO_DATE


def test_a_build_system_that_cannot_be_asked_is_an_error_of_its_images() -> None:
    """It comes before what is not proven of the images that they are built from."""
    parent = image("base", dependency(evidence=Evidence.ASSUMED))
    found = statuses(parent, on(parent), caps=replace(CAPS, errors={"child": "the token is refused"}))

    assert found["base"].status is Status.UNVERIFIED
    assert found["child"] == ImageStatus(Status.ERROR, "the token is refused")


def test_images_above_a_cap_say_so_once() -> None:
    """One of two is dispatched; the other waits for it, also when the plan is made again."""
    images = [image("a", dependency()), image("b", dependency())]
    caps = BuildCaps(window=WINDOW, builds=1)
    found = statuses(*images, node=MOVED, after=HOUR + WEEK + WINDOW, caps=caps)

    assert found["a"].status is found["b"].status is Status.DUE
    assert not found["a"].reason.endswith("finish")
    assert found["b"].reason == f"{found['a'].reason}; waiting for other builds to finish"
    assert waiting_for_a_cap(found["b"]) == found["b"]


def test_a_status_change_reaches_the_children_of_a_later_plan() -> None:
    """Only the parent is decided again, and the child follows."""
    parent = image("base", dependency())
    images = {each.name: each for each in (parent, on(parent))}
    world = World(images, {"node": base("node", NODE, STILL)}, Topology.of(images, NO_POLICY))
    known = RunningPlan.for_readers()
    earlier = plan(START + DAY, world, CAPS, known)
    assert earlier.statuses["child"].status is Status.UP_TO_DATE

    broken = replace(world, images={**images, "base": replace(parent, error=Failure(START, "gone"))})
    assert plan(START + DAY, broken, CAPS, known, {"base"}).statuses["child"].status is Status.UNKNOWN


def test_a_workflow_that_takes_no_digests_is_named() -> None:
    """A rebuild alone would not make it certain."""
    record = RebuildState(
        "r-1", "k", START, START, (), (), "because", stage=RebuildStage.COMPLETED, conclusion=Conclusion.SUCCESS,
        settled=True, not_passed=(BASE_IMAGES,),
    )  # fmt: skip
    found = status(image("portal", dependency(evidence=Evidence.ASSUMED)).with_record(record))

    assert found.status is Status.UNVERIFIED
    assert found.reason.endswith("is not known; declare the input image_factory_base_images in the workflow")


def test_an_enrolled_image_that_is_not_trusted_is_read_like_any_base() -> None:
    """An entry of another team's file is no parent; where its tag cannot be read, nothing is proven."""
    team = replace(image("base", dependency()), error=Failure(START, "not found"))
    team = replace(team, enrollment=replace(team.enrollment, file="images.d/other.yaml"))
    found = statuses(team, on(team))["child"]

    assert found.status is Status.UNKNOWN
    assert found.reason.endswith("cannot be checked: not found")
    assert statuses(replace(team, error=None), on(team))["child"].status is Status.UP_TO_DATE


@pytest.mark.parametrize("evidence", [Evidence.LABEL, Evidence.LAYERS])
def test_a_pin_that_was_changed_after_the_build_is_unverified(evidence: Evidence) -> None:
    """The Dockerfile names the newest digest, and the image still contains the one before it."""
    pinned = dependency(replace(NODE, digest=digest("b")), "a", evidence=evidence)
    found = status(image("portal", pinned), MOVED)

    assert found.status is Status.UNVERIFIED
    assert found.reason.startswith("the image is built from ")
    assert found.reason.endswith("; build the image to use it")
    assert (
        status(image("portal", replace(pinned, built_on=BuiltOn(digest("b"), START))), MOVED).status
        is Status.UP_TO_DATE
    )
    other = replace(pinned, evidence=Evidence.MISMATCH)
    assert status(image("portal", other), MOVED).reason == (
        f"the image is not built from {digest('b')[7:19]} of node:22, which its Dockerfile pins; "
        "build the image to use it"
    )
    assumed = replace(pinned, evidence=Evidence.ASSUMED, built_on=BuiltOn(digest("b"), START))
    assert status(image("portal", assumed), MOVED).status is Status.UP_TO_DATE


HARMLESS = (
    dependency(GOLANG, None, role=DependencyRole.SYNTAX),
    dependency(replace(GOLANG, digest=digest("a")), None),
    dependency(replace(GOLANG, digest=digest("a"))),
    dependency(GOLANG, "a"),
)


@pytest.mark.parametrize(
    ("edge", "node", "shown"),
    [
        (dependency(OLD_PIN, None), MOVED, Status.HELD),
        (dependency(), STILL.observe_unread(START + HOUR, digest("b")), Status.WAITING),
        (dependency(evidence=Evidence.ASSUMED), STILL, Status.UNVERIFIED),
        (dependency(OLD_PIN, "a", evidence=Evidence.MISMATCH), STILL, Status.UNVERIFIED),
        (dependency(role=DependencyRole.STAGE, evidence=Evidence.ASSUMED), STILL, Status.UNVERIFIED),
    ],
)
def test_every_dependency_is_looked_at(edge: DependencyState, node: Ledger, shown: Status) -> None:
    """Also behind those with which nothing is wrong."""
    portal = image("portal", *HARMLESS, edge)

    assert status(portal, node, others={"golang": base("golang", GOLANG, STILL)}).status is shown


def test_a_parent_is_looked_at_behind_dependencies_that_are_no_cause() -> None:
    """A syntax image comes first in every file."""
    parent = image("base", dependency())
    edge = on(parent).dependencies[0]
    found = statuses(
        parent, image("child", HARMLESS[0], edge), node=MOVED, others={"golang": base("golang", GOLANG, STILL)}
    )

    assert found["child"].status is Status.WAITING


def test_the_sentence_about_a_mismatch_names_what_was_passed() -> None:
    """And where to look."""
    found = dependency(replace(NODE), "a")
    rest = (
        "node:22, but the new image is built from another digest; check how the workflow uses image_factory_base_images"
    )

    assert mismatch(found) == f"the last rebuild was told to use {'0' * 12} of {rest}"
    assert mismatch(replace(found, built_on=None)) == f"the last rebuild was told to use {rest}"


def test_an_unexpected_error_of_the_last_round_is_the_status() -> None:
    """Of this image; its children are unknown. Where its candidates could not be checked, that is said too."""
    portal = image("portal", dependency())
    images = {each.name: each for each in (portal, on(portal), image("other", dependency()))}
    world = World(images, {"node": base("node", NODE, STILL)}, Topology.of(images, NO_POLICY), {"portal": "one"})

    found = plan(START + DAY, world, CAPS).statuses
    assert found["portal"] == ImageStatus(Status.ERROR, "one")
    assert [found["child"].status, found["other"].status] == [Status.UNKNOWN, Status.UP_TO_DATE]
    stopped = plan(START + DAY, world, replace(CAPS, errors={"portal": "two"}))
    assert stopped.statuses["portal"] == ImageStatus(Status.ERROR, "one; two")
    assert stopped.decisions["portal"] == Wait(Status.ERROR, None, "two")
    alone = plan(START + DAY, replace(world, errors={}), replace(CAPS, errors={"portal": "two"}))
    assert alone.statuses["portal"] == ImageStatus(Status.ERROR, "two")
    assert alone.statuses["child"].status is Status.UNKNOWN


def test_an_image_that_cannot_be_decided_for_has_the_status_error(caplog: pytest.LogCaptureFixture) -> None:
    """It is named in the log, and the others are decided."""
    broken = replace(image("portal"), dependencies=None)  # type: ignore[arg-type]  # what no state has
    found = statuses(broken, image("other", dependency()))

    assert found["portal"] == ImageStatus(Status.ERROR, "internal error: TypeError; see the log")
    assert found["other"].status is Status.UP_TO_DATE
    assert [record.getMessage().partition(":")[0] for record in caplog.records] == ["portal"]


def test_a_newest_digest_that_is_skipped_is_held() -> None:
    """An older digest that is not skipped comes first, and a newer one waits; a skipped one that is used is no news."""
    skip = Skip(digest("b"), "its OpenSSL is broken", "jane", START)
    portal = replace(image("portal", dependency()), skips=(skip,))
    found = status(portal, MOVED)
    assert (found.status, found.until) == (Status.HELD, None)
    assert found.reason == (
        f"the newest digest of node:22, {skip.digest[7:19]}, is skipped by jane: its OpenSSL is broken"
    )
    newer = MOVED.observe(START + 2 * HOUR, digest("c"))
    assert status(portal, newer).status is Status.WAITING
    assert status(replace(portal, skips=(replace(skip, digest=digest("c")),)), newer).status is Status.HELD
    same = {letter: {"linux/amd64": "1", "linux/arm64": letter} for letter in "ab"}
    seen = ledger(("a", timedelta(0)), ("b", HOUR), platforms=same)
    for platform, expected in (("linux/amd64", Status.UP_TO_DATE), ("linux/arm64", Status.HELD)):
        one = replace(portal, dependencies=(dependency(platforms=(platform,)),))
        assert status(one, seen).status is expected
    built = replace(portal, dependencies=(dependency(built_on="b"),))
    assert status(built, MOVED).status is Status.UP_TO_DATE
    assert status(replace(portal, dependencies=(dependency(built_on=None),)), MOVED).status is Status.UNKNOWN


def test_a_hold_is_shown_whatever_the_status_is() -> None:
    """Once; where nothing is held back, the status stays what it is."""
    hold = Hold("freeze", "jane")
    for portal, node, expected in (
        (image("portal", dependency()), STILL, Status.UP_TO_DATE),
        (image("portal", dependency(evidence=Evidence.ASSUMED)), STILL, Status.UNVERIFIED),
        (image("portal", dependency()), MOVED, Status.WAITING),
    ):
        found = status(replace(portal, held=hold), node)
        assert found.status is expected
        assert found.reason.count("on hold by jane: freeze") == 1
    held = status(replace(image("portal", dependency()), held=hold), STILL)
    assert held.reason == "built on the latest eligible digest of every base image; on hold by jane: freeze"
