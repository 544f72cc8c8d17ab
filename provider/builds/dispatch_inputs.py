"""The inputs of a workflow or a pipeline, limited to what it declares and the build system accepts. Pure."""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from provider.domain.build_request import BASE_IMAGES, REASON, REBUILD_ID, BuildRequest

# GitHub's docs, "workflow_dispatch": "The maximum payload for inputs is 65,535 characters." It also fits into a
# variable of a GitLab pipeline: Linux starts no job with an environment variable of 131,072 bytes (execve(2),
# MAX_ARG_STRLEN).
MOST_CHARACTERS = 65_535
MOST_REASON = 1_000
_LEFT_OUT = f" ({BASE_IMAGES} left out: too long for the build system)"


@dataclass(frozen=True, slots=True)
class DispatchInputs:
    """The inputs that are passed, and the names of those that are not: not declared, or too long."""

    values: Mapping[str, str]
    not_passed: tuple[str, ...]


def dispatch_inputs(request: BuildRequest, declared: Collection[str]) -> DispatchInputs:
    """The inputs for a workflow that declares these names."""
    offered = {
        REBUILD_ID: request.rebuild_id,
        REASON: _shortened(request.reason, MOST_REASON),
        BASE_IMAGES: json.dumps([target.document() for target in request.targets], separators=(",", ":")),
    }
    passed = {name: value for name, value in offered.items() if name in declared}
    if len(json.dumps(passed)) > MOST_CHARACTERS and BASE_IMAGES in passed:
        del passed[BASE_IMAGES]
        if REASON in passed:
            passed[REASON] = _shortened(request.reason, MOST_REASON - len(_LEFT_OUT)) + _LEFT_OUT
    return DispatchInputs(passed, tuple(name for name in offered if name not in passed))


def _shortened(text: str, length: int) -> str:
    return text if len(text) <= length else text[: length - 1] + "…"
