"""Builds by webhook through whole rounds: the event, the report, and what is done when either is lost."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from catalog.image import Conclusion
from provider.builds.webhook import WebhookBuilds
from provider.domain.enrollment import Build
from provider.domain.events import BuildReported
from provider.domain.events.build_reports import LONGEST_BUILD
from proxy.secrets.secret import Secret
from tests.fakes.build_reports import FakeBuildReports
from tests.peers.cloud_events import PUBLIC_URL, SECRET, EventReceiver
from tests.provider.services.reacting.queues import Inbox, reactions
from tests.provider.services.world import DAY, HOUR, NODE, Company
from tests.proxy.clocks import Clock
from tests.proxy.scripted import open_transport

MINUTE = timedelta(minutes=1)


class WebhookCompany(Company):
    """A company with one image, hook, that a webhook builds."""

    receiver: EventReceiver

    def report(self, status: str, conclusion: Conclusion | None = None) -> None:
        """Let the report of the build arrive, and the worker react."""
        event = BuildReported(self.last("hook").id, status, conclusion, "https://ci.example.org/1")
        reactions(self.round, inbox=Inbox(event)).react()


@pytest.fixture
def company() -> Iterator[WebhookCompany]:
    """Its base has changed and aged: the next round sends the event."""
    reports = FakeBuildReports()
    with EventReceiver() as receiver, open_transport(Clock()) as transport:
        made = WebhookCompany()
        made.builds = WebhookBuilds(transport, Secret(SECRET), reports, lambda: made.now, public_url=PUBLIC_URL)
        made.receiver = receiver
        made.restart()
        made.round.reports = reports
        made.move(NODE, "node 0")
        made.enroll("hook", build=Build("webhook", url=f"{receiver.url}/build"))
        made.round.run()
        made.move(NODE, "node 1")
        made.after(HOUR)
        made.now += 8 * DAY
        yield made
        assert receiver.breaches == []


def test_a_reported_success_makes_the_image_up_to_date(company: WebhookCompany) -> None:
    """The event is sent once, however often the worker looks."""
    company.round.run()
    company.report("running")
    company.after(HOUR)
    assert company.status("hook")[0] == "rebuilding"
    made = company.move("ghcr.io/acme/hook:latest", "hook 1")

    company.report("completed", Conclusion.SUCCESS)

    assert (company.last("hook").result, company.status("hook")[0]) == (made, "up-to-date")
    company.after(HOUR)
    assert company.receiver.seen == 1


@pytest.mark.parametrize("conclusion", [Conclusion.FAILURE, Conclusion.CANCELLED, Conclusion.TIMED_OUT])
def test_a_reported_failure_is_a_result(company: WebhookCompany, conclusion: Conclusion) -> None:
    """It is not repeated; a second report changes nothing."""
    company.round.run()

    company.report(conclusion.value)
    company.report("success")

    assert (company.last("hook").conclusion, company.status("hook")[0]) == (conclusion, "failed")
    company.after(HOUR)
    assert company.receiver.seen == 1


def test_a_report_settles_a_lost_answer(company: WebhookCompany) -> None:
    """The build has started; the event is not sent again."""
    company.receiver.lose_answer()
    company.round.run()
    assert "looking for the run" in (company.last("hook").error or "")

    company.report("running")
    company.after(10 * MINUTE)
    assert company.status("hook")[0] == "rebuilding"
    company.move("ghcr.io/acme/hook:latest", "hook 1")
    company.report("success")

    assert company.status("hook")[0] == "up-to-date"
    assert company.receiver.seen == 1


@pytest.mark.parametrize("started", [True, False])
def test_a_lost_answer_without_a_report_is_for_a_person(company: WebhookCompany, started: bool) -> None:
    """Nothing shows whether the build has started, so the event is sent at most once."""
    if started:
        company.receiver.lose_answer()
    else:
        company.receiver.fail(502)
    company.round.run()

    company.after(10 * MINUTE)

    assert company.status("hook")[0] == "failed"
    assert "outcome unknown" in (company.last("hook").error or "")
    company.after(HOUR)
    assert company.receiver.seen == 1


def test_a_build_that_never_reports_fails_after_a_day(company: WebhookCompany) -> None:
    """The message says where a result has to be reported."""
    company.round.run()
    company.after(LONGEST_BUILD - MINUTE)
    assert company.status("hook")[0] == "rebuilding"

    company.after(2 * MINUTE)

    assert company.status("hook")[0] == "failed"
    assert "no result was reported" in (company.last("hook").error or "")


def test_a_report_outlasts_a_restart(company: WebhookCompany) -> None:
    """The last report of a running build is shown by the next process too, and a stale one changes nothing."""
    company.round.run()
    company.report("success")
    kept = company.round.reports
    company.restart()
    company.round.reports = kept
    company.report("running")

    assert company.last("hook").conclusion is Conclusion.SUCCESS
