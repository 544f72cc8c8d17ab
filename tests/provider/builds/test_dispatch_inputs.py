"""What fits into a dispatch."""

import json

from provider.builds.dispatch_inputs import (
    BASE_IMAGES,
    MOST_CHARACTERS,
    MOST_REASON,
    REASON,
    REBUILD_ID,
    dispatch_inputs,
)
from tests.provider.builds.samples import TARGET, request

ALL = {REBUILD_ID, REASON, BASE_IMAGES}


def test_only_declared_inputs_are_passed() -> None:
    """The others are named."""
    inputs = dispatch_inputs(request(), {REBUILD_ID, "something-else"})

    assert inputs.values == {REBUILD_ID: "r-1"}
    assert inputs.not_passed == (REASON, BASE_IMAGES)


def test_a_long_reason_is_shortened() -> None:
    """A person reads it; the rest is in the rebuild's record."""
    inputs = dispatch_inputs(request(reason="x" * 5000), ALL)

    assert len(inputs.values[REASON]) == MOST_REASON
    assert inputs.values[REASON].endswith("…")


def test_base_images_that_do_not_fit_are_left_out_and_said() -> None:
    """A refused dispatch would build nothing; the reason tells what is missing."""
    inputs = dispatch_inputs(request(targets=(TARGET,) * 400, reason="x" * 5000), ALL)

    assert inputs.not_passed == (BASE_IMAGES,)
    assert f"{BASE_IMAGES} left out" in inputs.values[REASON]
    assert len(inputs.values[REASON]) == MOST_REASON
    assert len(json.dumps(inputs.values)) < MOST_CHARACTERS
