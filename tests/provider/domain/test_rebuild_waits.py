"""What a decision carries besides its outcome: the time, the wave, the causes, and a reason that names them."""

from dataclasses import replace
from datetime import timedelta

import pytest

from catalog.image import Conclusion, DependencyRole, Status
from catalog.reference import Digest, ImageReference
from provider.domain.asking.asked import Hold
from provider.domain.edges.edge import Edge
from provider.domain.enrollment import Build, RebuildOn, Source
from provider.domain.ledger import BuiltOn, Ledger
from provider.domain.rebuild import Decision, Nothing, Rebuild, Wait, decide
from provider.domain.state import ImageState, RebuildStage
from tests.provider.domain.samples import (
    DAY,
    HOUR,
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
STILL = ledger(("a", timedelta(0)))
MOVED = ledger(("a", timedelta(0)), ("b", HOUR))
GO = HOUR + WEEK + WINDOW
GOLANG = ImageReference("docker.io", "library/golang", "1")
PORTAL = image("portal", dependency())
FAILED = rebuilt(PORTAL, decided(GO, MOVED, PORTAL))


def waits(found: Decision) -> Wait:
    """The decision, which is to wait; one in which a rebuild waits says for what."""
    assert isinstance(found, Wait)
    assert found.what or found.status in {Status.REBUILDING, Status.FAILED}
    return found


def goes(found: Decision) -> Rebuild:
    """The decision, which is to rebuild."""
    assert isinstance(found, Rebuild)
    return found


def on_two(node: Ledger, golang: Ledger, after: timedelta, portal: ImageState | None = None) -> Decision:
    """The decision for an image on node and golang."""
    portal = portal or image("portal", dependency(), dependency(GOLANG, role=DependencyRole.STAGE))
    edges = [Edge(each, seen) for each, seen in zip(portal.dependencies, (node, golang), strict=True)]
    return decide(START + after, portal, edges, {}, WINDOW)


def test_a_cause_says_from_what_to_what_and_since_when() -> None:
    """The wave is when the digest had aged; the reason shows both digests in twelve characters."""
    before, after = Digest(f"sha256:{'0123456789abcdef' * 4}"), Digest(f"sha256:{'fedcba9876543210' * 4}")
    known = Ledger().observe(START, before).observe(START + HOUR, after)
    edge = replace(dependency(), built_on=BuiltOn(before, START))
    found = goes(decided(GO, known, image("portal", edge)))
    (cause,) = found.causes

    assert (cause.name, cause.reference) == ("node", "node:22")
    assert (cause.previous_digest, cause.digest) == (before, after)
    assert (cause.first_seen, cause.wave) == (START + HOUR, START + HOUR + WEEK)
    assert found.reason.endswith(" 0123456789ab -> fedcba987654")


def test_a_target_says_how_its_base_is_written() -> None:
    """So that the build can replace exactly that."""
    written = replace(dependency(), written="node:${VERSION}")

    assert goes(decided(GO, MOVED, image("portal", written))).targets[0].written == "node:${VERSION}"


def test_the_reason_names_every_cause() -> None:
    """Before it goes and when it goes."""
    for after in (GO - WINDOW, GO):
        found = on_two(MOVED, MOVED, after)
        assert not isinstance(found, Nothing)
        assert [reason.split(" ")[0] for reason in found.reason.split(", ")] == ["node:22", "golang:1"]


def test_a_base_of_which_nothing_is_known_is_not_passed() -> None:
    """Neither its present digest nor another is taken for what the image is built from."""
    portal = image("portal", dependency(), dependency(GOLANG, built_on=None))

    assert passed(on_two(MOVED, MOVED, GO, portal)) == [digest("b")]


def test_the_key_of_a_decision_is_the_same_in_every_version() -> None:
    """Else a failed build would be tried again after each upgrade."""
    assert goes(decided(GO, MOVED)).key == "250d30479f490106"


@pytest.mark.parametrize(
    "other",
    [
        image("shop", dependency(), source=Source("github", "acme/portal")),
        image("portal", dependency(), source=Source("github", "acme/other")),
        image("portal", dependency(), build=Build("github-actions", workflow="other.yml")),
        image("portal", dependency(built_on="z")),
    ],
)
def test_another_image_source_build_or_base_is_another_decision(other: ImageState) -> None:
    """Each may succeed where the first one failed."""
    assert goes(decided(GO, MOVED, other)).key != goes(decided(GO, MOVED)).key


def test_what_waits_for_the_window_or_a_parent_has_its_wave() -> None:
    """Its own dependents wait for it meanwhile."""
    joining = waits(decided(GO - WINDOW, MOVED))
    edge = Edge(PORTAL.dependencies[0], MOVED, makers=(image("base"),), is_own=True)
    behind = waits(decide(START + GO, PORTAL, [edge], {"base": START + HOUR}, WINDOW))

    for found in (joining, behind):
        assert found.wave is not None
        assert [cause.name for cause in found.causes] == ["node"]
    assert (joining.wave, behind.wave) == (START + HOUR + WEEK, START + HOUR)
    assert "node:22" in joining.reason


def test_a_parent_that_goes_when_the_window_ends_goes_first() -> None:
    """It belongs to this wave still; one moment later it does not."""
    edge = Edge(PORTAL.dependencies[0], MOVED, makers=(image("base"),), is_own=True)
    opens = START + HOUR + WINDOW

    assert waits(decide(opens, PORTAL, [edge], {"base": opens}, WINDOW)).status is Status.DUE
    goes(decide(opens, PORTAL, [edge], {"base": opens + timedelta(seconds=1)}, WINDOW))


def test_a_rebuild_that_is_put_off_says_when_and_why() -> None:
    """Its dependents wait for it as for one in progress."""
    record = replace(FAILED.rebuilds[0], stage=RebuildStage.REQUESTED, conclusion=None, settled=False)
    put_off = replace(record, retry_at=START + GO + HOUR, error="rate limited")
    found = waits(decided(GO, MOVED, PORTAL.with_record(put_off)))

    assert (found.status, found.until) == (Status.DUE, START + GO + HOUR)
    assert (found.wave, found.causes) == (record.wave, record.causes)
    assert found.reason.startswith("rate limited; ")


def test_a_rebuild_that_may_have_started_is_in_progress() -> None:
    """The last answer was an error, and no time is set to ask again: its run is looked for."""
    record = replace(FAILED.rebuilds[0], stage=RebuildStage.REQUESTED, conclusion=None, settled=False)
    unknown = replace(record, sending=True, error="the connection was lost")

    assert waits(decided(GO, MOVED, PORTAL.with_record(unknown))).status is Status.REBUILDING


def test_a_rebuild_in_progress_shows_its_run() -> None:
    """Where it has an address."""
    record = replace(FAILED.rebuilds[0], stage=RebuildStage.DISPATCHED, conclusion=None, settled=False)
    bare = waits(decided(GO, MOVED, PORTAL.with_record(record)))
    linked = waits(decided(GO, MOVED, PORTAL.with_record(replace(record, url="https://ci.example.org/7"))))

    assert (bare.wave, bare.causes) == (record.wave, record.causes)
    assert linked.reason == f"{bare.reason} (https://ci.example.org/7)"
    assert record.id in bare.reason


def test_a_failure_waits_until_the_next_digest_has_aged() -> None:
    """With the causes that it failed on; how it ended is in the reason."""
    newer = MOVED.observe(START + 3 * HOUR, digest("c"))
    for after in (HOUR + WEEK, GO):
        found = waits(decided(after, newer, FAILED))
        assert (found.status, found.until) == (Status.FAILED, START + 3 * HOUR + WEEK)
        assert [cause.digest for cause in found.causes] == [digest("b")]
        assert "failure" in found.reason


def test_what_ended_without_a_conclusion_was_requested() -> None:
    """As after an archive: its result is unknown, and it is not sent again."""
    unknown = PORTAL.with_record(replace(FAILED.rebuilds[0], conclusion=None))
    found = waits(decided(GO, MOVED, unknown))

    assert (found.status, found.wave) == (Status.FAILED, None)
    assert FAILED.rebuilds[0].id in found.reason


def test_a_failure_shows_until_the_next_rebuild_starts() -> None:
    """While a newer digest ages, joins others or waits for a parent; when and why is kept."""
    portal = image("portal", dependency(built_on="b")).with_record(FAILED.rebuilds[0])
    newer = MOVED.observe(START + 8 * DAY, digest("c"))
    aged = 8 * DAY + WEEK
    ageing, joining = waits(decided(10 * DAY, newer, portal)), waits(decided(aged, newer, portal))

    assert (ageing.status, ageing.until) == (Status.FAILED, START + aged)
    assert (joining.status, joining.until, joining.wave) == (Status.FAILED, START + aged + WINDOW, START + aged)
    assert [cause.digest for cause in joining.causes] == [digest("c")]
    for found in (ageing, joining):
        assert "failure" in found.reason
        assert "node:22" in found.reason


def test_a_success_is_not_shown_as_a_failure() -> None:
    """What comes next is."""
    built = rebuilt(PORTAL, decided(GO, MOVED, PORTAL), Conclusion.SUCCESS)

    assert waits(decided(2 * HOUR, MOVED, built)).status is Status.WAITING


def test_a_failure_stays_where_nothing_newer_is_left() -> None:
    """The tag came back to what the image is built from."""
    returned = MOVED.observe(START + 8 * DAY, digest("a"))
    found = waits(decided(9 * DAY, returned, FAILED))

    assert (found.status, found.until, found.wave) == (Status.FAILED, None, None)
    assert "failure" in found.reason


@pytest.mark.parametrize(
    "held",
    [
        replace(PORTAL, held=Hold("release freeze")),
        image("portal", dependency(), auto_rebuild=False),
        image("portal", dependency(), build=None),
    ],
)
def test_what_a_person_must_change_names_its_causes(held: ImageState) -> None:
    """So that it can be seen what a rebuild by hand would bring."""
    found = waits(decided(GO, MOVED, held))

    assert [cause.digest for cause in found.causes] == [digest("b")]
    assert "node:22" in found.reason


def test_what_waits_for_a_base_that_is_gone_names_its_causes() -> None:
    """No image waits for it."""
    found = waits(on_two(MOVED, ledger(("a", timedelta(0)), ("g", GO - HOUR)).without(digest("a")), GO))

    assert [cause.name for cause in found.causes] == ["node"]


@pytest.mark.parametrize(("first", "second"), [(HOUR, 2 * HOUR), (2 * HOUR, HOUR), (HOUR, HOUR)])
def test_the_next_digest_to_age_is_shown(first: timedelta, second: timedelta) -> None:
    """Whichever base it is; a helper stage counts as well."""
    node, golang = ledger(("a", timedelta(0)), ("b", first)), ledger(("a", timedelta(0)), ("b", second))
    found = waits(on_two(node, golang, DAY))

    assert found.until == START + HOUR + WEEK
    assert found.reason.startswith("node:22" if first == HOUR else "golang:1")


def test_a_stage_that_is_no_cause_is_not_waited_for() -> None:
    """Where the enrollment says final."""
    portal = image("portal", dependency(), dependency(GOLANG, role=DependencyRole.STAGE), rebuild_on=RebuildOn.FINAL)

    assert isinstance(on_two(STILL, MOVED, DAY, portal), Nothing)


@pytest.mark.parametrize(
    ("delay", "until"),
    [
        (2 * DAY, "3 Jan 2026 (2-day delay)"),
        (36 * HOUR, "2026-01-02 13:00:00 UTC (36h delay)"),
    ],
)
def test_a_short_delay_is_told_in_times(delay: timedelta, until: str) -> None:
    """A long one in dates."""
    found = waits(decided(2 * HOUR, MOVED, image("portal", dependency(), rebuild_delay=delay)))

    assert found.reason.endswith(until)
