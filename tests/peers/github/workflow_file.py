"""The parts of a workflow's file that GitHub reads: name, run name and the inputs of a dispatch. Pure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

import yaml

_EXPRESSION = re.compile(r"\$\{\{\s*(?:inputs|github\.event\.inputs)\.(?P<name>[\w-]+)\s*\}\}")


@dataclass(frozen=True, slots=True)
class Input:
    """One declared input of `workflow_dispatch`."""

    required: bool
    default: str


@dataclass(frozen=True, slots=True)
class WorkflowFile:
    """A parsed workflow; `inputs` is None when it has no `workflow_dispatch` trigger."""

    name: str
    run_name: str | None
    inputs: Mapping[str, Input] | None

    def with_defaults(self, given: Mapping[str, str]) -> dict[str, str]:
        """The inputs that a run sees."""
        defaults = {name: declared.default for name, declared in (self.inputs or {}).items()}
        return defaults | dict(given)

    def title(self, inputs: Mapping[str, str]) -> str:
        """A run's title: `run-name` with the inputs filled in, else the workflow's name.

        Of GitHub's expressions only `${{ inputs.NAME }}` and `${{ github.event.inputs.NAME }}` are known here; a
        missing input is empty, as there.
        """
        if self.run_name is None:
            return self.name
        return _EXPRESSION.sub(lambda found: inputs.get(found["name"], ""), self.run_name)


@lru_cache(maxsize=64)
def parse_workflow(text: str, path: str) -> WorkflowFile:
    """Read a workflow's file; without a `name` GitHub shows its path."""
    document = yaml.safe_load(text)
    # YAML 1.1 reads the bare key `on` as true.
    triggers = document.get("on", document.get(True))
    return WorkflowFile(str(document.get("name", path)), document.get("run-name"), _inputs(triggers))


def _inputs(triggers: object) -> Mapping[str, Input] | None:
    if isinstance(triggers, dict):
        if "workflow_dispatch" not in triggers:
            return None
        declared = (triggers["workflow_dispatch"] or {}).get("inputs") or {}
        return {name: _input(entry or {}) for name, entry in declared.items()}
    named = [triggers] if isinstance(triggers, str) else triggers
    return {} if isinstance(named, list) and "workflow_dispatch" in named else None


def _input(entry: Mapping[str, object]) -> Input:
    return Input(entry.get("required") is True, str(entry.get("default", "")))
