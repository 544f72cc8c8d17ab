"""Tests of what a request of a person changes."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from provider.domain.asking.asked import AskedRebuild, Hold, Skip
from provider.domain.asking.carrying_out import carry_out
from provider.domain.asking.request import Outcome, PersonRequest, RequestKind
from provider.domain.enrollment import Build
from provider.domain.snapshot import Snapshot
from provider.domain.state import ImageState, RebuildState
from tests.provider.domain.samples import DAY, HOUR, START, dependency, digest, image

JANE = "user:default/jane"
PORTAL = image("portal", dependency())
NO_WEBHOOK = "only images.yaml may name a webhook, so nothing is built; ask an admin to enroll the image there"


def asked(kind: RequestKind, name: str = "portal", **others: object) -> PersonRequest:
    """A request of Jane."""
    fields = {"reason": "because", "requested_by": JANE, "at": START, **others}
    return PersonRequest(f"{kind.value} {name}", kind, name, **fields)  # type: ignore[arg-type]


def after(
    *requests: PersonRequest, images: tuple[ImageState, ...] = (PORTAL,), now: timedelta = HOUR
) -> tuple[Snapshot, dict[str, Outcome], list[str], list[str]]:
    """The snapshot after the requests, their outcomes, the reasons of the commit, and who asked."""
    snapshot = Snapshot("0", {}, {each.name: each for each in images}, {})
    changes, outcomes = carry_out(START + now, snapshot, requests)
    return changes.apply(snapshot), outcomes, changes.reasons, changes.requested_by


def test_a_rebuild_is_noted_with_who_and_why() -> None:
    """In the state, in the reasons of the commit, and in the outcome."""
    found, outcomes, reasons, people = after(asked(RequestKind.REBUILD, cve="CVE-2026-1234"))

    assert found.images["portal"].asked == (
        AskedRebuild("rebuild portal", JANE, "because", START, emergency=False, cve="CVE-2026-1234"),
    )
    assert reasons == ["portal: rebuild requested by user:default/jane (CVE-2026-1234): because"]
    assert outcomes == {"rebuild portal": Outcome(done=True, message=reasons[0])}
    assert people == [JANE]


def test_a_request_that_was_carried_out_before_changes_nothing() -> None:
    """Neither while it waits, nor after it has become a rebuild; then the commit names nobody."""
    request = asked(RequestKind.REBUILD)
    waiting = after(request)[0].images["portal"]
    record = RebuildState("r-1", "key", START, START, (), (), "because", requests=(request.id,))

    for known in (waiting, PORTAL.with_record(record)):
        found, outcomes, reasons, people = after(request, images=(known,))
        assert found.images["portal"] == known
        assert (outcomes[request.id].done, reasons, people) == (True, [], [])


def test_an_emergency_is_noted_for_every_image_that_it_covers() -> None:
    """With the time after which it is dropped; an image that is gone is left out."""
    request = asked(RequestKind.EMERGENCY, "node", images=("gone", "base", "portal"), until=START + DAY)
    found, outcomes, _, _ = after(request, images=(PORTAL, image("base"), image("other")))

    assert {name: each.asked for name, each in found.images.items() if each.asked} == {
        name: (AskedRebuild(request.id, JANE, "because", START, emergency=True, until=START + DAY),)
        for name in ("base", "portal")
    }
    assert outcomes[request.id].done


@pytest.mark.parametrize(
    ("request_", "images", "now", "message"),
    [
        (asked(RequestKind.REBUILD, "gone"), (PORTAL,), HOUR, "there is no managed image named gone any longer"),
        (asked(RequestKind.HOLD, "gone"), (PORTAL,), HOUR, "there is no managed image named gone any longer"),
        (
            asked(RequestKind.REBUILD),
            (image("portal", build=None),),
            HOUR,
            "portal cannot be rebuilt: the enrollment names no workflow",
        ),
        (
            asked(RequestKind.EMERGENCY, images=("gone",)),
            (PORTAL,),
            HOUR,
            "none of its images is enrolled any longer",
        ),
        (
            asked(RequestKind.EMERGENCY, images=("portal",), until=START + HOUR),
            (PORTAL,),
            HOUR,
            "it expired before it could start",
        ),
        (
            asked(RequestKind.REBUILD),
            (image("portal", build=Build("webhook", url="https://ci.example.org"), file="images.d/team.yaml"),),
            HOUR,
            f"portal cannot be rebuilt: {NO_WEBHOOK}",
        ),
        (asked(RequestKind.SKIP), (PORTAL,), HOUR, "the digest is missing"),
    ],
)
def test_what_cannot_be_carried_out_is_refused_with_the_reason(
    request_: PersonRequest, images: tuple[ImageState, ...], now: timedelta, message: str
) -> None:
    """It changes nothing, and the next request is carried out."""
    held = asked(RequestKind.HOLD)
    found, outcomes, _, people = after(request_, held, images=images, now=now)

    assert outcomes[request_.id] == Outcome(done=False, message=message)
    assert outcomes[held.id].done
    assert found.images["portal"].asked == ()
    assert people == [JANE]


def test_a_hold_lasts_until_it_is_released() -> None:
    """A later hold replaces it; a release without a hold changes nothing."""
    first = asked(RequestKind.HOLD, reason="freeze", until=START + DAY)
    held, outcomes, _, _ = after(first)
    hold = Hold("freeze", JANE, START, START + DAY)
    assert held.images["portal"].held == hold
    assert outcomes[first.id].message == "portal: on hold by user:default/jane until 2 Jan 2026: freeze"
    release = asked(RequestKind.RELEASE, reason="")
    found, outcomes, reasons, people = after(release, images=(held.images["portal"],))
    assert found.images["portal"] == PORTAL
    assert reasons == ["portal: released by user:default/jane"]
    assert people == [JANE]
    assert after(replace(release, reason="done"), images=(held.images["portal"],))[2] == [
        "portal: released by user:default/jane: done"
    ]
    assert after(release)[2:] == ([], [])


def test_a_digest_is_skipped_once_until_it_is_unskipped() -> None:
    """The later reason counts; other digests stay."""
    others = Skip(digest("c"), "old", "bob", START)
    known = replace(PORTAL, skips=(Skip(digest("b"), "old", "bob", START), others))
    found, outcomes, _, _ = after(asked(RequestKind.SKIP, digest=digest("b"), reason="broken"), images=(known,))
    skipped = found.images["portal"]
    assert skipped.skips == (others, Skip(digest("b"), "broken", JANE, START))
    assert outcomes["skip portal"].message == f"portal: {digest('b')} is skipped by user:default/jane: broken"
    assert skipped.skip_of(digest("c")) is others
    assert skipped.skip_of(digest("a")) is None

    found, _, reasons, _ = after(asked(RequestKind.UNSKIP, digest=digest("b"), reason="fixed"), images=(skipped,))
    assert found.images["portal"].skips == (others,)
    assert reasons == [f"portal: {digest('b')} is no longer skipped, by user:default/jane: fixed"]
    found, _, reasons, _ = after(asked(RequestKind.UNSKIP, digest=digest("b"), reason=""), images=(skipped,))
    assert reasons == [f"portal: {digest('b')} is no longer skipped, by user:default/jane"]
    assert after(asked(RequestKind.UNSKIP, digest=digest("b")))[2:] == ([], [])


def test_what_has_ended_is_removed() -> None:
    """A hold at its end, and a rebuild that did not start in time; nobody has to ask."""
    ended = Hold("freeze", JANE, START, START + HOUR)
    late = AskedRebuild("1", JANE, "openssl", START, emergency=True, until=START + HOUR)
    lasting = AskedRebuild("2", JANE, "openssl", START)
    known = replace(PORTAL, held=ended, asked=(late, lasting))
    assert after(images=(known,), now=HOUR - timedelta(seconds=1))[2] == []

    found, _, reasons, people = after(images=(known, image("other")))
    assert found.images["portal"] == replace(PORTAL, asked=(lasting,))
    assert reasons == [
        "portal: the hold has ended: on hold by user:default/jane until 2026-01-01 01:00:00 UTC: freeze",
        "portal: dropped, because it did not start in time: emergency rebuild requested by user:default/jane: openssl",
    ]
    assert people == []
    assert after(images=(replace(PORTAL, held=Hold("for ever"), asked=(lasting,)),), now=1000 * DAY)[2] == []


def test_removals_that_are_allowed_are_carried_out() -> None:
    """Those that were shown and still wait; the commit says who allowed how many, and why."""
    names = ["a", "b", "c"]
    images = {name: image(name) for name in names}
    file = "images.d/team.yaml"
    enrollments = {name: each.enrollment for name, each in images.items()}
    snapshot = Snapshot("0", enrollments, images, {}, removals={file: ("a", "b")})
    request = asked(RequestKind.REMOVALS, file, images=("b", "c", "gone"))
    changes, outcomes = carry_out(START + HOUR, snapshot, [request])

    assert changes.apply(snapshot).images.keys() == {"a", "c"}
    assert changes.apply(snapshot).archived_images == {"b": replace(images["b"], archived_at=START + HOUR)}
    assert changes.reasons == [
        "b: enrolled no more; archived",
        f"{file}: removals allowed by {JANE} (1): because",
    ]
    assert outcomes[request.id] == Outcome(done=True, message="; ".join(changes.reasons))
    assert changes.requested_by == [JANE]
    changes, _ = carry_out(START + HOUR, snapshot, [replace(request, reason="")])
    assert changes.reasons[-1] == f"{file}: removals allowed by {JANE} (1)"


@pytest.mark.parametrize("removals", [{}, {"images.d/team.yaml": ("c",)}, {"images.d/other.yaml": ("b",)}])
def test_removals_that_wait_no_longer_are_refused(removals: dict[str, tuple[str, ...]]) -> None:
    """The entries are there again, or the removals were allowed before."""
    snapshot = Snapshot("0", {"b": image("b").enrollment}, {"b": image("b")}, {}, removals=removals)
    request = asked(RequestKind.REMOVALS, "images.d/team.yaml", images=("b",))
    changes, outcomes = carry_out(START + HOUR, snapshot, [request])

    assert changes.apply(snapshot).images.keys() == {"b"}
    assert outcomes[request.id] == Outcome(done=False, message="no removal of images.d/team.yaml waits any longer")


ODD: dict[str, Any] = {
    "a hold that is text": replace(image("evil"), held="held"),  # type: ignore[arg-type]
    "a hold without an end that can be compared": replace(image("evil"), held=Hold("x", until="soon")),  # type: ignore[arg-type]
    "requests that are text": replace(image("evil"), asked=("r-1",)),  # type: ignore[arg-type]
    "no requests at all": replace(image("evil"), asked=None),  # type: ignore[arg-type]
}


@pytest.mark.parametrize("odd", ODD)
def test_an_image_with_an_unexpected_state_stops_no_other(odd: str) -> None:
    """What has ended is removed from the others; the error is in the changes."""
    ended = replace(PORTAL, held=Hold("release freeze", until=START))
    snapshot = Snapshot("0", {}, {"evil": ODD[odd], "portal": ended}, {})
    request = asked(RequestKind.HOLD, "portal")
    changes, outcomes = carry_out(START + HOUR, snapshot, [request])

    assert outcomes[request.id].done
    assert changes.images.keys() == {"portal"}
    assert changes.errors["evil"].startswith("internal error: ")


@pytest.mark.parametrize("field", ["asked", "rebuilds"])
def test_an_emergency_of_many_images_does_not_depend_on_one(field: str) -> None:
    """The others are rebuilt; the outcome names the image that is not."""
    odd: dict[str, Any] = {field: ("r-1",)}
    snapshot = Snapshot("0", {}, {"evil": replace(image("evil"), **odd), "portal": PORTAL}, {})
    request = asked(RequestKind.EMERGENCY, "node", images=("evil", "portal"), until=START + DAY)
    changes, outcomes = carry_out(START + HOUR, snapshot, [request])

    assert changes.images.keys() == {"portal"}
    assert outcomes[request.id].done
    assert "evil: internal error: " in outcomes[request.id].message


@pytest.mark.parametrize("kind", [RequestKind.REBUILD, RequestKind.SKIP, RequestKind.UNSKIP, RequestKind.EMERGENCY])
def test_a_request_that_fails_unexpectedly_stops_no_other(kind: RequestKind) -> None:
    """It is refused with the error; the next one is carried out."""
    odd = replace(image("evil"), enrollment=replace(image("evil").enrollment, build="x"), asked=(), skips=None)  # type: ignore[arg-type]
    odd = replace(odd, rebuilds=None)  # type: ignore[arg-type]
    snapshot = Snapshot("0", {}, {"evil": odd, "portal": PORTAL}, {})
    broken = asked(kind, "evil", images=("evil",), digest=digest("b"))
    changes, outcomes = carry_out(START + HOUR, snapshot, [broken, asked(RequestKind.HOLD)])

    assert not outcomes[broken.id].done
    assert "internal error: " in outcomes[broken.id].message
    assert changes.images.keys() == {"portal"}


@pytest.mark.parametrize(
    ("kind", "odd", "named"),
    [
        (RequestKind.HOLD, {"held": "held"}, "odd-hold"),
        (RequestKind.EMERGENCY, {"rebuilds": ("r-1",)}, "odd-emergency"),
        (RequestKind.SKIP, {"skips": None}, "request skip odd-skip"),
    ],
)
def test_the_log_names_the_image_or_the_request(
    kind: RequestKind, odd: dict[str, Any], named: str, caplog: pytest.LogCaptureFixture
) -> None:
    """An operator finds the state file, or the request, by it."""
    name = named.rpartition(" ")[2]
    snapshot = Snapshot("0", {}, {name: replace(image(name), **odd)}, {})
    carry_out(START + HOUR, snapshot, [asked(kind, name, images=(name,), digest=digest("b"))])

    assert {entry.getMessage().partition(":")[0] for entry in caplog.records} == {named}
