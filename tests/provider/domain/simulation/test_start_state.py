"""Tests of what an image was built from at an earlier time."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from catalog.image import Conclusion
from catalog.reference import Digest
from provider.domain.ledger import BuiltOn, Ledger
from provider.domain.simulation.start_state import built_on_at, pushes
from provider.domain.state import CauseState, ImageState, RebuildStage, RebuildState, Target
from tests.provider.domain.simulation.organisations import DAY, HOUR, NOW, digest, organisation, seen

START = NOW - 30 * DAY
A, B, C = 1, 501, 601


def on(days: int) -> datetime:
    """So many days after the start."""
    return START + days * DAY


def known() -> tuple[ImageState, Ledger]:
    """An image on a base that was A, B from day 5 and C from day 15; the image is built from A."""
    snapshot = organisation(1, 1, 1, 30, 0)
    ledger = seen(seen(snapshot.bases["base-0"].ledger, on(5), B), on(15), C)
    return replace(snapshot.images["image-0"], rebuilds=()), ledger


def rebuilt(
    image: ImageState, days: int, before: int, to: int, result: int | None = None, *, cause: bool = True
) -> ImageState:
    """The image after a rebuild that started on this day and took an hour; without a result it failed."""
    dependency = image.dependencies[0]
    at = on(days)
    causes = (CauseState(dependency.name, "base-0:1", digest(to), digest(before), at, at),) if cause else ()
    record = RebuildState(
        f"r{days}",
        f"k{days}",
        at,
        at,
        causes,
        (Target(dependency.name, dependency.written, dependency.image, digest(to), cause),),
        "because",
        stage=RebuildStage.COMPLETED,
        dispatched_at=at,
        completed_at=at + HOUR,
        conclusion=Conclusion.SUCCESS if result else Conclusion.FAILURE,
        result=digest(result) if result else None,
        settled=True,
    )
    made = image.ledger.observe(at + HOUR, digest(result), {}, "build") if result else image.ledger
    return replace(image, rebuilds=(*image.rebuilds, record), ledger=made)


def pushed(image: ImageState, days: int) -> ImageState:
    """The image after somebody pushed it."""
    return replace(image, ledger=image.ledger.observe(on(days), digest(9000 + days), {}))


def found(image: ImageState, ledger: Ledger, days: int) -> Digest | None:
    """What the image was built from on a day."""
    built_on = built_on_at(on(days), image, image.dependencies[0], ledger)
    return built_on.digest if built_on else None


def test_an_image_that_nobody_built_is_built_from_what_it_is_now() -> None:
    """Whatever its base was meanwhile."""
    image, ledger = known()
    assert [found(image, ledger, day) for day in (1, 10, 20)] == [digest(A)] * 3


def test_rebuilds_say_what_was_there_before_and_after() -> None:
    """The next one by its cause, the last one by what was passed; one that is running has not made anything."""
    image, ledger = known()
    image = rebuilt(rebuilt(image, 8, A, B, 71), 18, B, C, 72)
    assert [found(image, ledger, day) for day in (1, 8, 9, 17, 18, 19)] == [digest(each) for each in (A, A, B, B, B, C)]


def test_a_dependency_that_was_no_cause_keeps_its_digest() -> None:
    """A rebuild passes it as it was."""
    image, ledger = known()
    image = rebuilt(image, 18, A, A, 71, cause=False)
    assert [found(image, ledger, day) for day in (1, 20)] == [digest(A)] * 2


def test_a_failed_rebuild_says_what_was_there_before() -> None:
    """It changes nothing."""
    image, ledger = known()
    image = rebuilt(image, 8, A, B)
    assert found(image, ledger, 1) == digest(A)
    assert found(image, ledger, 9) == digest(A)


@pytest.mark.parametrize(("day", "digests"), [(1, A), (9, A), (11, B), (16, B)])
def test_a_push_by_others_is_taken_to_use_what_was_current(day: int, digests: int) -> None:
    """From the push on, until a rebuild says more; before it, what the last rebuild was built on."""
    image, ledger = known()
    image = rebuilt(pushed(image, 10), 20, B, C, 71)
    assert found(image, ledger, day) == digest(digests)


def test_digests_of_rebuilds_and_the_first_one_are_no_pushes() -> None:
    """Only what others pushed."""
    image, _ = known()
    image = pushed(rebuilt(image, 8, A, B, 71), 10)
    assert [each.digest for each in pushes(image)] == [digest(9010)]


def test_a_base_that_was_seen_later_has_its_first_digest() -> None:
    """Nothing earlier is known; a base that was never seen has none."""
    image, _ = known()
    image = replace(pushed(image, 2), dependencies=image.dependencies)
    late = seen(Ledger(), on(5), B)
    assert found(image, late, 3) == digest(B)
    assert found(image, Ledger(), 3) is None


def test_the_time_is_that_of_the_question() -> None:
    """Digests that the ledger never had are placed by it."""
    image, ledger = known()
    assert built_on_at(on(3), image, image.dependencies[0], ledger) == BuiltOn(digest(A), START + timedelta(days=3))
