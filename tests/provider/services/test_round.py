"""One look at everything: what is due, in order, and what is not."""

from datetime import timedelta

from tests.provider.services.world import DAY, HOUR, MINUTE, NODE, WINDOW, Company, due, settled


def test_a_new_process_goes_on_where_the_last_one_stopped() -> None:
    """All that decides is in the snapshot."""
    company = due()
    company.restart()
    company.round.run()
    company.restart()
    company.round.run()

    assert len(company.builds.dispatches) == 1


def test_nothing_is_built_while_the_clock_is_off() -> None:
    """It says so; once the clock is right, the rebuild goes."""
    company = due()
    company.skew = timedelta(minutes=6)
    company.round.run()
    assert company.builds.dispatches == []
    assert "clock is 6 minutes off" in company.status()[1]

    company.skew = timedelta(minutes=5)
    company.round.run()
    assert len(company.builds.dispatches) == 1


def test_a_dockerfile_is_read_again_after_each_rebuild() -> None:
    """The first one too, and once each; otherwise on a slow schedule."""
    company = due()
    company.round.run()
    company.sources.asked.clear()
    company.finish()
    for _ in range(4):
        company.after(MINUTE)
    assert len(company.sources.asked) == 1

    company.after(DAY)
    assert len(company.sources.asked) == 2


def test_looking_at_one_image_looks_at_what_it_stands_on() -> None:
    """And at nothing else."""
    company = settled()
    company.enroll("billing", "FROM golang:1\n")
    company.after(MINUTE)
    company.registry.calls.clear()
    company.sources.asked.clear()
    company.round.check(["portal"])

    assert {call.reference.repository for call in company.registry.calls} == {"acme/portal", "library/node"}
    assert [source.repo for source in company.sources.asked] == ["acme/portal"]


def test_it_is_busy_while_something_waits_or_runs() -> None:
    """From the open window to the end of the run."""
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


def test_an_empty_company_is_looked_at_in_vain() -> None:
    """Nothing is asked and nothing committed."""
    company = Company()
    company.round.run()

    assert (company.snapshot.commits, company.registry.calls, company.sources.asked) == ([], [], [])
