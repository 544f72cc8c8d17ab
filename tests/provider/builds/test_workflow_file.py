"""Reading a workflow file."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

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


@pytest.mark.parametrize(
    ("inputs", "demanded"),
    [
        ("{version: {required: true}}", {"version"}),
        ("{version: {required: true, default: '1'}}", set()),
        ("{version: {required: true, default: ''}}", set()),
        ("{version: {required: true, default: }}", {"version"}),
        ("{version: {required: false}, other: , third: {type: string}}", set()),
        (
            "{image_factory_rebuild_id: {required: true}, image_factory_reason: {required: true}, a: {required: true}}",
            {"a"},
        ),
        ("{a: {required: yes}}", set()),
    ],
)
def test_the_inputs_that_no_rebuild_can_fill(inputs: str, demanded: set[str]) -> None:
    """Those that need a value and have none by default, beside the three that a rebuild fills."""
    content = f"on: {{workflow_dispatch: {{inputs: {inputs}}}}}\n".encode()

    assert parse_workflow(content).demanded == demanded


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"on: [", "line 2: it is not YAML"),
        (b"", "it is not a YAML mapping"),
        (b"- a", "it is not a YAML mapping"),
        (b"\xff\xfe\x00", "it is not UTF-8"),
        (b"a: 1\non: [" + b"[" * 60_000, "line 2: .* it is too deep"),
        (b"on: push\nrun-name:\n " + b"- " * 60_000, "line 3: .* it is too deep"),
        (b"- a\n" * 250_000, "too many values"),
        (b"[" + b"a," * 500_000 + b"]", "too many values"),
        (b"#" * 2_000_000, "it is too large"),
        (b"on: &a [*a]\n", "aliases"),
        (b"on: push\nrun-name: !!float ''\n", "line 2: a value below run-name cannot be read"),
        (b"on: push\nrun-name: !!timestamp x\n", "line 2: a value below run-name cannot be read"),
        (b"on: {workflow_dispatch: {inputs: !!set {a}}}\n", "line 1: a value below on cannot be read"),
        (b"on: !!python/object:x y\n", "line 1: a value below on cannot be read"),
    ],
)
def test_a_file_that_is_not_a_workflow_is_unreadable(content: bytes, words: str) -> None:
    """Every kind of invalid file raises the same error, with its line, and fast."""
    with pytest.raises(UnreadableWorkflow, match=words):
        parse_workflow(content)


def test_a_bomb_of_aliases_is_refused() -> None:
    """530 bytes that would be a thousand million words as text."""
    text = "x0: &x0 [a,a,a,a,a,a,a,a,a,a]\n"
    text += "".join(f"x{level}: &x{level} [{','.join([f'*x{level - 1}'] * 10)}]\n" for level in range(1, 9))
    with pytest.raises(UnreadableWorkflow, match=r"line 5: .* aliases"):
        parse_workflow(f"{text}run-name: *x8\non: workflow_dispatch\n".encode())


def test_what_other_keys_hold_does_not_matter() -> None:
    """Only the trigger and the title are read; anchors are GitHub's too."""
    text = "env: !!python/object:x y\njobs: &jobs {1: a, 1: b}\nmore: *jobs\n"
    text += "on: [workflow_dispatch]\nrun-name: 2001-99-99\n"
    assert parse_workflow(text.encode()) == WorkflowFile(frozenset(), shows_ids=False)


def test_the_error_has_no_text_of_the_file() -> None:
    """An enrollment may name any file of any repository that the service can read."""
    for text in ("on: *hunter2\n", "on: !hunter2 x\n", "on: {hunter2: 1, hunter2: 2}\n", "'hunter2\n", "hunter2"):
        with pytest.raises(UnreadableWorkflow) as raised:
            parse_workflow(text.encode())
        assert "hunter2" not in str(raised.value)


@given(st.binary() | st.text(alphabet="on:rum-ae[]{}&*!|>'\" \n1?,").map(str.encode))
def test_any_file_is_read_or_refused(content: bytes) -> None:
    """No content raises another error."""
    with contextlib.suppress(UnreadableWorkflow):
        parse_workflow(content)
