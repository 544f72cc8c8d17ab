"""Reads a workflow file: whether the workflow can be dispatched, with which inputs, and how its runs are named.

Pure. Source: GitHub's docs, "Workflow syntax for GitHub Actions".
"""

import re
from dataclasses import dataclass

import yaml

from provider.builds.dispatch_inputs import REBUILD_ID

# Only expressions that always put the id into the title: the input alone, or before a default.
_SHOWN_ID = re.compile(
    rf"\$\{{\{{\s*(?:github\.event\.)?inputs(?:\.{REBUILD_ID}|\['{REBUILD_ID}'\])\s*(?:\|\|[^}}]*)?\}}\}}"
)


class UnreadableWorkflow(ValueError):
    """The file is not a workflow; the message says why."""


@dataclass(frozen=True, slots=True)
class WorkflowFile:
    """A workflow.

    Attributes:
        inputs: names of the declared inputs; None if it has no `workflow_dispatch` and cannot be started.
        shows_ids: whether the title of a dispatched run contains our id.
    """

    inputs: frozenset[str] | None
    shows_ids: bool


def parse_workflow(content: bytes) -> WorkflowFile:
    """Read a workflow file.

    Raises:
        UnreadableWorkflow: it is not a YAML mapping.
    """
    try:
        document = yaml.safe_load(content)
    except (yaml.YAMLError, UnicodeError, ValueError, RecursionError) as error:
        raise UnreadableWorkflow(f"it is not YAML: {' '.join(str(error).split())[:200]}") from error
    if not isinstance(document, dict):
        raise UnreadableWorkflow("it is not a YAML mapping")
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
