"""What the worker alone knows, from an answer or a plan to the metrics."""

from datetime import UTC, datetime, timedelta
from functools import partial

from catalog.image import Status
from provider.domain.plan import Plan
from provider.domain.rebuild import Nothing, Wait, WaitFor
from provider.ports import Beat
from provider.services.counting.reported import (
    Details,
    ReportingBeats,
    WaitReport,
    budget_left,
    least,
    limit_details,
    waiting,
)
from provider.services.health import GITHUB, WAITS
from proxy.github.limits import HourlyLimit

NOW = datetime(2026, 11, 29, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
DELAYED = Wait(Status.WAITING, NOW + HOUR, "node:22 changed", what=WaitFor.DELAY)


class Kept:
    """Every report, oldest first."""

    def __init__(self) -> None:
        self.reported: list[Beat] = []

    def beat(self, beat: Beat) -> None:
        """Keep it."""
        self.reported.append(beat)

    def beats(self) -> list[Beat]:
        """The last of each part."""
        return list({beat.part: beat for beat in self.reported}.values())


def test_what_an_answer_says_is_reported_with_the_next_beat() -> None:
    """Once; and in the next hour, everything is left again."""
    kept, hours = Kept(), dict[str, HourlyLimit]()
    beats = ReportingBeats(kept, {GITHUB: lambda: limit_details(hours)})
    beats.beat(Beat("follow", NOW))
    assert [beat.part for beat in kept.reported] == ["follow"]

    hours |= {"core": HourlyLimit(4321, NOW + HOUR, 5000), "graphql": HourlyLimit(7, NOW + HOUR / 2, 12500)}
    for _ in range(2):
        beats.beat(Beat("follow", NOW))
    assert [beat.part for beat in kept.reported] == ["follow", "follow", "github", "follow"]
    assert budget_left(beats.beats(), GITHUB, NOW) == {"core": 4321, "graphql": 7}
    assert budget_left(beats.beats(), GITHUB, NOW + HOUR / 2) == {"core": 4321, "graphql": 12500}
    assert budget_left([], GITHUB, NOW) == {}


def test_each_report_is_stored_where_it_changes() -> None:
    """A report that is empty was never made; one that becomes empty is reported."""
    kept = Kept()
    details: dict[str, Details] = {"one": {}, "two": {"a": "1"}}
    beats = ReportingBeats(kept, {name: partial(details.__getitem__, name) for name in details})
    beats.beat(Beat("follow", NOW))
    details |= {"one": {"b": "2"}, "two": {}}
    beats.beat(Beat("follow", NOW + HOUR))
    assert [(beat.part, beat.at, dict(beat.details)) for beat in kept.reported] == [
        ("follow", NOW, {}),
        ("two", NOW, {"a": "1"}),
        ("follow", NOW + HOUR, {}),
        ("one", NOW + HOUR, {"b": "2"}),
        ("two", NOW + HOUR, {}),
    ]


def test_hosts_with_one_label_show_the_least_that_is_left() -> None:
    """In any order."""
    few, many = HourlyLimit(3, NOW, 100), HourlyLimit(90, NOW, 100)
    for order in ({"a": few, "b": many}, {"b": many, "a": few}):
        assert least(order, "other".format) == {"other": few}
    assert least({"a": few, "b": many}, str.upper) == {"A": few, "B": many}


def test_the_published_plan_says_what_images_wait_for() -> None:
    """Nothing is reported before the first one; each kind has a number then."""
    planned: list[Plan | None] = [None]
    report = WaitReport(lambda: planned[-1])
    assert report() == {}

    planned.append(Plan({"a": DELAYED, "b": DELAYED, "c": Nothing()}))
    details = report()
    assert details == {what.value: "2" if what is WaitFor.DELAY else "0" for what in WaitFor}
    assert report() is details
    found = waiting([Beat(WAITS, NOW, None, details)])
    assert found == {what.value: 2 if what is WaitFor.DELAY else 0 for what in WaitFor}

    planned.append(Plan({}))
    assert set(report().values()) == {"0"}
    assert waiting([]) == {}
