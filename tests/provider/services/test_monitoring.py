"""What tags point to is asked for, and what moved is written down."""

from catalog.reference import ImageReference
from proxy.errors import Unavailable
from tests.fakes.registry import digest_of
from tests.provider.services.world import HOUR, MINUTE, NODE, WINDOW, due, settled


def test_a_check_that_finds_nothing_new_commits_nothing() -> None:
    """However often it is looked at."""
    company = settled()
    commits = len(company.snapshot.commits)
    for _ in range(3):
        company.after(HOUR)

    assert len(company.snapshot.commits) == commits


def test_one_check_for_each_reference_however_many_depend_on_it() -> None:
    """And never a list of tags."""
    company = settled()
    company.enroll("billing")
    company.after(HOUR)
    company.registry.calls.clear()
    company.after(HOUR)

    assert [call.method for call in company.registry.calls] == ["check"] * 3
    assert len({call.reference for call in company.registry.calls}) == 3


def test_one_registry_that_is_down_stops_no_other() -> None:
    """The base is in error, the image is seen."""
    company = settled()
    company.registry.fail(NODE, Unavailable("docker.io is down"))
    made = company.move("ghcr.io/acme/portal:latest", "portal 1")
    company.after(HOUR)

    current = company.image().ledger.current
    assert current
    assert current.digest == made
    assert company.status("node-22")[0] == "error"


def test_a_digest_that_comes_back_counts_again() -> None:
    """A registry that had lost it for a moment costs no more than the wait."""
    company = due()
    lost = ImageReference.parse(f"{NODE}@{digest_of('node 1')}")
    company.registry.remove(lost)
    company.round.run()
    assert company.builds.dispatches == []

    company.move(NODE, "node 1")
    company.after(MINUTE)
    company.after(WINDOW)
    assert [target.digest for target in company.builds.dispatches[0].targets] == [digest_of("node 1")]
