"""Tests of following rebuilds to their end."""

from catalog.image import Conclusion
from provider.domain.events import RunChanged
from provider.domain.rebuild_record import asked_again
from provider.domain.snapshot import Changes, Snapshot
from provider.domain.state import RebuildStage
from provider.services.reacting.wanted import Wanted
from proxy.errors import Unavailable
from tests.fakes.build_system import FakeBuildSystem
from tests.provider.services.world import DAY, HOUR, MINUTE, NODE, WINDOW, Company, due, enrolled, settled

OWN = enrolled("portal").reference


def running(**others: object) -> Company:
    """A company in which the rebuild of portal is in progress."""
    company = due(**others)
    company.round.run()
    assert company.status()[0] == "rebuilding"
    return company


def test_the_new_digest_is_read_after_a_successful_build() -> None:
    """The image is built from the digests that were passed, and its current digest is the new one."""
    company = running()
    made = company.finish()
    company.after(MINUTE)

    record, (dependency,) = company.last(), company.image().dependencies
    assert (record.conclusion, record.result, record.settled) == (Conclusion.SUCCESS, made, True)
    assert dependency.built_on
    assert dependency.built_on.digest == record.targets[0].digest
    assert company.status()[0] == "up-to-date"


def test_a_run_is_found_when_the_answer_has_no_id() -> None:
    """The address of the run is shown from then on."""
    company = running(builds=FakeBuildSystem(tells_runs=False))
    assert company.last().url is None
    company.after(MINUTE)

    assert company.last().url == "https://builds.example.com/runs/1"


def test_a_run_is_checked_again_when_the_build_system_does_not_answer() -> None:
    """Without an answer the state of the rebuild does not change."""
    company = running()
    company.builds.go_down(Unavailable("down"))
    company.after(HOUR)
    assert company.status()[0] == "rebuilding"

    company.builds.heal()
    company.finish()
    company.after(MINUTE)
    assert company.status()[0] == "up-to-date"


def test_dependents_wait_until_the_new_digest_has_been_read() -> None:
    """A child of the image is rebuilt only after that, on the new digest."""
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


def test_a_build_that_pushes_no_image_fails_after_a_while() -> None:
    """The rebuild ends with a message, and dependents do not wait for it any longer."""
    company = running()
    company.finish()
    current = company.registry.digest(OWN)
    company.registry.remove(OWN.at(current))  # type: ignore[arg-type]  # without a known digest the answer is a digest
    company.after(MINUTE)
    assert company.status()[1].endswith("is in progress (https://builds.example.com/runs/1)")

    company.after(11 * MINUTE)
    assert company.image().active is None
    assert "cannot be read" in (company.last().error or "")


def test_a_run_that_was_deleted_ends_the_rebuild() -> None:
    """The build system no longer knows the run, so the rebuild ends with an error."""
    company = running()
    company.builds.forget("1")
    company.after(MINUTE)

    assert company.status()[0] == "failed"
    assert "knows its run no more" in company.status()[1]


def test_no_third_request_follows_an_unknown_outcome() -> None:
    """The build system may delay the only repetition; when its outcome is unknown too, a person has to decide."""
    company = due()
    company.builds.lose_next(started=False)
    company.builds.fail_next(Unavailable("rate limited"))
    company.builds.lose_next(started=False)
    company.round.run()
    for _ in range(10):
        company.after(2 * MINUTE)

    # The second of the three requests was certainly not carried out.
    assert len(company.builds.dispatches) == 3
    assert company.image().active is None
    assert company.status()[0] == "failed"


def test_a_new_process_sends_no_third_request() -> None:
    """The number of requests is read from the state."""
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
    """The minute counts from the last request, not from the decision."""
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


def test_a_request_that_another_process_sends_again_is_not_sent_here() -> None:
    """It has recorded the same transition first, so its intent counts."""
    company = due()
    company.builds.fail_next(Unavailable("rate limited"))
    company.round.run()
    company.now += HOUR
    before = len(company.builds.dispatches)

    def faster(snapshot: Snapshot) -> Changes:
        image = snapshot.images["portal"]
        assert image.active
        return Changes(images={"portal": image.with_record(asked_again(company.now, image.active))})

    company.snapshot.lose_race(faster)
    company.round.follow()
    assert company.last().asked == 2
    assert len(company.builds.dispatches) == before


def test_an_event_follows_only_the_rebuild_that_it_is_about() -> None:
    """A storm of events about one run asks nothing about the others."""
    company = settled()
    company.enroll("billing")
    company.round.run()
    company.move(NODE, "node 1")
    for time in (HOUR, 7 * DAY, WINDOW):
        company.after(time)
    assert {request.source.repo for request in company.builds.dispatches} == {"acme/portal", "acme/billing"}
    company.builds.looks.clear()
    run = company.last("billing").run_id or ""
    company.round.react(Wanted(events=(RunChanged("github-actions", "acme/billing", run, None),)))
    assert {request.source.repo for request in company.builds.looks} == {"acme/billing"}
