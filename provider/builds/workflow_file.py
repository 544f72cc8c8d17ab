"""What a workflow's file says of itself: whether it can be dispatched, with which inputs, and what its runs are called.

Pure. Source: GitHub's docs, "Workflow syntax for GitHub Actions".
"""

import re
from dataclasses import dataclass

import yaml

from provider.builds.dispatch_inputs import REBUILD_ID

# Only what certainly puts the id into the title: the input alone, or before a default.
_SHOWN_ID = re.compile(
    rf"\$\{{\{{\s*(?:github\.event\.)?inputs(?:\.{REBUILD_ID}|\['{REBUILD_ID}'\])\s*(?:\|\|[^}}]*)?\}}\}}"
)


class UnreadableWorkflow(ValueError):
    """The file is no workflow; the message says where it goes wrong."""


@dataclass(frozen=True, slots=True)
class WorkflowFile:
    """A workflow.

    Attributes:
        inputs: names of the declared inputs; None: it has no `workflow_dispatch`, so that it cannot be started.
        shows_ids: whether a dispatched run's title has our id in it.
    """

    inputs: frozenset[str] | None
    shows_ids: bool


def parse_workflow(content: bytes) -> WorkflowFile:
    """Read a workflow's file.

    Raises:
        UnreadableWorkflow: it is no YAML mapping.
    """
    try:
        document = yaml.safe_load(content)
    except (yaml.YAMLError, UnicodeError, ValueError, RecursionError) as error:
        raise UnreadableWorkflow(f"it is not YAML: {' '.join(str(error).split())[:200]}") from error
    if not isinstance(document, dict):
        raise UnreadableWorkflow("it is not a mapping of YAML")
    # YAML 1.1 reads the bare key `on` as true.
    inputs = _inputs(document.get("on", document.get(True)))
    shown = _SHOWN_ID.search(str(document.get("run-name", ""))) is not None
    return WorkflowFile(inputs, shown and REBUILD_ID in (inputs or ()))


def _inputs(triggers: object) -> frozenset[str] | None:
    match triggers:
        case {"workflow_dispatch": {"inputs": dict(declared)}}:
            return frozenset(str(name) for name in declared)
        case {"workflow_dispatch": _} | "workflow_dispatch":
            return frozenset()
        case list() if "workflow_dispatch" in triggers:
            return frozenset()
        case _:
            return None
