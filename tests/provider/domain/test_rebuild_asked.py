"""Tests of the decision about a rebuild that people ask for, and of holds and skipped digests."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from catalog.image import DependencyRole, Status
from provider.domain.asking.asked import AskedRebuild, Hold, Skip
from provider.domain.edges.edge import Edge
from provider.domain.ledger import Ledger
from provider.domain.policy.authority import ADMINS
from provider.domain.rebuild import Decision, Nothing, Rebuild, Wait, decide
from provider.domain.state import ImageState, RebuildStage, RebuildState
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
STILL = ledger(("a", timedelta(0)))
MOVED = ledger(("a", timedelta(0)), ("b", HOUR))
AGED = HOUR + WEEK
GO = AGED + WINDOW
JANE = AskedRebuild("1", "jane", "new certificates", START + 2 * HOUR)
SCANNER = AskedRebuild("2", "scanner", "openssl", START + 2 * HOUR, emergency=True, cve="CVE-2026-1234")


def asked(*requests: AskedRebuild, **others: Any) -> ImageState:
    """A portal on node:22 for which people asked for a rebuild; keywords are its enrollment's."""
    return replace(image("portal", dependency(), **others), asked=requests or (JANE,))


def test_a_rebuild_that_nothing_causes_uses_the_same_digests() -> None:
    """It starts at once; its reason has who asked and why, and its key is its own."""
    found = decided(3 * HOUR, STILL, asked())

    assert isinstance(found, Rebuild)
    assert (found.causes, passed(found), found.asked, found.emergency) == ((), [digest("a")], (JANE,), False)
    assert found.reason == "rebuild requested by jane: new certificates"
    assert found.wave == JANE.at
    other = decided(3 * HOUR, STILL, asked(replace(JANE, id="3")))
    assert isinstance(other, Rebuild)
    assert other.key != found.key


def test_the_key_of_a_rebuild_without_causes_never_changes() -> None:
    """It is kept in git, so another release of this service gives the same one, in whatever order people asked."""
    for requests in ((JANE, SCANNER), (SCANNER, JANE)):
        found = decided(3 * HOUR, STILL, asked(*requests))
        assert isinstance(found, Rebuild)
        assert found.key == "72e811cef4d5f8b0"


def test_a_person_does_not_shorten_the_delay() -> None:
    """A digest that has not aged is not used, and one that has aged is."""
    assert passed(decided(3 * HOUR, MOVED, asked())) == [digest("a")]
    assert passed(decided(AGED - timedelta(seconds=1), MOVED, asked())) == [digest("a")]
    found = decided(GO, MOVED, asked())
    assert isinstance(found, Rebuild)
    assert passed(found) == [digest("b")]
    assert [cause.digest for cause in found.causes] == [digest("b")]
    assert found.reason.startswith("rebuild requested by jane: new certificates; node:22 changed: ")


def test_it_joins_an_open_coordination_window() -> None:
    """There is one rebuild, and it carries out the request."""
    found = decided(GO - timedelta(seconds=1), MOVED, asked())

    assert isinstance(found, Wait)
    assert (found.status, found.until) == (Status.WAITING, START + GO)
    assert found.reason == (
        "rebuild requested by jane: new certificates; node:22 changed; grouping changes until 2026-01-08 01:30:00 UTC "
        "before rebuilding"
    )
    assert found.wave == START + 2 * HOUR
    assert [cause.name for cause in found.causes] == ["node"]


@pytest.mark.parametrize(
    "state",
    [
        asked(auto_rebuild=False),
        replace(asked(), held=Hold("freeze")),
        rebuilt(asked(), decided(GO, MOVED)),
    ],
)
def test_it_starts_where_an_automatic_rebuild_does_not(state: ImageState) -> None:
    """With autoRebuild off, on hold, and after the same rebuild has failed: its key is the same."""
    found = decided(GO, MOVED, state)

    assert isinstance(found, Rebuild)
    automatic = decided(GO, MOVED)
    assert isinstance(automatic, Rebuild)
    assert found.key == automatic.key
    assert not isinstance(decided(GO, MOVED, replace(state, asked=())), Rebuild)


def test_a_failed_rebuild_of_a_person_is_not_repeated_automatically() -> None:
    """The causes are the same, so the key is."""
    failed = replace(rebuilt(asked(), decided(GO, MOVED, asked())), asked=())
    found = decided(GO, MOVED, failed)
    assert isinstance(found, Wait)
    assert found.status is Status.FAILED


def test_it_is_the_one_follow_up_of_a_running_rebuild() -> None:
    """While a rebuild runs, it waits."""
    running = asked().with_record(
        RebuildState("r-1", "k", START, START, (), (), "because", stage=RebuildStage.DISPATCHED)
    )
    found = decided(GO, MOVED, running)
    assert isinstance(found, Wait)
    assert found.status is Status.REBUILDING


def test_it_cannot_start_without_a_build_system_or_a_rule() -> None:
    """It says so, and starts as soon as there is one."""
    found = decided(GO, MOVED, asked(build=None))
    assert isinstance(found, Wait)
    assert (found.status, found.until, found.wave) == (Status.HELD, None, None)
    assert found.reason == (
        "rebuild requested by jane: new certificates; it cannot start: the enrollment names no workflow"
    )
    assert [cause.digest for cause in found.causes] == [digest("b")]
    no_rule = replace(ADMINS, no_build="no rule allows it")
    edges = [Edge(each, MOVED) for each in asked().dependencies]
    found = decide(START + GO, asked(), edges, {}, WINDOW, no_rule)
    assert isinstance(found, Wait)
    assert found.reason.endswith("it cannot start: no rule allows it")


def test_an_emergency_waits_for_neither_delay_nor_window() -> None:
    """It uses the current digest at once, and says which vulnerability it is about."""
    found = decided(2 * HOUR, MOVED, asked(SCANNER, auto_rebuild=False))

    assert isinstance(found, Rebuild)
    assert passed(found) == [digest("b")]
    assert (found.emergency, found.asked) == (True, (SCANNER,))
    assert found.wave == START + HOUR
    assert found.reason.startswith("emergency rebuild requested by scanner (CVE-2026-1234): openssl; node:22 changed: ")


def test_several_requests_are_one_rebuild() -> None:
    """It names all of them, and is an emergency where one is."""
    found = decided(2 * HOUR, MOVED, asked(JANE, SCANNER))
    assert isinstance(found, Rebuild)
    assert (found.asked, found.emergency, passed(found)) == ((JANE, SCANNER), True, [digest("b")])
    assert found.reason.startswith(
        "rebuild requested by jane: new certificates; emergency rebuild requested by scanner (CVE-2026-1234): openssl; "
    )


def test_a_request_that_has_expired_starts_nothing() -> None:
    """From its end on, the image is decided for as without it."""
    late = replace(SCANNER, until=START + 3 * HOUR)
    assert isinstance(decided(3 * HOUR - timedelta(seconds=1), MOVED, asked(late)), Rebuild)
    assert decided(3 * HOUR, MOVED, asked(late)) == decided(3 * HOUR, MOVED)


@pytest.mark.parametrize(
    ("request_", "wave", "waits"),
    [
        (SCANNER, SCANNER.at, True),
        (SCANNER, SCANNER.at + timedelta(seconds=1), False),
        (JANE, JANE.at + WINDOW, True),
        (JANE, JANE.at + WINDOW + timedelta(seconds=1), False),
    ],
)
def test_parents_go_first(request_: AskedRebuild, wave: datetime, waits: bool) -> None:
    """A parent of the same wave; one that is rebuilt for a later change is not waited for."""
    parent = image("base")
    edges = [Edge(each, STILL, makers=(parent,)) for each in asked(request_).dependencies]
    going: Mapping[str, datetime] = {"base": wave}
    found = decide(START + 4 * HOUR, asked(request_), edges, going, WINDOW)

    assert isinstance(found, Wait) is waits
    if isinstance(found, Wait):
        assert (found.status, found.wave) == (Status.DUE, request_.at)
        assert found.reason == f"{request_.text}; waiting for base, which is rebuilt first"
        assert found.causes == ()


def test_what_changed_is_known_while_a_parent_goes_first() -> None:
    """The causes are those of the rebuild that follows."""
    state = asked(SCANNER)
    edges = [Edge(each, MOVED, makers=(image("base"),)) for each in state.dependencies]
    found = decide(START + 4 * HOUR, state, edges, {"base": SCANNER.at}, WINDOW)

    assert isinstance(found, Wait)
    assert [(cause.name, cause.digest) for cause in found.causes] == [(edges[0].dependency.name, digest("b"))]


def test_a_digest_that_no_longer_exists_is_not_used_again() -> None:
    """Where nothing newer has aged, the rebuild waits; in an emergency the newer one is used."""
    gone = MOVED.without(digest("a"))
    found = decided(3 * HOUR, gone, asked())
    assert isinstance(found, Wait)
    assert (found.status, found.until) == (Status.WAITING, START + AGED)
    assert found.reason.startswith("rebuild requested by jane: new certificates; the digest of node:22 that this ")
    assert passed(decided(3 * HOUR, gone, asked(SCANNER))) == [digest("b")]


@pytest.mark.parametrize(
    ("request_", "after", "seen", "used"),
    [
        (JANE, 3 * HOUR, MOVED, "a"),
        (JANE, GO, MOVED, "b"),
        (SCANNER, 3 * HOUR, MOVED, "b"),
        (JANE, 3 * HOUR, STILL, "a"),
    ],
)
def test_a_rebuild_makes_certain_what_an_image_is_built_from(
    request_: AskedRebuild, after: timedelta, seen: Ledger, used: str
) -> None:
    """Where that is not known, the newest aged digest is passed, else the one that is known for longest."""
    state = replace(image("portal", dependency(built_on=None)), asked=(request_,))
    found = decided(after, seen, state)
    assert isinstance(found, Rebuild)
    assert passed(found) == [digest(used)]


def test_the_reason_names_no_digest_before_one_that_is_not_known() -> None:
    """What the image is built from is still to be learned."""
    found = decided(GO, MOVED, replace(image("portal", dependency(built_on=None)), asked=(JANE,)))
    assert isinstance(found, Rebuild)
    assert [cause.previous_digest for cause in found.causes] == [None]
    assert found.reason == f"{JANE.text}; node:22 changed: {digest('b')[7:19]}"


def test_a_base_that_was_never_seen_is_not_passed() -> None:
    """There is no digest to pass."""
    state = replace(image("portal", dependency(built_on=None)), asked=(JANE,))
    assert passed(decided(3 * HOUR, Ledger(), state)) == []


def test_pinned_and_unused_dependencies_cause_nothing() -> None:
    """A pinned one is not passed; one that only unused stages name is passed, and is no cause."""
    pinned = dependency(replace(NODE, digest=digest("a")), None)
    unused = dependency(role=DependencyRole.UNUSED)
    for edge, targets in ((pinned, []), (unused, [digest("b")])):
        found = decided(GO, MOVED, replace(image("portal", edge), asked=(SCANNER,)))
        assert isinstance(found, Rebuild)
        assert (found.causes, passed(found)) == ((), targets)


def test_a_skipped_digest_is_never_used() -> None:
    """Not automatically, not by request, and not in an emergency; the one before it is."""
    three = ledger(("a", timedelta(0)), ("b", HOUR), ("c", 2 * HOUR))
    skip = (Skip(digest("c"), "broken", "jane", START),)
    late = 2 * HOUR + WEEK + WINDOW
    for requests in ((), (JANE,), (SCANNER,)):
        state = replace(image("portal", dependency()), skips=skip, asked=requests)
        assert passed(decided(late, three, state)) == [digest("b")]
    all_skipped = replace(image("portal", dependency()), skips=(*skip, Skip(digest("b"), "too", "jane", START)))
    assert decided(late, three, all_skipped) == Nothing()


@pytest.mark.parametrize(
    ("state", "until", "why"),
    [
        (
            replace(image("portal", dependency()), held=Hold("freeze", "jane")),
            None,
            "the image is on hold by jane: freeze",
        ),
        (image("portal", dependency(), auto_rebuild=False), None, "autoRebuild is off"),
        (image("portal", dependency(), build=None), None, "the enrollment names no workflow"),
        (
            replace(image("portal", dependency()), held=Hold("freeze", until=START + 9 * DAY)),
            START + 9 * DAY,
            "the image is on hold until 10 Jan 2026: freeze",
        ),
        (
            replace(image("portal", dependency()), held=Hold("freeze", until=START + 2 * DAY)),
            START + AGED,
            "the image is on hold until 3 Jan 2026: freeze",
        ),
        (
            replace(image("portal", dependency(), auto_rebuild=False), held=Hold("freeze", until=START + 2 * DAY)),
            None,
            "the image is on hold until 3 Jan 2026: freeze",
        ),
        (
            replace(image("portal", dependency(), build=None), held=Hold("freeze", until=START + 2 * DAY)),
            None,
            "the enrollment names no workflow",
        ),
    ],
)
def test_an_image_that_is_not_rebuilt_shows_why_and_no_time(
    state: ImageState, until: datetime | None, why: str
) -> None:
    """While a digest ages; a hold that ends by itself has a time: the later one of both."""
    found = decided(DAY, MOVED, state)
    assert isinstance(found, Wait)
    assert (found.status, found.until, found.wave) == (Status.WAITING, until, None)
    assert found.reason == f"node:22 changed on 1 Jan 2026; it will not be rebuilt automatically: {why}"


def test_a_hold_ends_by_itself() -> None:
    """At its end the image is rebuilt, and until then it is held, with that time."""
    state = replace(image("portal", dependency()), held=Hold("freeze", "jane", START, START + 9 * DAY))
    found: Decision = decided(9 * DAY - timedelta(seconds=1), MOVED, state)
    assert isinstance(found, Wait)
    assert (found.status, found.until) == (Status.HELD, START + 9 * DAY)
    assert found.reason == "node:22 changed, but the image is on hold by jane until 10 Jan 2026: freeze"
    assert isinstance(decided(9 * DAY, MOVED, state), Rebuild)
