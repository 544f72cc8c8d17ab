"""The steps of the templates: what they send, and as whom."""

import re
from typing import Any

import pytest

from provider.config_repo.enrollments.schema import EnrollmentSchema, SourceSchema
from tests.scaffolder_templates.forms import TEMPLATES, fields, template

FORMS = ("enroll-image", "change-image")


def _steps(name: str) -> dict[str, Any]:
    return {step["id"]: step for step in template(name)["spec"]["steps"]}


def _keys(schema: type[Any]) -> set[str]:
    return {field.data_key or key for key, field in schema().load_fields.items()}


@pytest.mark.parametrize("name", TEMPLATES)
def test_a_check_comes_before_the_change(name: str) -> None:
    """With the same request, and a refusal is shown instead of ending the task."""
    steps = _steps(name)
    check, real = steps["check"]["input"], list(steps.values())[-1]["input"]

    assert list(steps)[-3:-1] == ["check", "show"]
    assert check["params"] == {"dryRun": True}
    assert check["continueOnBadResponse"] is True
    assert real["params"] == {"dryRun": "${{ parameters.checkOnly or false }}"}
    assert [check[key] for key in ("method", "path")] == [real[key] for key in ("method", "path")]
    assert check.get("body") == real.get("body")


@pytest.mark.parametrize("name", TEMPLATES)
def test_each_request_is_one_of_the_person(name: str) -> None:
    """Through Backstage's proxy, without a token of the template's own."""
    for step in _steps(name).values():
        if step["action"] == "debug:log":
            continue
        assert step["action"] == "http:backstage:request"
        assert step["input"]["path"].startswith("/proxy/image-factory/api/v1/images")
        assert "authorization" not in {key.lower() for key in step["input"].get("headers", {})}
        # scaffolder-backend 4.2.0 runs a step whatever a templated `if` says.
        assert "if" not in step


@pytest.mark.parametrize("name", FORMS)
def test_each_field_of_an_entry_is_sent(name: str) -> None:
    """A change replaces the entry, so that what is not in the form is sent as it is."""
    body = list(_steps(name).values())[-1]["input"]["body"]

    # A new entry has none: a form cannot ask plainly whose signatures base images need.
    by_git_only = {"verify"} if name == "enroll-image" else set()
    assert body.keys() - {"file"} == _keys(EnrollmentSchema) - by_git_only
    if isinstance(body["source"], dict):
        assert body["source"].keys() == _keys(SourceSchema)


@pytest.mark.parametrize("name", TEMPLATES)
def test_each_field_of_the_form_is_used(name: str) -> None:
    """In a step, by its name."""
    text = str(template(name)["spec"]["steps"])
    asked = {field.partition(".")[0] for field in fields(name)}

    assert {field for field in asked if not re.search(rf"\bparameters\.{field}\b", text)} == set()


@pytest.mark.parametrize("name", TEMPLATES)
def test_a_step_reads_only_steps_before_it(name: str) -> None:
    """And the output reads steps that exist."""
    seen: set[str] = set()
    for step in template(name)["spec"]["steps"]:
        assert set(re.findall(r"\bsteps\.(\w+)", str(step["input"]))) <= seen
        seen.add(step["id"])

    assert set(re.findall(r"\bsteps\.(\w+)", str(template(name)["spec"]["output"]))) <= seen
