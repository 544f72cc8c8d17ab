"""Rebuilds are followed to their end."""

from catalog.image import Conclusion
from provider.domain.state import RebuildStage
from proxy.errors import Unavailable
from tests.fakes.build_system import FakeBuildSystem
from tests.provider.services.world import HOUR, MINUTE, WINDOW, Company, due, enrolled

OWN = enrolled("portal").reference


def running(**others: object) -> Company:
    """The portal's rebuild is under way."""
    company = due(**others)
    company.round.run()
    assert company.status()[0] == "rebuilding"
    return company


def test_a_build_that_ended_well_is_read() -> None:
    """The image stands on what was passed, and its own digest is the new one."""
    company = running()
    made = company.finish()
    company.after(MINUTE)

    record, (dependency,) = company.last(), company.image().dependencies
    assert (record.conclusion, record.result, record.settled) == (Conclusion.SUCCESS, made, True)
    assert dependency.built_on
    assert dependency.built_on.digest == record.targets[0].digest
    assert company.status()[0] == "up-to-date"


def test_a_run_whose_id_was_not_told_is_found() -> None:
    """Its address is shown from then on."""
    company = running(builds=FakeBuildSystem(tells_runs=False))
    assert company.last().url is None
    company.after(MINUTE)

    assert company.last().url == "https://builds.example.com/runs/1"


def test_a_build_system_that_cannot_be_asked_is_asked_again() -> None:
    """Nothing is concluded from its silence."""
    company = running()
    company.builds.go_down(Unavailable("down"))
    company.after(HOUR)
    assert company.status()[0] == "rebuilding"

    company.builds.heal()
    company.finish()
    company.after(MINUTE)
    assert company.status()[0] == "up-to-date"


def test_dependents_wait_until_the_new_digest_has_been_read() -> None:
    """A child of the image goes only afterwards, on that digest."""
    company = due()
    company.enroll("child", f"FROM {OWN}\n")
    company.round.run()
    made = company.finish()
    company.registry.fail(OWN, Unavailable("busy"))
    company.after(MINUTE)
    assert company.status()[0] == "rebuilding"

    company.registry.heal()
    company.after(MINUTE)
    company.after(WINDOW)
    assert [target.digest for target in company.builds.dispatches[-1].targets] == [made]
    assert len(company.builds.dispatches) == 2


def test_an_image_that_was_never_pushed_is_a_failure_after_a_while() -> None:
    """It blocks nobody for ever, and a person reads why."""
    company = running()
    company.finish()
    current = company.registry.digest(OWN)
    company.registry.remove(OWN.at(current))  # type: ignore[arg-type]  # nothing was named as known
    company.after(MINUTE)
    assert company.status()[1].endswith("is in progress (https://builds.example.com/runs/1)")

    company.after(11 * MINUTE)
    assert company.image().active is None
    assert "cannot be read" in (company.last().error or "")


def test_a_run_that_was_deleted_ends_the_rebuild() -> None:
    """Nobody waits for what nobody knows."""
    company = running()
    company.builds.forget("1")
    company.after(MINUTE)

    assert company.status()[0] == "failed"
    assert "knows its run no more" in company.status()[1]


def test_no_third_request_follows_an_unknown_outcome() -> None:
    """The one repetition may be put off by the build system; when its outcome is unknown too, a person is asked."""
    company = due()
    company.builds.lose_next(started=False)
    company.builds.fail_next(Unavailable("rate limited"))
    company.builds.lose_next(started=False)
    company.round.run()
    for _ in range(10):
        company.after(2 * MINUTE)

    # The second of the three was certainly not carried out.
    assert len(company.builds.dispatches) == 3
    assert company.image().active is None
    assert company.status()[0] == "failed"


def test_a_new_process_sends_no_third_request_either() -> None:
    """What was sent is read from the state, not remembered."""
    company = due()
    company.builds.lose_next(started=False)
    company.builds.lose_next(started=False)
    company.round.run()
    for _ in range(10):
        company.restart()
        company.after(2 * MINUTE)

    assert len(company.builds.dispatches) == 2
    assert company.image().active is None


def test_a_request_is_not_repeated_before_its_run_had_time_to_appear() -> None:
    """A minute, counted from when it was sent last, not from the decision."""
    company = due()
    company.builds.fail_next(Unavailable("rate limited", company.now + HOUR))
    company.builds.lose_next(started=False)
    company.round.run()
    company.after(HOUR)
    assert len(company.builds.dispatches) == 2

    company.after(MINUTE / 2)
    assert (len(company.builds.dispatches), company.last().stage) == (2, RebuildStage.REQUESTED)
    company.after(MINUTE / 2)
    assert len(company.builds.dispatches) == 3
