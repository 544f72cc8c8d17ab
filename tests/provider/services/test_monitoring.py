"""Tests of checking tags and recording the changes."""

from catalog.reference import ImageReference
from proxy.errors import Unavailable
from tests.fakes.registry import digest_of
from tests.provider.services.world import DAY, HOUR, MINUTE, NODE, WINDOW, due, settled


def test_a_check_that_finds_nothing_new_commits_nothing() -> None:
    """The number of checks does not matter."""
    company = settled()
    commits = len(company.snapshot.commits)
    for _ in range(3):
        company.after(HOUR)

    assert len(company.snapshot.commits) == commits


def test_each_reference_is_checked_once_for_all_its_dependents() -> None:
    """No list of tags is requested."""
    company = settled()
    company.enroll("billing")
    company.after(HOUR)
    company.registry.calls.clear()
    company.after(HOUR)

    assert [call.method for call in company.registry.calls] == ["check"] * 3
    assert len({call.reference for call in company.registry.calls}) == 3


def test_a_registry_that_is_down_does_not_affect_another() -> None:
    """The base has an error, and the image in the other registry is checked."""
    company = settled()
    company.registry.fail(NODE, Unavailable("docker.io is down"))
    made = company.move("ghcr.io/acme/portal:latest", "portal 1")
    company.after(HOUR)

    current = company.image().ledger.current
    assert current
    assert current.digest == made
    assert company.status("node-22")[0] == "error"


def test_a_digest_that_comes_back_counts_again() -> None:
    """After a registry has lost the digest for a moment, the rebuild goes as soon as the digest exists again."""
    company = due()
    lost = ImageReference.parse(f"{NODE}@{digest_of('node 1')}")
    company.registry.remove(lost)
    company.round.run()
    assert company.builds.dispatches == []

    company.move(NODE, "node 1")
    company.after(MINUTE)
    company.after(WINDOW)
    assert [target.digest for target in company.builds.dispatches[0].targets] == [digest_of("node 1")]


def test_a_new_digest_is_written_down_before_its_manifest_can_be_read() -> None:
    """Its age counts from the first sight; the image is rebuilt at the time when it would have been."""
    company = settled()
    moved = company.move(NODE, "node 1")
    company.registry.fail(f"{NODE}@{moved}", Unavailable("registry is busy"), "manifest")
    seen_at = company.now
    company.after(MINUTE)
    current = company.store.read().ledger("node-22").current
    assert current is not None
    assert (current.digest, current.unread) == (moved, True)

    company.registry.heal()
    company.after(DAY)
    read = company.store.read().ledger("node-22").current
    assert read is not None
    assert (read.digest, read.unread, read.first_seen - seen_at <= MINUTE) == (moved, False, True)
    company.after(6 * DAY + WINDOW)
    assert [target.digest for target in company.builds.dispatches[0].targets] == [moved]
