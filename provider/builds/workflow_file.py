"""Reads a workflow file: whether the workflow can be dispatched, with which inputs, and how its runs are named.

Pure. Source: GitHub's docs, "Workflow syntax for GitHub Actions".
"""

import re
from dataclasses import dataclass

from provider.builds.dispatch_inputs import REBUILD_ID
from provider.yaml_lines import UnreadableYaml, YamlDocument, read_yaml

# Only expressions that always put the id into the title: the input alone, or before a default.
_SHOWN_ID = re.compile(
    rf"\$\{{\{{\s*(?:github\.event\.)?inputs(?:\.{REBUILD_ID}|\['{REBUILD_ID}'\])\s*(?:\|\|[^}}]*)?\}}\}}"
)


_READ_KEYS = ("on", "run-name")


class UnreadableWorkflow(ValueError):
    """The file is not a workflow; the message says why and where, without text of the file."""


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
        UnreadableWorkflow: it is not a YAML mapping, or larger or deeper than any workflow.
    """
    document = _read(content)
    if not isinstance(document.value, dict):
        raise UnreadableWorkflow("it is not a YAML mapping")
    for fault in document.faults:
        if fault.path[:1] and fault.path[0] in _READ_KEYS:
            raise UnreadableWorkflow(f"line {fault.line}: a value below {fault.path[0]} cannot be read")
    inputs, title = _inputs(document.value.get("on")), document.value.get("run-name")
    shown = isinstance(title, str) and _SHOWN_ID.search(title) is not None
    return WorkflowFile(inputs, shown and REBUILD_ID in (inputs or ()))


def _read(content: bytes) -> YamlDocument:
    try:
        return read_yaml(content.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise UnreadableWorkflow("it is not UTF-8") from error
    except UnreadableYaml as error:
        raise UnreadableWorkflow(f"line {error.line}: it is not YAML that can be read: {error.kind}") from error


def _inputs(triggers: object) -> frozenset[str] | None:
    match triggers:
        case {"workflow_dispatch": {"inputs": dict(declared)}}:
            return frozenset(declared)
        case {"workflow_dispatch": _} | "workflow_dispatch":
            return frozenset()
        case list() if "workflow_dispatch" in triggers:
            return frozenset()
        case _:
            return None
