"""Tests of how long builds take."""

from dataclasses import replace
from datetime import timedelta

from catalog.image import Conclusion
from provider.domain.simulation.build_times import ASSUMED, BuildTimes
from provider.domain.state import ImageState, RebuildState
from tests.provider.domain.simulation.organisations import MINUTE, organisation


def timed(image: ImageState, *minutes: int, conclusion: Conclusion = Conclusion.SUCCESS) -> ImageState:
    """The image with builds that took so long."""
    return replace(image, rebuilds=tuple(_took(image.rebuilds[0], each, conclusion) for each in minutes))


def _took(record: RebuildState, minutes: int, conclusion: Conclusion) -> RebuildState:
    begun = record.dispatched_at or record.requested_at
    return replace(record, completed_at=begun + minutes * MINUTE, conclusion=conclusion)


def test_an_image_has_its_own_median_and_others_that_of_all() -> None:
    """Failed builds say nothing: they end early."""
    one, two, three = organisation(1, 3, 1, 10, 0).images.values()
    times = BuildTimes.of([timed(one, 2, 4, 60), timed(two, 10), timed(three, 1, conclusion=Conclusion.FAILURE)])
    assert times.time_of(one.name) == 4 * MINUTE
    assert times.time_of(two.name) == 10 * MINUTE
    assert times.time_of(three.name) == 7 * MINUTE


def test_without_any_build_a_time_is_assumed() -> None:
    """Ten minutes; a build that ended before it started, by a clock that was set, says nothing."""
    (image,) = organisation(1, 1, 1, 10, 0).images.values()
    assert timedelta(minutes=10) == ASSUMED
    assert BuildTimes.of([timed(image)]).time_of(image.name) == ASSUMED
    assert BuildTimes.of([timed(image, -5)]).typical is None


def test_a_build_takes_at_least_a_second() -> None:
    """Also where all recorded ones took less: an image without one has that time too, and not the assumed one."""
    one, two = organisation(1, 2, 1, 10, 0).images.values()
    (record,) = one.rebuilds
    quick = replace(record, completed_at=(record.dispatched_at or record.requested_at) + timedelta(milliseconds=40))
    times = BuildTimes.of([replace(one, rebuilds=(quick,)), replace(two, rebuilds=())])
    assert [times.time_of(name) for name in (one.name, two.name)] == [timedelta(seconds=1)] * 2
