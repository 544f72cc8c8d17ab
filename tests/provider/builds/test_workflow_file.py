"""Reading a workflow file."""

import pytest

from provider.builds.workflow_file import UnreadableWorkflow, WorkflowFile, parse_workflow

_INPUT = "{workflow_dispatch: {inputs: {image_factory_rebuild_id: {required: true}}}}"


@pytest.mark.parametrize(
    ("triggers", "inputs"),
    [
        ("push", None),
        ("[push, pull_request]", None),
        ("{push: {branches: [main]}}", None),
        ("workflow_dispatch", set()),
        ("[push, workflow_dispatch]", set()),
        ("{workflow_dispatch: }", set()),
        ("{workflow_dispatch: {inputs: }}", set()),
        ("{workflow_dispatch: {inputs: {a: , b: {required: true}}}}", {"a", "b"}),
    ],
)
@pytest.mark.parametrize("key", ["on", '"on"'])
def test_the_declared_inputs(key: str, triggers: str, inputs: set[str] | None) -> None:
    """Every form of the trigger is read, whether YAML reads its key as text or as true."""
    assert parse_workflow(f"{key}: {triggers}\n".encode()).inputs == inputs


@pytest.mark.parametrize(
    ("run_name", "shown"),
    [
        ("Build ${{ inputs.image_factory_rebuild_id }}", True),
        ("Build ${{github.event.inputs.image_factory_rebuild_id}} now", True),
        ("${{ inputs['image_factory_rebuild_id'] || github.sha }}", True),
        ("${{ inputs.image_factory_rebuild_id && 'ours' }}", False),
        ("${{ inputs.image_factory_rebuild_id_2 }}", False),
        ("inputs.image_factory_rebuild_id", False),
        ("", False),
    ],
)
def test_whether_runs_show_the_id(run_name: str, shown: bool) -> None:
    """Only if the title always contains the id."""
    assert parse_workflow(f'run-name: "{run_name}"\non: {_INPUT}\n'.encode()).shows_ids is shown


def test_an_id_that_is_not_declared_is_never_shown() -> None:
    """An input that is not declared cannot be passed."""
    text = "run-name: ${{ inputs.image_factory_rebuild_id }}\non: workflow_dispatch\n"
    assert parse_workflow(text.encode()) == WorkflowFile(frozenset(), shows_ids=False)


@pytest.mark.parametrize("content", [b"on: [", b"", b"- a", b"\xff\xfe\x00", b"a: !!python/object:x y", b"[" * 5000])
def test_a_file_that_is_not_a_workflow_is_unreadable(content: bytes) -> None:
    """Every kind of invalid file raises the same error."""
    with pytest.raises(UnreadableWorkflow, match="it is not"):
        parse_workflow(content)
