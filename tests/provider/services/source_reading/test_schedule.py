"""When Dockerfiles are read: once a day each, spread over the day, also by processes that are restarted."""

from collections import Counter
from datetime import timedelta

import pytest

from catalog.image import DiscoveryStatus
from provider.domain.enrollment import Source
from provider.services.check_schedule import CheckedAt, Pace
from provider.services.discovery import Discovered
from provider.services.source_reading.schedule import ReadSchedule
from proxy.errors import Unavailable
from tests.fakes.read_times import FakeReadTimes
from tests.provider.services.world import DAY, HOUR, MINUTE, NODE, Company, enrolled, settled

NAMES = tuple(f"app-{number:04}" for number in range(240))


def company_of(*names: str) -> Company:
    """Images whose digests are checked once a day, so that only Dockerfiles are asked for in between."""
    company = Company(pace=Pace(DAY, DAY))
    company.move(NODE, "node 0")
    for name in names:
        company.enroll(name)
    return company


@pytest.mark.parametrize("passed", [MINUTE, HOUR, 20 * HOUR])
def test_a_restart_reads_no_dockerfile_again(passed: timedelta) -> None:
    """Only those whose turn came meanwhile are read."""
    company = company_of(*NAMES)
    company.round.run()
    assert len(company.sources.asked) == len(NAMES)
    company.restart()
    company.round.run()
    assert len(company.sources.asked) == len(NAMES)

    company.restart()
    company.after(passed)
    again = len(company.sources.asked) - len(NAMES)
    assert again == pytest.approx(len(NAMES) * (passed / DAY), abs=24)


def test_each_dockerfile_is_read_once_a_day_whatever_restarts() -> None:
    """Spread over the day: no hour has more than three times its share."""
    company = company_of(*NAMES)
    company.round.run()
    company.sources.asked.clear()
    of_hours = []
    for hour in range(24):
        before = len(company.sources.asked)
        if hour % 5 == 0:
            company.restart()
        company.after(HOUR)
        of_hours.append(len(company.sources.asked) - before)

    assert set(Counter(company.sources.asked).values()) == {1}
    assert len(company.sources.asked) == len(NAMES)
    assert max(of_hours) <= 3 * len(NAMES) / 24


def test_what_is_new_does_not_wait_for_its_turn() -> None:
    """An image that is enrolled later, and one whose source is changed, are read in the next round."""
    company = company_of("portal")
    company.round.run()
    company.enroll("shop")
    company.after(MINUTE)
    assert company.sources.asked[1:] == [("acme/shop", "Dockerfile")]


def test_a_removed_image_is_forgotten() -> None:
    """The time of its reading is kept as long as it is enrolled."""
    times = FakeReadTimes()
    times.note(["portal", "gone"], settled().now)
    company = settled(read_times=times)

    assert times.all().keys() == {"portal"}
    assert company.image().discovery is DiscoveryStatus.SUCCESS


def test_the_next_dockerfile_is_the_next_turn() -> None:
    """One that was not read yet is due now, and so is one that missed its turn; without a reading nothing is known."""
    company = company_of("app", "other")
    now, snapshot = company.now, company.store.read()
    company.round.run()
    snapshot = company.store.read()
    schedule = ReadSchedule(DAY, FakeReadTimes())
    assert schedule.read_at(now, snapshot) is None

    schedule.note(now, snapshot, ["app"], Discovered(read=["app"]))
    assert schedule.read_at(now, snapshot) == CheckedAt(now, now)
    schedule.note(now, snapshot, ["other"], Discovered(read=["other"]))
    found = schedule.read_at(now, snapshot)
    assert found
    assert found.last == now
    assert now < found.following <= now + DAY
    assert schedule.due(found.following - MINUTE, snapshot) == []
    assert len(schedule.due(found.following, snapshot)) == 1
    assert schedule.read_at(now + 2 * DAY, snapshot) == CheckedAt(now, now + 2 * DAY)


def test_an_image_with_another_source_does_not_wait_for_its_old_one() -> None:
    """Only the old source named a time."""
    company = company_of("portal")
    company.sources.fail("acme/portal", Unavailable("its limit is used up", company.now + HOUR))
    company.round.run()
    company.after(MINUTE)
    assert company.sources.asked == [("acme/portal", "Dockerfile")]

    company.sources.put("acme/moved", "Dockerfile", f"FROM {NODE}\n")
    company.snapshot.enroll(enrolled("portal", source=Source("github", "acme/moved")))
    company.after(MINUTE)
    assert company.sources.asked[1:] == [("acme/moved", "Dockerfile")]
    assert company.image().discovery is DiscoveryStatus.SUCCESS


def test_what_another_worker_has_read_meanwhile_is_not_read_again() -> None:
    """A round that ended early leaves Dockerfiles to this worker, and the next round may run in another one."""
    company, times = company_of("a", "b"), FakeReadTimes()
    company.round.run()
    snapshot, schedule = company.store.read(), ReadSchedule(DAY, times)
    schedule.note(company.now, snapshot, ["a", "b"], Discovered())
    assert list(schedule.unread(company.now)) == ["a", "b"]

    times.note(["a"], company.now + MINUTE)

    assert list(schedule.unread(company.now + MINUTE)) == ["b"]
