"""Tests of logging what each commit has changed."""

import logging
from collections.abc import Mapping

import pytest

from catalog.image import Conclusion
from provider.domain.snapshot import Changes
from provider.errors import CheckoutUnwritable
from provider.services.decisions.logged_store import LoggedSnapshots
from proxy.errors import Unavailable
from proxy.observing.event_log import ATTRIBUTE
from tests.fakes.snapshot_store import FakeSnapshotStore
from tests.provider.services.world import HOUR, MINUTE, NODE, Company, due


@pytest.fixture(autouse=True)
def everything(caplog: pytest.LogCaptureFixture) -> None:
    """Capture what is only information too."""
    caplog.set_level(logging.INFO)


def _logged(caplog: pytest.LogCaptureFixture) -> list[tuple[str, Mapping[str, object]]]:
    """The events with their keys."""
    told = (getattr(record, ATTRIBUTE) for record in caplog.records)
    return [(each.event, each.keys) for each in told]


def _names(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [event for event, _ in _logged(caplog)]


def _log_all(company: Company) -> None:
    """Log what the company's service commits from now on."""
    company.store = LoggedSnapshots(company.snapshot)
    company.restart()


def test_the_life_of_an_image_is_logged_once(caplog: pytest.LogCaptureFixture) -> None:
    """From the enrollment over a changed base image to the digest that its rebuild made, one event each."""
    company = due()
    _log_all(company)
    company.round.run()
    made = company.finish()
    company.after(MINUTE)
    company.after(MINUTE)

    assert _names(caplog) == ["rebuild_requested", "rebuild_started", "digest_seen", "rebuild_ended", "rebuild_made"]
    requested, *_, made_event = (keys for _, keys in _logged(caplog))
    moved = company.last().causes[0]
    assert requested["causes"] == [
        {"image": "node-22", "digest": moved.digest, "previous": moved.previous_digest},
    ]
    assert made_event["digest"] == made


def test_what_an_image_depends_on_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    """An enrollment, its digest, its dependencies and the base image that is found there, then its change."""
    company = Company()
    company.move(NODE, "node 0")
    company.enroll("portal")
    _log_all(company)
    company.round.run()
    company.move(NODE, "node 1")
    company.after(HOUR)

    assert _names(caplog) == [
        "image_enrolled",
        "digest_seen",
        "base_found",
        "dependencies_found",
        "digest_seen",
        "digest_seen",
    ]
    image, found, base, moved = (_logged(caplog)[number][1] for number in (1, 3, 4, 5))
    assert (image["image"], image["previous"]) == ("portal", None)
    assert (found["dependencies"], found["unresolved"]) == (("node-22",), 0)
    assert (moved["image"], moved["previous"]) == ("node-22", base["digest"])


def test_a_failed_build_is_a_warning(caplog: pytest.LogCaptureFixture) -> None:
    """A build system that does not answer now delays the rebuild, which is a warning too."""
    company = due()
    _log_all(company)
    company.builds.fail_next(Unavailable("the build system is busy"))
    company.round.run()
    company.after(HOUR)
    company.finish(conclusion=Conclusion.FAILURE)
    company.after(MINUTE)

    warned = [event for event, _ in _logged(caplog) if event.startswith("rebuild_")]
    assert warned == ["rebuild_requested", "rebuild_delayed", "rebuild_asked_again", "rebuild_started", "rebuild_ended"]
    assert [record.levelname for record in caplog.records if record.levelno > logging.INFO] == ["WARNING", "WARNING"]


def test_what_was_not_stored_is_not_logged(caplog: pytest.LogCaptureFixture) -> None:
    """A commit that fails leaves no event."""
    company = due()
    image = company.image()
    full = FakeSnapshotStore()
    full.fail_writes(CheckoutUnwritable("the disk is full"))
    with pytest.raises(CheckoutUnwritable):
        LoggedSnapshots(full).write(lambda _: Changes(images={"portal": image}), "Record")
    assert _names(caplog) == []
