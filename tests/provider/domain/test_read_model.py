"""Tests of the read model; other tests read it by `Company.status`."""

from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from catalog.image import (
    AskedDocument,
    CauseDocument,
    Conclusion,
    DependencyDocument,
    DependencyRole,
    DiscoveryDocument,
    DiscoveryStatus,
    Evidence,
    Failure,
    HoldDocument,
    Image,
    OriginDocument,
    RebuildDocument,
    Role,
    SkipDocument,
    Status,
    UnresolvedDocument,
    UpdateDocument,
    WarningDocument,
)
from catalog.reference import ImageReference
from provider.domain.asking.asked import AskedRebuild, Hold, Skip
from provider.domain.dockerfile.findings import DockerfileWarning, Unresolved
from provider.domain.enrollment import Build
from provider.domain.ledger import Ledger
from provider.domain.plan import Plan
from provider.domain.policy.rules import NO_POLICY, Policy, PolicyRule
from provider.domain.read_model import read_model, updates_of
from provider.domain.snapshot import Snapshot
from provider.domain.state import BaseState, CauseState, ImageState, RebuildStage, RebuildState
from provider.domain.status import ImageStatus
from proxy.errors import NotFound
from tests.provider.domain.samples import DAY, START, base, dependency, digest, image, ledger
from tests.provider.domain.samples import NODE as NODE_22
from tests.provider.services.world import HOUR, MINUTE, NODE, Company, due, settled

CURRENT = ImageStatus(Status.UP_TO_DATE, "all is well")


def test_an_image_shows_its_history_dependencies_and_rebuild() -> None:
    """It has the newest digest and the one before, the dependencies, and the address of the run."""
    company = due()
    company.round.run()
    made = company.finish()
    company.after(MINUTE)
    shown = company.index.images["portal"]

    assert (shown.role, shown.digest, len(shown.updates)) == (Role.MANAGED, made, 2)
    assert shown.previous_digest == shown.updates[0].digest
    assert shown.digest_since == shown.updates[1].first_seen
    base = company.index.images["node-22"]
    assert base.digest_since == base.updates[-1].first_seen
    assert [edge.reference for edge in shown.dependencies] == ["node:22"]
    assert shown.last_rebuild
    assert (shown.last_rebuild.status, shown.last_rebuild.url) == ("completed", "https://builds.example.com/runs/1")


def test_a_base_that_cannot_be_read_is_in_error_and_hides_no_image() -> None:
    """The other images are shown as before."""
    company = Company()
    company.enroll("portal", "FROM unknown:1\n")
    company.round.run()

    assert company.status("unknown-1")[0] == "error"
    assert company.index.images["portal"].digest


def test_a_pinned_base_has_a_note_when_its_tag_has_changed() -> None:
    """It is only a note: nothing is rebuilt for it."""
    company = Company()
    pinned = company.move(NODE, "node 0")
    company.enroll("portal", f"FROM {NODE}@{pinned}\n")
    company.round.run()
    assert not company.index.images["portal"].notes

    moved = company.move(NODE, "node 1")
    company.after(HOUR)
    assert company.index.images["portal"].notes == (
        f"node:22 is pinned in the Dockerfile; the tag now points to {moved}",
    )


def test_a_tag_that_looks_fixed_and_changes_has_a_note() -> None:
    """A complete version should not change."""
    company = Company()
    company.move("docker.io/library/node:22.1.3", "node 0")
    company.enroll("portal", "FROM node:22.1.3\n")
    company.round.run()
    company.move("docker.io/library/node:22.1.3", "node 1")
    company.after(HOUR)

    assert any("looks like a fixed version" in note for note in company.index.images["node-22-1-3"].notes)


def test_an_error_and_its_cause_are_shown() -> None:
    """The decision is shown too."""
    company = settled()
    company.registry.fail("ghcr.io/acme/portal:latest", NotFound("no such image"))
    company.after(HOUR)
    shown = company.index.images["portal"]

    assert shown.status.value == "error"
    assert shown.last_error
    assert shown.last_error.message == "no such image"


def test_a_base_image_shows_the_day_of_its_last_change() -> None:
    """In the form of every other day that people read."""
    company = settled()
    assert company.status("node-22")[1] == "no change since 1 Mar 2026"
    company.move(NODE, "node 9")
    company.after(HOUR)
    assert company.status("node-22")[1] == "last changed on 1 Mar 2026"


def read(
    *states: ImageState | BaseState,
    shown: ImageStatus = CURRENT,
    problems: tuple[tuple[str, str], ...] = (),
    policy: Policy = NO_POLICY,
) -> list[Image]:
    """These images and bases as readers see them, each managed one with this status."""
    images = {state.name: state for state in states if isinstance(state, ImageState)}
    bases = {state.name: state for state in states if isinstance(state, BaseState)}
    planned = Plan({}, statuses=dict.fromkeys(images, shown))
    snapshot = Snapshot("c0", {}, images, bases, problems=problems, policy=policy)
    return read_model(START, snapshot, planned, "group:default/all")


def record(**others: Any) -> RebuildState:
    """A rebuild that was requested at the start."""
    return RebuildState("r-1", "key", START, START, (), (), "node:22 changed", **others)


ASKED_BY_WEBHOOK = Build("webhook", url="https://builds.example.com/start")
NO_WEBHOOK = "only images.yaml may name a webhook, so nothing is built; ask an admin to enroll the image there"


@pytest.mark.parametrize(
    ("changes", "held", "by_hand", "no_build"),
    [
        ({}, None, None, None),
        ({}, Hold("freeze", until=START), None, None),
        ({"file": "images.d/a.yaml"}, None, None, None),
        ({"build": ASKED_BY_WEBHOOK}, None, None, None),
        ({"build": None}, None, "the enrollment names no workflow", "the enrollment names no workflow"),
        ({"auto_rebuild": False}, None, "autoRebuild is off", None),
        ({}, Hold("freeze"), "the image is on hold: freeze", None),
        ({"build": ASKED_BY_WEBHOOK, "file": "images.d/a.yaml"}, None, NO_WEBHOOK, NO_WEBHOOK),
    ],
)
def test_whether_an_image_is_rebuilt_without_a_person(
    changes: dict[str, Any], held: Hold | None, by_hand: str | None, no_build: str | None
) -> None:
    """Not without a workflow, with autoRebuild off, on hold, or where its entry may not build."""
    [shown] = read(replace(image("portal", dependency(), **changes), held=held))
    assert (shown.by_hand, shown.no_build) == (by_hand, no_build)


@pytest.mark.parametrize(
    ("changes", "until", "by_hand_until"),
    [
        ({}, START + DAY, START + DAY),
        ({}, START, None),
        ({}, None, None),
        ({"auto_rebuild": False}, START + DAY, None),
        ({"build": None}, START + DAY, None),
    ],
)
def test_the_end_of_a_hold_is_shown_where_rebuilds_start_again(
    changes: dict[str, Any], until: datetime | None, by_hand_until: datetime | None
) -> None:
    """A hold has no other end than its own, and not while a person has to do something else."""
    [shown] = read(replace(image("portal", dependency(), **changes), held=Hold("freeze", until=until)))

    assert shown.by_hand_until == by_hand_until


def test_what_people_asked_for_is_shown() -> None:
    """The hold that lasts, the digests that are not wanted, and the rebuilds that may still start."""
    jane = "user:default/jane"
    asked = AskedRebuild("q-1", jane, "openssl", START, emergency=True, cve="CVE-2026-1", until=START + DAY)
    dropped = replace(asked, id="q-2", until=START)
    skip = Skip(digest("b"), "broken", jane, START + HOUR)
    [shown] = read(
        replace(image(), held=Hold("freeze", jane, START, START + DAY), skips=(skip,), asked=(asked, dropped))
    )

    assert shown.hold == HoldDocument("freeze", jane, START, START + DAY)
    assert shown.skips == (SkipDocument(digest("b"), "broken", jane, START + HOUR),)
    assert shown.asked == (AskedDocument("openssl", jane, START, True, "CVE-2026-1", START + DAY),)
    assert read(replace(image(), held=Hold("freeze", until=START)))[0].hold is None


@pytest.mark.parametrize(
    ("file", "maker", "policy", "ages"),
    [
        ("images.yaml", "images.yaml", NO_POLICY, False),
        ("images.d/a.yaml", "images.yaml", NO_POLICY, False),
        ("images.d/a.yaml", "images.d/a.yaml", NO_POLICY, False),
        ("images.yaml", "images.d/a.yaml", NO_POLICY, True),
        ("images.d/b.yaml", "images.d/a.yaml", NO_POLICY, True),
        ("images.yaml", "images.d/a.yaml", Policy(("ghcr.io/acme/*",)), False),
        (
            "images.yaml",
            "images.d/a.yaml",
            Policy((), (PolicyRule(("images.d/a.yaml",), images=("ghcr.io/**",)),)),
            False,
        ),
        ("images.yaml", None, NO_POLICY, True),
        ("images.yaml", None, Policy(("ghcr.io/acme/*",)), False),
        ("images.yaml", None, Policy(("ghcr.io/other/*",)), True),
    ],
)
def test_whether_the_digests_of_a_dependency_age(file: str, maker: str | None, policy: Policy, ages: bool) -> None:
    """Not those of a maker that the image trusts, nor those of the organisation's own repositories."""
    parent = image("base", file=maker or "images.yaml")
    edge = replace(dependency(parent.enrollment.reference), name="base")
    states = [image("portal", edge, file=file), *([parent] if maker else [])]
    portal, *_ = read(*states, policy=policy)
    assert [each.ages for each in portal.dependencies] == [ages]


def test_a_managed_image_is_read_in_full() -> None:
    """Each field is that of the state, the enrollment or the decision."""
    state = replace(
        image("portal", dependency(), owner="group:default/web", title="T", description="D", system="s", lifecycle="l"),
        ledger=ledger(("a", 0 * HOUR), ("b", HOUR)),
        last_built=START + 2 * HOUR,
        discovery=DiscoveryStatus.SUCCESS,
        unresolved=(Unresolved("VERSION", 1, "give it a value", "app/Dockerfile"),),
        warnings=(DockerfileWarning(3, "not understood", "app/Dockerfile"),),
    )
    waiting = ImageStatus(Status.WAITING, "node:22 ages", START + DAY, behind_since=START + HOUR)

    [shown] = read(state, shown=waiting, problems=(("portal", "one"), ("other", "x"), ("portal", "two")))

    updates = (
        UpdateDocument(digest("a"), None, START, START + HOUR, "poll", False, ()),
        UpdateDocument(digest("b"), digest("a"), START + HOUR, None, "poll", False, ()),
    )
    assert shown == Image(
        name="portal",
        role=Role.MANAGED,
        registry="ghcr.io",
        repository="acme/portal",
        tag="latest",
        status=Status.WAITING,
        reason="node:22 ages",
        owner="group:default/web",
        digest=digest("b"),
        digest_since=START + HOUR,
        previous_digest=digest("a"),
        next_eligible_at=START + DAY,
        behind_since=START + HOUR,
        last_updated=START + HOUR,
        last_built=START + 2 * HOUR,
        enrolled_at=START,
        discovery=DiscoveryDocument(
            DiscoveryStatus.SUCCESS,
            None,
            (UnresolvedDocument("VERSION", 1, "give it a value", "app/Dockerfile"),),
            (WarningDocument(3, "not understood", "app/Dockerfile"),),
        ),
        dependencies=(
            DependencyDocument(
                "node",
                "node:22",
                DependencyRole.FINAL,
                ("from",),
                built_on=digest("a"),
                evidence=Evidence.PASSED,
                written="docker.io/library/node:22",
                built_on_since=START,
            ),
        ),
        enrollment=state.enrollment.to_document(),
        entry_file="images.yaml",
        title="T",
        description="D",
        system="s",
        lifecycle="l",
        notes=("one", "two"),
        updates=updates,
        origins=(OriginDocument(digest("b"), (digest("a"),)),),
    )


def test_a_base_is_read_in_full() -> None:
    """An enrolled base has its own owner; a base with one digest has no update and no digest before."""
    moved = base("node", NODE_22, ledger(("a", 0 * HOUR), ("b", DAY)))
    enrolled = replace(
        base("app", ImageReference("ghcr.io", "acme/app", None)),
        enrollment=image("app", owner="user:default/me").enrollment,
    )

    first, second = read(moved, enrolled, problems=(("node", "one"),))

    assert (first.name, first.role, first.registry, first.repository, first.tag) == (
        "node",
        Role.BASE,
        "docker.io",
        "library/node",
        "22",
    )
    assert (first.status, first.reason) == (Status.WATCHED, "last changed on 2 Jan 2026")
    assert (first.digest, first.previous_digest) == (digest("b"), digest("a"))
    assert first.digest_since == first.last_updated == START + DAY
    assert (first.owner, first.notes, first.first_discovered, first.last_error) == (
        "group:default/all",
        ("one",),
        START,
        None,
    )
    assert (second.owner, second.tag, second.enrollment) == (
        "user:default/me",
        "latest",
        enrolled.enrollment and enrolled.enrollment.to_document(),
    )
    assert (second.status, second.reason) == (Status.UNKNOWN, "not checked yet")
    assert (second.digest, second.digest_since, second.previous_digest, second.last_updated) == (None,) * 4


def test_an_image_with_one_digest_has_no_update() -> None:
    """The baseline is no update, neither of a managed image nor of a base."""
    found = read(image(), base("node", NODE_22, ledger(("a", 0 * HOUR))))

    for shown in found:
        assert shown.last_updated is None
        assert shown.digest_since == START
    assert found[1].reason == "no change since 1 Jan 2026"
    [never] = read(replace(image(), ledger=Ledger()))
    assert (never.digest, never.digest_since, never.previous_digest, never.last_updated) == (None,) * 4
    assert never.status is CURRENT.status
    assert (never.owner, never.next_eligible_at, never.last_rebuild) == ("group:default/all", None, None)


@pytest.mark.parametrize(
    ("others", "error"),
    [
        (
            {"error": Failure(START + HOUR, "gone"), "discovery_error": "no Dockerfile"},
            Failure(START + HOUR, "gone"),
        ),
        ({"discovery_error": "no Dockerfile"}, Failure(START, "no Dockerfile")),
        ({"discovery_error": "no Dockerfile", "last_discovery": START + DAY}, Failure(START + DAY, "no Dockerfile")),
        ({"rebuilds": (record(error="refused"),)}, Failure(START, "refused")),
        ({"rebuilds": (record(error="failed", completed_at=START + DAY),)}, Failure(START + DAY, "failed")),
        ({"rebuilds": (record(),)}, None),
    ],
)
def test_the_last_error(others: dict[str, Any], error: Failure | None) -> None:
    """An error of a check comes first, then one of the Dockerfile, then that of the last rebuild."""
    [shown] = read(replace(image(), **others))

    assert (shown.status, shown.reason, shown.last_error) == (Status.UP_TO_DATE, "all is well", error)


def test_an_error_of_a_base_is_its_status() -> None:
    """The message of the error is the reason."""
    [shown] = read(replace(base("node", NODE_22, ledger(("a", 0 * HOUR))), error=Failure(START, "gone")))

    assert (shown.status, shown.reason, shown.last_error) == (Status.ERROR, "gone", Failure(START, "gone"))


@pytest.mark.parametrize(
    ("others", "status", "freshness", "error"),
    [
        ({}, "requested", "unknown", None),
        ({"stage": RebuildStage.DISPATCHED}, "running", "unknown", None),
        ({"stage": RebuildStage.COMPLETED, "result": digest("n")}, "running", "unknown", None),
        ({"stage": RebuildStage.COMPLETED, "evidence": Evidence.VERIFIED}, "running", "verified", None),
        ({"stage": RebuildStage.COMPLETED, "settled": True}, "completed", "unknown", None),
        ({"error": "refused", "not_passed": ("x",)}, "requested", "unknown", "refused"),
        (
            {"not_passed": ("x", "y")},
            "requested",
            "unknown",
            "the workflow does not declare x, y, so that could not be passed",
        ),
    ],
)
def test_a_rebuild_is_read_in_full(others: dict[str, Any], status: str, freshness: str, error: str | None) -> None:
    """It has its status, what was passed, and its causes; the newest one is the last rebuild."""
    cause = CauseState("node", "node:22", digest("b"), digest("a"), START + HOUR, START)
    times: dict[str, Any] = {"dispatched_at": START + HOUR, "completed_at": START + 2 * HOUR}
    asked: dict[str, Any] = {"requested_by": "scanner", "emergency": True, "cve": "CVE-2026-1"}
    newest = replace(
        record(**others), id="r-2", causes=(cause,), url="https://ci/1", conclusion=Conclusion.SUCCESS, **times, **asked
    )

    [shown] = read(replace(image(), rebuilds=(record(), newest)))

    assert [each.id for each in shown.rebuilds] == ["r-1", "r-2"]
    assert shown.last_rebuild == RebuildDocument(
        id="r-2",
        requested_at=START,
        dispatched_at=START + HOUR,
        completed_at=START + 2 * HOUR,
        status=status,
        conclusion=Conclusion.SUCCESS,
        url="https://ci/1",
        requested_by="scanner",
        emergency=True,
        cve="CVE-2026-1",
        reason="node:22 changed",
        causes=(CauseDocument("node", "node:22", digest("b"), digest("a"), START + HOUR, None, START),),
        freshness=freshness,
        error=error,
    )


def test_a_note_is_shown_only_where_a_pinned_tag_has_moved() -> None:
    """Not for a reference without tag, for a tag that still has the digest, or for an unknown base."""
    pinned = replace(NODE_22, digest=digest("a"))
    moved, same = base("node", NODE_22, ledger(("b", 0 * HOUR))), base("node", NODE_22, ledger(("a", 0 * HOUR)))
    note = f"node:22 is pinned in the Dockerfile; the tag now points to {digest('b')}"

    assert read(image("portal", dependency(pinned)), moved)[0].notes == (note,)
    assert read(image("portal", dependency(pinned)), same)[0].notes == ()
    [alone] = read(image("portal", dependency(pinned)))
    assert (alone.notes, alone.status) == ((), CURRENT.status)
    assert read(image("portal", dependency(replace(pinned, tag=None))), moved)[0].notes == ()
    assert read(image("portal", dependency()), moved)[0].notes == ()


def test_a_fixed_tag_that_changed_is_counted() -> None:
    """Managed images and bases have the note, with the number of changes."""
    seen = ledger(("a", 0 * HOUR), ("b", HOUR), ("c", DAY))
    note = "the tag 1.2.3 looks like a fixed version but has changed 2 times since it was first seen"

    assert [
        each.notes
        for each in read(replace(image(tag="1.2.3"), ledger=seen), base("n", replace(NODE_22, tag="1.2.3"), seen))
    ] == [(note,), (note,)]
    assert read(replace(image(tag="1.2.3"), ledger=ledger(("a", HOUR))))[0].notes == ()
    assert read(replace(image(tag="1.2"), ledger=seen))[0].notes == ()


def test_a_dependency_shows_its_digests_its_evidence_and_its_status() -> None:
    """The newest digest counts whether it has aged or not; a base that is not tracked has no status."""
    golang = dependency(ImageReference("docker.io", "library/golang", "1"), None, platforms=("linux/arm64",))
    parent = replace(image("base"), dependencies=(dependency(),))
    child = image("child", replace(dependency(parent.enrollment.reference, "own"), name="base"), dependency(), golang)
    node = base("node", NODE_22, ledger(("a", 0 * HOUR), ("b", HOUR)))

    _, shown, _ = read(parent, child, node)
    assert [
        (found.name, found.built_on, found.evidence, found.newest, found.status, found.platforms)
        for found in shown.dependencies
    ] == [
        ("base", digest("own"), Evidence.PASSED, digest("own"), Status.UP_TO_DATE, ()),
        ("node", digest("a"), Evidence.PASSED, digest("b"), Status.WATCHED, ()),
        ("golang", None, None, None, None, ("linux/arm64",)),
    ]


@pytest.mark.parametrize(("tag", "newest"), [(None, None), ("22", digest("b"))], ids=["without a tag", "with its tag"])
def test_a_pinned_dependency_shows_the_newest_digest_only_of_a_tag_that_is_written(
    tag: str | None, newest: str | None
) -> None:
    """Where the Dockerfile names no tag, the digest of `latest` is not the newest one of what it names."""
    pinned = ImageReference("docker.io", "library/node", tag, digest("a"))
    node = base("node", pinned.tagged, ledger(("a", 0 * HOUR), ("b", HOUR)))

    shown, _ = read(replace(image(), dependencies=(dependency(pinned, None),)), node)

    assert [found.newest for found in shown.dependencies] == [newest]


def test_platforms_are_shown_without_the_version_of_windows() -> None:
    """Each once, in the order of the index."""
    children = {"windows(10.0.17763.1)/amd64": "1", "linux/amd64": "2", "windows(10.0.20348.2)/amd64": "3"}
    [shown] = read(base("node", NODE_22, ledger(("a", 0 * HOUR), platforms={"a": children})))

    assert shown.updates[0].platforms == ("windows/amd64", "linux/amd64")


def test_an_update_has_all_of_its_observation() -> None:
    """The platforms are named, and a repoint is marked."""
    platforms = {letter: {"linux/amd64": "x", "linux/arm64": "y"} for letter in "ab"}
    [first, second] = updates_of(ledger(("a", 0 * HOUR), ("b", HOUR), platforms=platforms))

    assert first == UpdateDocument(
        digest("a"), None, START, START + HOUR, "poll", False, ("linux/amd64", "linux/arm64")
    )
    assert (second.previous_digest, second.repoint) == (digest("a"), True)


def test_the_last_update_is_the_newest_of_several() -> None:
    """Of three digests it is the third."""
    seen = ledger(("a", 0 * HOUR), ("b", HOUR), ("c", DAY))

    found = read(replace(image(), ledger=seen), base("node", NODE_22, seen))
    for shown in found:
        assert shown.last_updated == shown.digest_since == START + DAY
    assert found[1].reason == "last changed on 2 Jan 2026"


def test_the_error_of_a_discovery_is_shown_with_it() -> None:
    """Readers find it at the discovery and in the reason."""
    [shown] = read(replace(image(), discovery=DiscoveryStatus.FAILED, discovery_error="no Dockerfile"))

    assert shown.discovery == DiscoveryDocument(DiscoveryStatus.FAILED, "no Dockerfile", ())


def test_an_enrolled_base_without_an_owner_has_the_default_one() -> None:
    """The default is the same as for every other image."""
    [shown] = read(replace(base("node", NODE_22), enrollment=image("node").enrollment))

    assert shown.owner == "group:default/all"


@pytest.mark.parametrize(("rules", "acts"), [((), False), ((PolicyRule(("images.d/a.yaml",), owners=("**",)),), True)])
def test_an_enrolled_base_has_the_rights_that_the_policy_gives(rules: tuple[PolicyRule, ...], acts: bool) -> None:
    """As an image that is managed has."""
    watched = replace(image("node", owner="user:default/me").enrollment, file="images.d/a.yaml")
    [shown] = read(replace(base("node", NODE_22), enrollment=watched), policy=Policy((), rules))

    assert (shown.status, shown.owner_acts) == (Status.UNKNOWN, acts)


def test_what_cannot_be_shown_is_an_error() -> None:
    """It has what identifies it, the default owner and the reason; what is built from it shows the error too."""
    node = replace(base("node", replace(NODE_22, digest=digest("a"))), enrollment="node")  # type: ignore[arg-type]
    broken = replace(image("evil", tag="3"), dependencies=None)  # type: ignore[arg-type]
    child = image("child", dependency(), replace(dependency(broken.enrollment.reference), name="evil"))
    evil, shown, bad = read(broken, child, node)

    lost: dict[str, Any] = {"status": Status.ERROR, "owner": "group:default/all"}
    reason = "internal error: TypeError; see the log"
    assert evil == Image("evil", Role.MANAGED, "ghcr.io", "acme/evil", "3", reason=reason, **lost)
    reason = "internal error: AttributeError; see the log"
    assert bad == Image("node", Role.BASE, "docker.io", "library/node", "22", reason=reason, **lost)
    assert [each.status for each in shown.dependencies] == [Status.ERROR, CURRENT.status]


def test_the_log_names_what_cannot_be_shown(caplog: pytest.LogCaptureFixture) -> None:
    """Images and bases."""
    read(
        replace(image("evil"), dependencies=None),  # type: ignore[arg-type]
        replace(base("node", NODE_22), enrollment="node"),  # type: ignore[arg-type]
    )

    assert sorted(entry.getMessage().partition(":")[0] for entry in caplog.records) == ["evil", "node"]
