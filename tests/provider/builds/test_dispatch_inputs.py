"""The inputs of a dispatch."""

import json

from provider.builds.dispatch_inputs import (
    MOST_CHARACTERS,
    MOST_REASON,
    dispatch_inputs,
)
from provider.domain.build_request import BASE_IMAGES, REASON, REBUILD_ID
from tests.provider.builds.samples import TARGET, request

ALL = {REBUILD_ID, REASON, BASE_IMAGES}


def test_only_declared_inputs_are_passed() -> None:
    """The others are listed as not passed."""
    inputs = dispatch_inputs(request(), {REBUILD_ID, "something-else"})

    assert inputs.values == {REBUILD_ID: "r-1"}
    assert inputs.not_passed == (REASON, BASE_IMAGES)


def test_a_long_reason_is_shortened() -> None:
    """The full reason is in the record of the rebuild."""
    inputs = dispatch_inputs(request(reason="x" * 5000), ALL)

    assert len(inputs.values[REASON]) == MOST_REASON
    assert inputs.values[REASON].endswith("…")


def test_base_images_that_are_too_long_are_left_out() -> None:
    """GitHub would refuse the whole dispatch; the reason says what was left out."""
    inputs = dispatch_inputs(request(targets=(TARGET,) * 400, reason="x" * 5000), ALL)

    assert inputs.not_passed == (BASE_IMAGES,)
    assert f"{BASE_IMAGES} left out" in inputs.values[REASON]
    assert len(inputs.values[REASON]) == MOST_REASON
    assert len(json.dumps(inputs.values)) < MOST_CHARACTERS
