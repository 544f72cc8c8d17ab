"""Each template has the format of its CI system, and puts no value into a shell's text."""

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema  # type: ignore[import-untyped]  # the package ships no types
import pytest
import yaml

from provider.domain.build_request import BASE_IMAGES, REASON, REBUILD_ID
from tests.ci_templates.embedding import FOLDER, SCRIPT
from tests.ci_templates.tekton_schema import TASK

WORKFLOW, ACTION = FOLDER / ".github" / "workflows" / "build.yml", FOLDER / "action.yml"
COMPONENT, TEKTON_TASK = FOLDER / "templates" / "build.yml", FOLDER / "tekton" / "task.yaml"
GITHUB = (WORKFLOW, ACTION)
READ = sorted(set(re.findall(r"\bIMAGE_FACTORY_[A-Z_]+", SCRIPT.read_text("utf-8"))))


def _documents(path: Path) -> list[Any]:
    # As YAML 1.2 has it: `on` is a key and not true.
    return list(yaml.load_all(path.read_text("utf-8"), yaml.BaseLoader))


def _problems(schema: str, document: object, folder: Path) -> str:
    file = folder / "document.json"
    file.write_text(json.dumps(document))
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", schema, str(file)]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    return done.stdout if done.returncode else ""


def _component() -> tuple[dict[str, Any], dict[str, Any]]:
    """The head of the component, and its job with the default of each input, as GitLab puts them in."""
    head, _ = yaml.safe_load_all(COMPONENT.read_text("utf-8"))
    inputs = head["spec"]["inputs"]
    body = COMPONENT.read_text("utf-8").partition("\n---\n")[2]
    filled = re.sub(r"\$\[\[ inputs\.([\w-]+) \]\]", lambda found: str(inputs[found[1]]["default"]) or '""', body)
    return head, yaml.safe_load(filled)


def _steps() -> Iterator[dict[str, Any]]:
    yield from yaml.safe_load(ACTION.read_text("utf-8"))["runs"]["steps"]
    yield from yaml.safe_load(WORKFLOW.read_text("utf-8"))["jobs"]["build"]["steps"]


def _task() -> dict[str, Any]:
    (task,) = yaml.safe_load_all(TEKTON_TASK.read_text("utf-8"))
    return dict(task)


@pytest.mark.parametrize(("schema", "path"), [("vendor.github-workflows", WORKFLOW), ("vendor.github-actions", ACTION)])
def test_github_accepts_the_format(schema: str, path: Path, tmp_path: Path) -> None:
    """Against the schemas of SchemaStore, in which a wrong key is a problem."""
    (document,) = yaml.safe_load_all(path.read_text("utf-8").replace("\non:", '\n"on":'))

    assert _problems(schema, document, tmp_path) == ""
    assert _problems(schema, document | {"nonsense": 1}, tmp_path) != ""


def test_gitlab_accepts_the_component(tmp_path: Path) -> None:
    """Against GitLab's own schema, head and job."""
    head, jobs = _component()

    assert _problems("vendor.gitlab-ci", head, tmp_path) == ""
    assert _problems("vendor.gitlab-ci", jobs, tmp_path) == ""
    assert _problems("vendor.gitlab-ci", {"job": jobs["image-factory-build"] | {"nonsense": 1}}, tmp_path) != ""
    assert _problems("vendor.gitlab-ci", {"spec": {"inputs": {"image": {"type": "text"}}}}, tmp_path) != ""


def test_the_component_declares_each_input_that_it_uses() -> None:
    """And uses each that it declares."""
    head, _ = _component()
    body = COMPONENT.read_text("utf-8").partition("\n---\n")[2]

    assert set(re.findall(r"\$\[\[ inputs\.([\w-]+) \]\]", body)) == set(head["spec"]["inputs"])


def test_tekton_accepts_the_task() -> None:
    """Against the fields of the documentation of `tekton.dev/v1`."""
    jsonschema.validate(_task(), TASK)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(_task() | {"nonsense": 1}, TASK)


def test_the_task_declares_what_it_uses() -> None:
    """Each param, result and workspace, and no other."""
    spec = _task()["spec"]
    text = "\n".join(re.sub(r" *script: \|\n(?: {8}.*\n|\n)*", "", TEKTON_TASK.read_text("utf-8")).splitlines())

    assert set(re.findall(r"\$\(params\.([\w-]+)\)", text)) == {param["name"] for param in spec["params"]}
    assert set(re.findall(r"\$\(workspaces\.([\w-]+)\.path\)", text)) == {each["name"] for each in spec["workspaces"]}
    assert set(re.findall(r"\$\(results\.(\w+)\.path\)", text)) == {each["name"] for each in spec["results"]}


def test_the_secret_is_no_value_that_others_can_name() -> None:
    """Kubernetes replaces `$(NAME)` in a value by an earlier variable; the builder does not have the secret at all."""
    build, report = _task()["spec"]["steps"]
    secret = "IMAGE_FACTORY_WEBHOOK_SECRET"

    assert report["env"][-1]["name"] == secret
    assert secret not in [each["name"] for each in build["env"]]


def test_no_value_is_put_into_a_script() -> None:
    """Values are environment variables; GitHub's, GitLab's and Tekton's replacements appear in no script."""
    scripts = [step["run"] for step in _steps() if "run" in step]
    _, jobs = _component()
    body = yaml.safe_load(COMPONENT.read_text("utf-8").partition("\n---\n")[2])
    (job,) = body.values()
    scripts += [*job["script"], *job["before_script"]]
    scripts += [step["script"] for step in _task()["spec"]["steps"]]

    assert len(jobs) == 1
    assert len(scripts) >= 7
    assert [text for text in scripts if re.search(r"\$\{\{|\$\[\[|\$\((?:params|results|steps|context)\.", text)] == []


@pytest.mark.parametrize("path", [WORKFLOW, ACTION, COMPONENT, TEKTON_TASK], ids=lambda path: path.name)
def test_each_variable_that_is_set_is_read(path: Path) -> None:
    """By the script, with the same name."""
    names = set(re.findall(r"^ +(?:- name: )?(IMAGE_FACTORY_[A-Z_]+)(?::|$)", path.read_text("utf-8"), re.MULTILINE))

    assert len(names) > 7
    assert sorted(names - set(READ)) == []


def test_the_inputs_of_the_dispatch_are_passed() -> None:
    """By the names with which the service dispatches, from the event of the caller."""
    for path in GITHUB:
        text = path.read_text("utf-8")
        for name in (REBUILD_ID, REASON, BASE_IMAGES):
            assert f"${{{{ github.event.inputs.{name} }}}}" in text


def test_action_and_workflow_take_the_same_inputs() -> None:
    """A team can change from one to the other; the workflow signs in and chooses the runner too."""
    (action,), (workflow,) = _documents(ACTION), _documents(WORKFLOW)
    inputs = workflow["on"]["workflow_call"]["inputs"]
    shared = action["inputs"].keys() - {"rebuild-id", "reason", "base-images"}

    assert inputs.keys() - shared == {"registry", "username", "runs-on"}
    assert shared <= inputs.keys()
    assert [
        name for name in shared if inputs[name].get("default", "") != action["inputs"][name].get("default", "")
    ] == []


def test_the_action_runs_the_script_beside_itself() -> None:
    """GitHub fetches the whole repository of an action, so nothing else is fetched."""
    (step,) = yaml.safe_load(ACTION.read_text("utf-8"))["runs"]["steps"]

    assert step["run"] == f'sh "$GITHUB_ACTION_PATH/{SCRIPT.name}" build'
    assert ACTION.parent == SCRIPT.parent
