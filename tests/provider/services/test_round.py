"""Tests of one round: which steps are due, and in which order."""

from datetime import timedelta

from tests.provider.services.world import DAY, HOUR, MINUTE, NODE, WINDOW, Company, due, settled


def test_a_new_process_continues_where_the_last_one_stopped() -> None:
    """The snapshot has everything that the decisions need."""
    company = due()
    company.restart()
    company.round.run()
    company.restart()
    company.round.run()

    assert len(company.builds.dispatches) == 1


def test_nothing_is_built_while_the_clock_is_wrong() -> None:
    """The reason says so; when the clock is right again, the rebuild starts."""
    company = due()
    company.skew = timedelta(minutes=6)
    company.round.run()
    assert company.builds.dispatches == []
    assert "clock is 6 minutes off" in company.status()[1]

    company.skew = timedelta(minutes=5)
    company.round.run()
    assert len(company.builds.dispatches) == 1


def test_a_dockerfile_is_read_again_after_each_rebuild() -> None:
    """It is read once after each rebuild, also after the first one; otherwise once a day."""
    company = due()
    company.round.run()
    company.sources.asked.clear()
    company.finish()
    for _ in range(4):
        company.after(MINUTE)
    assert len(company.sources.asked) == 1

    company.after(DAY)
    assert len(company.sources.asked) == 2


def test_a_check_of_one_image_checks_its_dependencies() -> None:
    """Other images are not checked."""
    company = settled()
    company.enroll("billing", "FROM golang:1\n")
    company.after(MINUTE)
    company.registry.calls.clear()
    company.sources.asked.clear()
    company.round.check(["portal"])

    assert {call.reference.repository for call in company.registry.calls} == {"acme/portal", "library/node"}
    assert company.sources.asked == [("acme/portal", "Dockerfile")]


def test_it_is_busy_while_something_waits_or_runs() -> None:
    """It is busy from the opening of the window to the end of the run."""
    company = settled()
    company.move(NODE, "node 1")
    company.after(HOUR)
    assert not company.round.busy()
    company.after(7 * DAY)
    assert company.round.busy()
    company.after(WINDOW)
    assert company.round.busy()
    company.finish()
    company.round.follow()
    assert not company.round.busy()


def test_a_round_without_enrollments_does_nothing() -> None:
    """Nothing is requested, and nothing is committed."""
    company = Company()
    company.round.run()

    assert (company.snapshot.commits, company.registry.calls, company.sources.asked) == ([], [], [])
