"""Checks of images whose rebuild is in progress: others depend on them, and a run may never end."""

import pytest

from catalog.image import Conclusion, Evidence
from proxy.errors import Garbage, NotFound, OutsideFailure, Refused, Unavailable
from tests.provider.services.world import DAY, HOUR, MINUTE, WINDOW, Company, due

OWN = "ghcr.io/acme/portal:latest"


def building() -> Company:
    """The rebuild of portal is in progress, and its child depends on it."""
    company = due()
    company.enroll("child", f"FROM {OWN}\n")
    company.round.run()
    company.after(MINUTE)
    assert company.status()[0] == "rebuilding"
    return company


def test_a_run_that_never_ends_hides_no_new_digest() -> None:
    """Whoever pushes meanwhile, the digest is old enough for the child when it would have been without the run."""
    company = building()
    company.builds.go_down(Unavailable("down"))
    pushed = company.move(OWN, "pushed by hand")
    company.after(HOUR)
    seen = company.image().ledger.current

    assert seen
    assert (seen.digest, seen.first_seen) == (pushed, company.now)
    assert company.status()[0] == "rebuilding"
    company.after(3 * DAY)
    assert company.image().ledger.current == seen


def test_an_image_that_nothing_depends_on_is_read_when_its_run_ends() -> None:
    """It costs no request before."""
    company = due()
    company.round.run()
    company.registry.calls.clear()
    company.after(HOUR)

    assert OWN not in {str(call.reference) for call in company.registry.calls}


def test_a_digest_that_the_build_pushed_is_its_own_though_it_was_seen_before_the_run_ended() -> None:
    """The image is up to date as soon as the run has ended, and the child is rebuilt without a delay."""
    company = building()
    made = company.finish()
    company.builds.go_down(Unavailable("down"))
    company.after(HOUR)
    seen = company.image().ledger.current
    assert seen
    assert seen.digest == made

    company.builds.heal()
    company.after(MINUTE)
    assert (company.last().result, company.status()[0]) == (made, "up-to-date")
    assert company.image().ledger.current == seen
    company.after(WINDOW)
    assert [target.digest for target in company.builds.dispatches[-1].targets] == [made]


@pytest.mark.parametrize("end", [Conclusion.FAILURE, Conclusion.CANCELLED, Conclusion.TIMED_OUT])
def test_after_a_run_without_an_image_nothing_is_assumed_of_a_digest_that_appeared(end: Conclusion) -> None:
    """What the image was built from before says nothing about it."""
    company = building()
    (before,) = company.image().dependencies
    assert before.built_on
    company.move(OWN, "pushed by hand")
    company.after(HOUR)
    company.finish(conclusion=end)
    company.after(MINUTE)
    company.after(MINUTE)

    (edge,) = company.image().dependencies
    assert edge.evidence is Evidence.ASSUMED
    assert company.image().ledger.current
    assert company.status()[0] != "up-to-date"


@pytest.mark.parametrize("failure", [Unavailable("busy"), NotFound("gone"), Refused("no"), Garbage("odd")])
def test_a_failed_check_during_a_build_is_no_error_of_the_image(failure: OutsideFailure) -> None:
    """The end of the run decides, as without dependents."""
    company = building()
    company.registry.fail(OWN, failure)
    company.after(HOUR)

    assert (company.status()[0], company.image().error) == ("rebuilding", None)
