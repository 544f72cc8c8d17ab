"""Tests of the references of all images, kept from one snapshot to the next."""

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from provider.domain.planning.tracked_references import TrackedReferences
from tests.provider.simulations.changing_world import beginning, changed


@settings(max_examples=50, deadline=None)
@given(st.data())
def test_the_references_are_those_of_the_snapshot(data: st.DataObject) -> None:
    """Whatever changes; a change that concerns no reference is none."""
    tracked, moment, before = TrackedReferences(), beginning(), list[tuple[str, object]]()
    for _ in range(data.draw(st.integers(1, 15), label="changes")):
        snapshot = moment.snapshot
        images = [(name, image.enrollment.reference) for name, image in snapshot.images.items()]
        expected = [*images, *((name, base.image.tagged) for name, base in snapshot.bases.items())]
        different = tracked.follow(snapshot)

        assert sorted(tracked.named()) == sorted(expected)
        assert different is (sorted(before) != sorted(expected))
        assert sorted(tracked.managed) == sorted(reference for _, reference in images)
        assert tracked.registries == {reference.registry for _, reference in images}
        assert not tracked.follow(replace(snapshot, position="later"))
        before, moment = list(expected), data.draw(changed(moment, {}))
