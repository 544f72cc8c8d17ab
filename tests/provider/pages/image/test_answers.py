"""What the page of an image says first."""

from dataclasses import replace
from datetime import timedelta

import pytest

from catalog.image import DiscoveryDocument, DiscoveryStatus, Evidence, Failure, HoldDocument, Status
from provider.pages.image.answers import (
    EVIDENCE_MEANS,
    discovery_problem,
    next_step,
    other_error,
    waits,
    who_may,
)
from tests.provider.web_images import NOW, base, dependency, digest, managed

ALL = ("rebuild", "emergency", "hold", "skip")
DAY = timedelta(days=1)
OWNERS = "group:default/team-a and admins"


@pytest.mark.parametrize("status", list(Status))
def test_every_status_says_what_to_do(status: Status) -> None:
    """In a sentence; where nothing is to do, it says that."""
    said = next_step(managed("app", status=status))
    assert said.endswith(".")
    waiting = {Status.REBUILDING, Status.DUE, Status.WAITING, Status.UP_TO_DATE, Status.WATCHED}
    assert said.startswith("Nothing to do") is (status in waiting)


def test_a_hold_is_released() -> None:
    """Other causes of the status need something else."""
    held = managed("app", status=Status.HELD, hold=HoldDocument("freeze", None, None, None))
    assert "Release it" in next_step(held)
    assert "Release" not in next_step(replace(held, hold=None))


@pytest.mark.parametrize(
    ("offered", "says"),
    [
        (ALL, ""),
        (("rebuild", "emergency", "release"), ""),
        ((), f"{OWNERS} may rebuild it, ask for an emergency rebuild and hold it or skip a digest; you may not."),
        (("rebuild", "hold"), f"{OWNERS} may ask for an emergency rebuild; you may not."),
        (("emergency",), f"{OWNERS} may rebuild it and hold it or skip a digest; you may not."),
    ],
)
def test_who_may_what_the_caller_may_not(offered: tuple[str, ...], says: str) -> None:
    """The owner and admins; nothing is said where the caller may do everything."""
    assert who_may(managed("app"), offered) == says


def test_an_owner_without_rights_is_not_named() -> None:
    """Nor that of a base image, and nobody may rebuild what cannot be built."""
    assert who_may(managed("app", owner_acts=False), ALL[:2]) == "Admins may hold it or skip a digest; you may not."
    assert who_may(managed("app", no_build="no workflow"), ()).startswith(f"{OWNERS} may hold it")
    assert who_may(base("node"), ()).startswith("Admins may ask for an emergency rebuild of everything")
    assert who_may(base("node"), ("emergency",)) == ""


def test_no_error_is_shown_twice() -> None:
    """Neither the last error nor that of discovery, if the status says it, in whatever case and spaces."""
    failed = DiscoveryDocument(DiscoveryStatus.FAILED, "there is no repository github:acme/nope")
    error = Failure(NOW, "There is no  repository github:acme/nope.")
    image = managed("app", status=Status.ERROR, reason="there is no repository github:acme/nope", discovery=failed)
    assert other_error(replace(image, last_error=error)) is None
    assert discovery_problem(image) is None

    elsewhere = replace(image, reason="the registry does not answer", last_error=error)
    assert other_error(elsewhere) == error
    assert discovery_problem(elsewhere) is None
    assert discovery_problem(replace(elsewhere, last_error=None)) == failed.error
    assert discovery_problem(replace(image, discovery=None)) is None
    assert (
        discovery_problem(replace(image, discovery=replace(failed, error=None))) == "The Dockerfile could not be read."
    )
    assert other_error(image) is None


@pytest.mark.parametrize(
    ("delay", "age", "says"),
    [
        (None, 3 * DAY, "3 of 7 days of its delay"),
        ("7d", DAY - timedelta(seconds=1), "0 of 7 days of its delay"),
        ("1d", timedelta(0), "0 of 1 day of its delay"),
        ("2w", 13 * DAY, "13 of 14 days of its delay"),
        ("12h", timedelta(hours=5), "5 of 12 hours of its delay"),
        ("90m", timedelta(hours=1), "1 of 1.5 hours of its delay"),
        ("60m", timedelta(minutes=59), "0 of 1 hour of its delay"),
        ("5m", timedelta(minutes=2, seconds=30), "2 of 5 minutes of its delay"),
        ("90s", timedelta(seconds=61), "1 of 1.5 minutes of its delay"),
        ("10s", timedelta(seconds=3), "3 of 10 seconds of its delay"),
        ("1s", timedelta(0), "0 of 1 second of its delay"),
        ("7d", 7 * DAY, ""),
        ("7x", 3 * DAY, "3 of 7 days of its delay"),
    ],
)
def test_the_newest_digest_has_aged_so_much(delay: str | None, age: timedelta, says: str) -> None:
    """In days, or in a smaller unit for a short delay; one that has aged waits for nothing."""
    image = managed("app", enrollment={"rebuildDelay": delay} if delay else {})
    found = replace(dependency("node"), newest=digest("a"), newest_since=NOW - age)
    assert waits(image, found, NOW) == says


def test_what_does_not_age_waits_for_no_delay() -> None:
    """A digest of the organisation's own, one that the image is built from, and one without a time."""
    image, found = managed("app"), replace(dependency("node"), newest=digest("a"), newest_since=NOW)
    assert waits(image, replace(found, ages=False), NOW) == ""
    assert waits(image, replace(found, built_on=digest("a")), NOW) == ""
    assert waits(image, replace(found, newest_since=None), NOW) == ""


def test_each_evidence_is_explained() -> None:
    """The surest first."""
    assert set(EVIDENCE_MEANS) == set(Evidence)
    assert next(iter(EVIDENCE_MEANS)) is Evidence.VERIFIED
