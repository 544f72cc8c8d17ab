"""Reads a workflow file: whether the workflow can be dispatched, with which inputs, and how its runs are named.

Pure. Source: GitHub's docs, "Workflow syntax for GitHub Actions".
"""

import re
from dataclasses import dataclass

from provider.domain.build_request import FILLED_INPUTS, REBUILD_ID
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
        demanded: inputs that are required, have no default, and are not those that a rebuild fills.
    """

    inputs: frozenset[str] | None
    shows_ids: bool
    demanded: frozenset[str] = frozenset()


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
    declared, title = _inputs(document.value.get("on")), document.value.get("run-name")
    if declared is None:
        return WorkflowFile(None, shows_ids=False)
    shown = isinstance(title, str) and _SHOWN_ID.search(title) is not None
    demanded = frozenset(name for name, details in declared.items() if _is_demanded(name, details))
    return WorkflowFile(frozenset(declared), shown and REBUILD_ID in declared, demanded)


def _read(content: bytes) -> YamlDocument:
    try:
        return read_yaml(content.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise UnreadableWorkflow("it is not UTF-8") from error
    except UnreadableYaml as error:
        raise UnreadableWorkflow(f"line {error.line}: it is not YAML that can be read: {error.kind}") from error


def _inputs(triggers: object) -> dict[str, object] | None:
    """The declared inputs with their details; None without `workflow_dispatch`."""
    match triggers:
        case {"workflow_dispatch": {"inputs": dict(declared)}}:
            return declared
        case {"workflow_dispatch": _} | "workflow_dispatch":
            return {}
        case list() if "workflow_dispatch" in triggers:
            return {}
        case _:
            return None


def _is_demanded(name: str, details: object) -> bool:
    match details:
        case {"required": True, **rest}:
            return name not in FILLED_INPUTS and rest.get("default") is None
        case _:
            return False
