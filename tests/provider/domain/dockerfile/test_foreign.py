"""Files that are no Dockerfile: what the error says that they are."""

import pytest

from provider.domain.dockerfile import DockerfileError, discover

COMPOSE = "this is a docker-compose file; name the Dockerfile that it builds"
BAKE = "this is a bake file; set source.bake"
XML = "this is an XML or HTML file; name the Dockerfile"
EARTHFILE = "this is an Earthfile; name a Dockerfile, or list its images under source.baseImages"
APPTAINER = "this is an Apptainer definition; list its images under source.baseImages"
CONFLICT = "this looks like a merge conflict; resolve it"
C = "this looks like a template (C preprocessor); name the generated file"


def looks_like(language: str) -> str:
    """The message about a template."""
    return f"this looks like a template ({language}); name the generated file"


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("services:\n  app:\n    build: .", COMPOSE),
        ("# comment\n\nversion: '3'\nservices:\n  app: {}", COMPOSE),
        ("  // comment\nversion: '3'\nservices : {}", COMPOSE),
        ("---\napiVersion: v1\nkind: Pod", "this is a Kubernetes manifest; name the Dockerfile"),
        ("on: push\njobs:\n  build: {}", "this is a CI workflow; name the Dockerfile that it builds"),
        ("- a\n- b", "this is a YAML file; name the Dockerfile"),
        ("name: x\ninputs: {}", "this is a YAML file; name the Dockerfile"),
        ('group "default" {\n  targets = ["app"]\n}', BAKE),
        ('# comment\nvariable "TAG" {}\ntarget "app" {\n}', BAKE),
        ('{\n  "target": {"app": {}}\n}', BAKE),
        ('{"group" : {}}', BAKE),
        ('{\n  "services": {}\n}', COMPOSE),
        ('{\n  "name": "app"\n}', "this is a JSON file; name the Dockerfile"),
        ("[\n  1\n]", "this is a JSON file; name the Dockerfile"),
        ("<?xml version='1.0'?>\n<a/>", XML),
        ("<!DOCTYPE html>\n<html/>", XML),
        ("<html>\n</html>", XML),
        ("VERSION 0.8\nFROM alpine", EARTHFILE),
        ("VERSION --try 0.8\nFROM alpine", EARTHFILE),
        ("Bootstrap: docker\nFrom: alpine", APPTAINER),
        ("BOOTSTRAP : docker\nFrom: alpine", APPTAINER),
        ("F\0R\0O\0M\0 \0a\0", "this is no text in UTF-8; save it as UTF-8"),
    ],
)
def test_a_file_of_another_kind_is_named(text: str, kind: str) -> None:
    """The error says what the file is and what to write instead."""
    with pytest.raises(DockerfileError) as caught:
        discover(text)

    assert caught.value.without_text.partition(": ")[2] == kind


@pytest.mark.parametrize(
    ("text", "line", "kind"),
    [
        ("{% set x = 1 %}\nFROM a", 1, looks_like("Jinja")),
        ("FROM a\n{# comment #}", 2, looks_like("Jinja")),
        ("FROM a\n{{ if .X }}", 2, looks_like("Jinja or Go")),
        ("FROM {{ image }}", 1, looks_like("Jinja or Go")),
        ("FROM a AS {{ name }}", 1, looks_like("Jinja or Go")),
        ("<% x %>\nFROM a", 1, looks_like("ERB or EJS")),
        ("FROM <%= image %>", 1, looks_like("ERB or EJS")),
        ("FROM a:${templateOption:variant}", 1, looks_like("Dev Container")),
        ("FROM @BASE_IMAGE@", 1, looks_like("CMake or autoconf")),
        ("FROM %%IMAGE%%", 1, looks_like("placeholders")),
        ("FROM #{image}#", 1, looks_like("placeholders")),
        ("FROM __IMAGE__", 1, looks_like("placeholders")),
        ("FROM [[image]]", 1, looks_like("placeholders")),
        ("FROM %IMAGE%", 1, looks_like("placeholders")),
        ("FROM {image}", 1, looks_like("placeholders")),
        ("FROM <your image>", 1, looks_like("placeholders")),
        ("FROM a\n<<<<<<< HEAD\nRUN x", 2, CONFLICT),
        ("FROM a\n\n>>>>>>> branch", 3, CONFLICT),
        ("FROM a\n=======", 2, CONFLICT),
        ('DEFINE x\n#include "base.docker"\nFROM a', 2, C),
        ("DEFINE x\n# ifdef DEBUG\nFROM a", 2, C),
        ("DEFINE x\n#ifndef DEBUG\nFROM a", 2, C),
    ],
)
def test_a_line_of_a_template_is_named(text: str, line: int, kind: str) -> None:
    """With the line that shows it, and without the text of the file."""
    with pytest.raises(DockerfileError) as caught:
        discover(text)

    assert (caught.value.line, caught.value.kind, caught.value.quoted) == (line, kind, None)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "line 1: the file has no FROM"),
        ("# FROM a\n// b", "line 2: an unknown instruction is not allowed before the first FROM; only ARG is"),
        ("RUN {{ x }}\nFROM a", "line 1: RUN is not allowed before the first FROM; only ARG is"),
        ("#  includes nothing\nRUN x", "line 2: RUN is not allowed before the first FROM; only ARG is"),
    ],
)
def test_a_file_that_looks_like_nothing_else_keeps_its_error(text: str, problem: str) -> None:
    """So does a known instruction, whatever is in it."""
    with pytest.raises(DockerfileError) as caught:
        discover(text)

    assert caught.value.without_text == problem


@pytest.mark.parametrize("text", ["#include <x>\nFROM a", "# comment\n# ifdef X\nFROM a\n# endif"])
def test_a_comment_for_the_preprocessor_is_a_warning_in_a_good_file(text: str) -> None:
    """BuildKit builds it, so its images are found."""
    found = discover(text)

    assert [(each.line, each.quoted) for each in found.warnings] == [(text.count("\n", 0, text.index("i")) + 1, None)]
    assert "if the C preprocessor reads this line, name the generated file" in found.warnings[0].message
    assert [each.reference for each in found.references] == ["a"]


def test_only_the_start_of_a_long_line_is_looked_at() -> None:
    """The expressions would take too long for a line of a megabyte."""
    with pytest.raises(DockerfileError) as caught:
        discover("FROM " + "A" * 1000 + "{{ x }}")

    assert "template" not in str(caught.value)
