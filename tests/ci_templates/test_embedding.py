"""The copies of the script in the templates are the script."""

import re

import pytest
import yaml

from tests.ci_templates.embedding import EMBEDDING, FOLDER, SCRIPT, embedded


@pytest.mark.parametrize("name", EMBEDDING)
def test_each_copy_is_the_script(name: str) -> None:
    """`make ci-templates` changes nothing."""
    text = (FOLDER / name).read_text("utf-8")

    assert embedded(text, SCRIPT.read_text("utf-8"), EMBEDDING[name]) == text


@pytest.mark.parametrize("name", EMBEDDING)
def test_a_copy_survives_yaml(name: str) -> None:
    """Each job or step that has a copy has the whole script after YAML was read."""
    found = [text for document in yaml.safe_load_all((FOLDER / name).read_text("utf-8")) for text in _texts(document)]

    copies = [text for text in found if SCRIPT.read_text("utf-8") in text]
    assert len(copies) == (FOLDER / name).read_text("utf-8").count("put here by `make ci-templates`") > 0


def test_an_older_copy_is_replaced() -> None:
    """The block after the mark is replaced as a whole, and nothing else."""
    head = "a:\n  # image-factory-build.sh, put here by `make ci-templates`\n  script: |\n"

    found = embedded(f"{head}    old\n\n    lines\n  after: 1\n", "one\n\ntwo\n", "")

    assert found == f"{head}    one\n\n    two\n  after: 1\n"


@pytest.mark.parametrize(
    "syntax", [r"\$\{\{", r"\$\[\[", r"\$\((params|results|steps|context|workspaces|tasks)\b", r"\$\$"]
)
def test_no_ci_system_replaces_a_part_of_the_script(syntax: str) -> None:
    """It has no text that GitHub, GitLab or Tekton would replace in their files."""
    assert re.findall(syntax, SCRIPT.read_text("utf-8")) == []


def _texts(document: object) -> list[str]:
    match document:
        case str():
            return [document]
        case dict():
            return [text for value in document.values() for text in _texts(value)]
        case list():
            return [text for value in document for text in _texts(value)]
        case _:
            return []
