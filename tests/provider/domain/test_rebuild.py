"""When one image is rebuilt, on what, and why not yet."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.image import Conclusion, DependencyRole, Status
from catalog.reference import ImageReference
from provider.domain.asking.asked import Hold
from provider.domain.edges.edge import Edge
from provider.domain.enrollment import RebuildOn
from provider.domain.ledger import Ledger
from provider.domain.rebuild import Nothing, Rebuild, Wait, decide
from provider.domain.state import DependencyState, ImageState, RebuildStage, RebuildState, targets_built
from tests.provider.domain.samples import (
    DAY,
    HOUR,
    NODE,
    START,
    WINDOW,
    decided,
    dependency,
    digest,
    image,
    ledger,
    passed,
    rebuilt,
)

WEEK = 7 * DAY
MOVED = ledger(("a", timedelta(0)), ("b", HOUR))
GO = HOUR + WEEK + WINDOW


def _made(state: ImageState, letter: str, requested_at: datetime = START) -> ImageState:
    """The image after a rebuild that ended with this digest."""
    record = RebuildState("r", "k", requested_at, START, (), (), "because", result=digest(letter), settled=True)
    return state.with_record(record)


LOOKS = st.lists(st.tuples(st.sampled_from("abcd"), st.integers(-30, 200)), min_size=1, max_size=8)


@given(LOOKS, st.lists(st.integers(-100, 300), min_size=1, max_size=6), st.sets(st.sampled_from("abcd"), max_size=1))
def test_a_rebuild_is_never_too_early_backwards_withdrawn_gone_or_twice(
    looks: list[tuple[str, int]], steps: list[int], removed: set[str]
) -> None:
    """This holds for every order of digests, every clock, and every result of a build."""
    seen, hours, portal = Ledger(), 0, image("portal", dependency())
    keys: set[str] = set()
    for number in range(max(len(looks), len(steps))):
        if number < len(looks):
            hours += looks[number][1]
            seen = seen.observe(START + hours * HOUR, digest(looks[number][0]))
            for gone in removed:
                seen = seen.without(digest(gone))
        hours += steps[number % len(steps)]
        found = decided(hours * HOUR, seen, portal)
        if not isinstance(found, Rebuild):
            continue
        assert found.key not in keys
        keys.add(found.key)
        _check_cause(found, seen, portal, START + hours * HOUR >= seen.clamp(START + hours * HOUR), hours)
        conclusion = Conclusion.SUCCESS if number % 2 else Conclusion.FAILURE
        portal = rebuilt(portal, found, conclusion)
        if conclusion is Conclusion.SUCCESS:
            built = targets_built(portal.dependencies, found.targets, START + hours * HOUR, {})
            portal = replace(portal, dependencies=built)


def _check_cause(found: Rebuild, seen: Ledger, portal: ImageState, clock_is_right: bool, hours: int) -> None:
    letters = [each.digest for each in seen.observations]
    built_on = portal.dependencies[0].built_on
    assert built_on
    (cause,) = found.causes
    place = len(letters) - 1 - letters[::-1].index(cause.digest)
    assert seen.clamp(START + hours * HOUR) - cause.first_seen >= WEEK
    assert built_on.digest not in letters[place:]
    assert not set(letters[:place]) & set(letters[place + 1 :])
    assert not seen.observations[place].gone
    assert clock_is_right or seen.observations[-1].first_seen - cause.first_seen >= WEEK


def test_a_new_digest_waits_until_it_has_aged() -> None:
    """The delay counts from when it was first seen; after the window the image is rebuilt on exactly that digest."""
    young = decided(HOUR + 6 * DAY, MOVED)
    joining = decided(HOUR + WEEK, MOVED)
    due = decided(GO, MOVED)

    assert isinstance(young, Wait)
    assert (young.status, young.until, young.reason) == (
        Status.WAITING,
        START + HOUR + WEEK,
        "node:22 changed on 1 Jan 2026; rebuild on or after 8 Jan 2026 (7-day delay)",
    )
    assert isinstance(joining, Wait)
    assert (joining.status, joining.until) == (Status.WAITING, START + GO)
    assert passed(due) == [digest("b")]


def test_nothing_newer_needs_no_rebuild() -> None:
    """And so is a tag that came back to what was built on."""
    for seen in (ledger(("a", timedelta(0))), ledger(("a", timedelta(0)), ("b", HOUR), ("a", 8 * DAY))):
        assert isinstance(decided(30 * DAY, seen), Nothing)


def test_a_newer_digest_does_not_reset_the_clock() -> None:
    """A tag that moves daily is built one delay behind, on what has aged."""
    daily = ledger(*((f"d{day}", day * DAY) for day in range(11)))
    portal = image("portal", dependency(built_on="d0"))

    assert passed(decided(10 * DAY, daily, portal)) == [digest("d3")]


def test_a_clock_that_jumped_back_brings_nothing_forward() -> None:
    """What has aged by the last observation stays eligible; what has not waits."""
    assert isinstance(decided(-30 * DAY, MOVED), Wait)
    later = ledger(("a", timedelta(0)), ("b", HOUR), ("c", 20 * DAY))
    assert passed(decided(-30 * DAY, later)) == [digest("b")]


@pytest.mark.parametrize(
    "still",
    [
        dependency(replace(NODE, digest=digest("a"))),
        dependency(role=DependencyRole.SYNTAX),
    ],
)
def test_a_pinned_image_and_a_syntax_are_never_a_cause(still: DependencyState) -> None:
    """Building again would change nothing."""
    assert isinstance(decided(GO, MOVED, image("portal", still)), Nothing)


def test_rebuild_on_final_leaves_stages_out() -> None:
    """A helper stage is a cause, unless the enrollment says final."""
    stage = dependency(role=DependencyRole.STAGE)

    assert isinstance(decided(GO, MOVED, image("portal", stage)), Rebuild)
    assert isinstance(decided(GO, MOVED, image("portal", stage, rebuild_on=RebuildOn.FINAL)), Nothing)


GO_IMAGE = ImageReference("docker.io", "library/golang", "1")


def two_bases(first: Ledger, second: Ledger, after: timedelta, portal: ImageState | None = None) -> Wait | Rebuild:
    """The decision for an image on node and golang."""
    portal = portal or image("portal", dependency(), dependency(GO_IMAGE, role=DependencyRole.STAGE))
    edges = [Edge(each, seen) for each, seen in zip(portal.dependencies, (first, second), strict=True)]
    found = decide(START + after, portal, edges, {}, WINDOW)
    assert not isinstance(found, Nothing)
    return found


def test_every_dependency_is_passed_and_no_floating_digest() -> None:
    """The cause with its new digest, the other with what it was built on, though its tag has moved since."""
    found = two_bases(MOVED, ledger(("a", timedelta(0)), ("young", GO - HOUR)), GO)

    assert isinstance(found, Rebuild)
    assert [(target.name, target.digest, target.cause) for target in found.targets] == [
        ("node", digest("b"), True),
        ("golang", digest("a"), False),
    ]


def test_bases_that_age_within_the_window_go_together() -> None:
    """One dispatch for both, when the first one's window ends."""
    second = ledger(("a", timedelta(0)), ("g", HOUR + timedelta(minutes=20)))

    assert isinstance(two_bases(MOVED, second, HOUR + WEEK + timedelta(minutes=29)), Wait)
    found = two_bases(MOVED, second, GO)
    assert isinstance(found, Rebuild)
    assert [cause.name for cause in found.causes] == ["node", "golang"]


def test_a_base_whose_old_digest_is_gone_holds_the_image_and_is_named() -> None:
    """It cannot be passed, and a digest that has not aged is not taken instead."""
    second = ledger(("a", timedelta(0)), ("g", GO - HOUR)).without(digest("a"))
    found = two_bases(MOVED, second, GO)

    assert isinstance(found, Wait)
    assert (found.status, found.until, found.wave) == (Status.WAITING, START + GO - HOUR + WEEK, None)
    assert "of golang:1 that this image is built from no longer exists" in found.reason


def test_a_digest_that_is_gone_gives_way_to_the_next_aged_one() -> None:
    """Without one nothing is rebuilt."""
    seen = ledger(("a", timedelta(0)), ("b", HOUR), ("c", 2 * HOUR))
    assert passed(decided(GO + HOUR, seen.without(digest("c")))) == [digest("b")]

    assert isinstance(decided(GO, MOVED.without(digest("b"))), Nothing)


@pytest.mark.parametrize(
    ("held", "words"),
    [
        (replace(image("portal", dependency()), held=Hold("release freeze")), "release freeze"),
        (image("portal", dependency(), auto_rebuild=False), "autoRebuild is off"),
        (image("portal", dependency(), build=None), "the enrollment names no workflow"),
    ],
)
def test_a_held_image_never_goes_by_itself(held: ImageState, words: str) -> None:
    """The reason names what is due and why it is not rebuilt; no image waits for it."""
    found = decided(GO, MOVED, held)

    assert isinstance(found, Wait)
    assert (found.status, found.wave) == (Status.HELD, None)
    assert words in found.reason


def test_a_failed_rebuild_waits_for_a_new_cause() -> None:
    """The same digests are never dispatched twice; a newer one is."""
    failed = rebuilt(image("portal", dependency()), decided(GO, MOVED))
    found = decided(GO + 30 * DAY, MOVED, failed)
    assert isinstance(found, Wait)
    assert (found.status, found.wave) == (Status.FAILED, None)

    newer = MOVED.observe(START + 8 * DAY, digest("c"))
    assert passed(decided(16 * DAY, newer, failed)) == [digest("c")]


def test_a_running_rebuild_gets_one_follow_up() -> None:
    """While it runs nothing is dispatched; afterwards a digest that has aged meanwhile is used at once."""
    first = decided(GO, MOVED)
    done = rebuilt(image("portal", dependency()), first, Conclusion.SUCCESS)
    running = done.with_record(replace(done.rebuilds[0], stage=RebuildStage.DISPATCHED, conclusion=None, settled=False))
    newer = MOVED.observe(START + 2 * HOUR, digest("c"))
    assert isinstance(first, Rebuild)

    found = decided(GO + 2 * HOUR, newer, running)
    assert isinstance(found, Wait)
    assert found.status is Status.REBUILDING

    built = replace(done, dependencies=targets_built(done.dependencies, first.targets, START + GO, {}))
    assert passed(decided(GO + 2 * HOUR, newer, built)) == [digest("c")]
    assert isinstance(decided(GO + 2 * HOUR, MOVED, built), Nothing)


def test_a_digest_that_our_own_rebuild_made_needs_no_delay() -> None:
    """The causes of that rebuild have aged; the delay counts once."""
    portal = image("portal", dependency())
    edge = Edge(portal.dependencies[0], MOVED, makers=(image("other"), _made(image("node"), "b")))

    found = decide(START + WINDOW, portal, [edge], {}, WINDOW)
    assert passed(found) == [digest("b")]
    assert isinstance(found, Rebuild)
    assert found.wave == START


def test_a_repository_that_the_organisation_builds_itself_needs_no_delay() -> None:
    """policy.yaml names it, so no enrollment is needed for that."""
    portal = image("portal", dependency())

    assert passed(decide(START + HOUR + WINDOW, portal, [Edge(portal.dependencies[0], MOVED, is_own=True)], {}, WINDOW))


@pytest.mark.parametrize(
    "maker",
    [
        image("node"),
        _made(image("node"), "a"),
        _made(image("node"), "c"),
        _made(image("node"), "b", requested_at=START + 2 * HOUR),
    ],
    ids=["no rebuild", "made the digest before", "made another digest", "left the digest that was there"],
)
def test_any_other_digest_of_an_enrolled_image_ages_like_a_public_one(maker: ImageState) -> None:
    """Else whoever enrolls a public base would take everybody's delay away."""
    portal = image("portal", dependency())
    edges = [Edge(portal.dependencies[0], MOVED, makers=(maker,))]

    young = decide(START + HOUR + 6 * DAY, portal, edges, {}, WINDOW)
    assert isinstance(young, Wait)
    assert (young.status, young.until) == (Status.WAITING, START + HOUR + WEEK)
    assert passed(decide(START + GO, portal, edges, {}, WINDOW)) == [digest("b")]


def test_our_digest_goes_although_an_older_one_from_outside_still_ages() -> None:
    """And a newer one from outside does not go with it."""
    portal = image("portal", dependency())
    seen = ledger(("a", timedelta(0)), ("b", HOUR), ("c", 2 * HOUR), ("d", 3 * HOUR))
    edges = [Edge(portal.dependencies[0], seen, makers=(_made(image("node"), "c"),))]

    assert passed(decide(START + 3 * HOUR + WINDOW, portal, edges, {}, WINDOW)) == [digest("c")]


def test_a_parent_of_this_wave_goes_first_and_one_of_a_later_wave_does_not() -> None:
    """Else a parent that never rests would starve its children."""
    portal = image("portal", dependency())
    edges = [Edge(portal.dependencies[0], MOVED, makers=(image("base"),), is_own=True)]
    now = START + HOUR + WINDOW

    found = decide(now, portal, edges, {"base": START + HOUR}, WINDOW)
    assert isinstance(found, Wait)
    assert (found.status, found.reason) == (Status.DUE, "waiting for base, which is rebuilt first")
    assert isinstance(decide(now, portal, edges, {"base": now + HOUR}, WINDOW), Rebuild)


def test_a_repoint_is_no_cause() -> None:
    """Another index over the same children for the image's platforms changes nothing."""
    children = {"a": {"linux/amd64": "1", "linux/arm64": "2"}, "b": {"linux/amd64": "1", "linux/arm64": "3"}}
    seen = ledger(("a", timedelta(0)), ("b", HOUR), platforms=children)

    assert isinstance(decided(GO, seen, image("portal", dependency(platforms=("linux/amd64",)))), Nothing)
    assert isinstance(decided(GO, seen, image("portal", dependency(platforms=("linux/arm64",)))), Rebuild)


BOTH = ("linux/amd64", "linux/arm64")
FILLED: list[dict[str, str]] = [
    {"linux/amd64": "1", "linux/arm64": "2"},
    {"linux/amd64": "3"},
    {"linux/amd64": "3", "linux/arm64": "4"},
]


@pytest.mark.parametrize("hours", range(6))
def test_an_index_that_is_still_filled_is_never_what_gets_built(hours: int) -> None:
    """Official images get one architecture after the other: the complete index is built as soon as it has aged."""
    platforms = dict(zip("abc", FILLED, strict=True))
    seen = ledger(("a", timedelta(0)), ("b", HOUR), ("c", 2 * HOUR), platforms=platforms)
    portal = image("portal", dependency(platforms=BOTH), platforms=BOTH)
    found = decided(WEEK + hours * HOUR, seen, portal)

    if hours < 2:
        assert isinstance(found, Wait)
    else:
        opened = decided(WEEK + hours * HOUR + WINDOW, seen, portal)
        assert isinstance(opened, Rebuild)
        assert passed(opened) == [digest("c")]


@pytest.mark.parametrize(
    "after",
    [
        {"windows(10.0.26100)/amd64": "1", "windows(10.0.20348)/amd64": "2new"},
        {"windows(10.0.26100)/amd64": "1new", "windows(10.0.20348)/amd64": "2"},
        {"windows(10.0.26100)/amd64": "1", "windows(10.0.20348)/amd64": "2", "windows(10.0.17763)/amd64": "3"},
        {"windows(10.0.26100)/amd64": "1"},
    ],
)
@pytest.mark.parametrize("platforms", [("windows/amd64",), ()])
def test_a_change_of_each_version_of_windows_is_a_cause(after: dict[str, str], platforms: tuple[str, ...]) -> None:
    """The second version in an index counts as the first one does."""
    before = {"windows(10.0.26100)/amd64": "1", "windows(10.0.20348)/amd64": "2"}
    seen = ledger(("a", timedelta(0)), ("b", HOUR), platforms={"a": before, "b": after})
    found = decided(GO, seen, image("portal", dependency(platforms=platforms), platforms=platforms))

    assert not seen.observations[1].repoint
    assert isinstance(found, Rebuild)
    assert passed(found) == [digest("b")]


def test_another_order_of_the_versions_of_windows_is_no_cause() -> None:
    """The children are the same."""
    before = {"windows(10.0.26100)/amd64": "1", "windows(10.0.20348)/amd64": "2"}
    seen = ledger(("a", timedelta(0)), ("b", HOUR), platforms={"a": before, "b": dict(reversed(list(before.items())))})

    assert seen.observations[1].repoint
    assert isinstance(decided(GO, seen, image("portal", dependency(platforms=("windows/amd64",)))), Nothing)
