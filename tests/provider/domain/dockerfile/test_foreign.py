"""Files that are no Dockerfile: what the error says that they are."""

import pytest

from provider.domain.dockerfile import DockerfileError, discover

JINJA = "this looks like a template (Jinja); name the generated file"
GO = "this looks like a template (Jinja or Go); name the generated file"
ERB = "this looks like a template (ERB or EJS); name the generated file"
CMAKE = "this looks like a template (CMake or autoconf); name the generated file"
DEV = "this looks like a template (Dev Container); name the generated file"
HOLES = "this looks like a template (placeholders); name the generated file"
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


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("FROM {{ base_image }}\nRUN x", 1, GO),
        ("FROM {{base}}", 1, GO),
        ("FROM node:{{ .Version }}-alpine", 1, GO),
        ("FROM node:22\n{% if dev %}\nRUN x\n{% endif %}", 2, JINJA),
        ("{% set v = 22 %}\nFROM node:{{ v }}", 1, JINJA),
        ("{# generated #}\nFROM node:22", 1, JINJA),
        ("FROM node:22\nRUN apk add \\\n{% for p in packages %}\n  {{ p }} \\\n{% endfor %}\n  git", 4, JINJA),
        ("{%- import 'macros.j2' as m -%}\nFROM a", 1, JINJA),
        ("FROM node:22\n{{ install('git') }}\nRUN x", 2, GO),
        ("FROM node:22 AS {{ name }}", 1, GO),
        ("{{- if .Debug }}\nFROM golang\n{{- end }}", 1, GO),
        ("FROM a\nCOPY --from={{x}} b c", 2, GO),
        ("ARG V=22\n{{> partial }}\nFROM a", 2, GO),
        ("FROM <%= base %>", 1, ERB),
        ("FROM a\n<% if x %>\nRUN y\n<% end %>", 2, ERB),
        ("<%# comment %>\nFROM a", 1, ERB),
        ("<%-\n  out = 1\n-%>\nFROM a", 1, ERB),
        ("FROM @BASE_IMAGE@", 1, CMAKE),
        ("FROM registry.example.com/app:@VERSION@", 1, CMAKE),
        ("FROM a AS @name@", 1, CMAKE),
        ("FROM a\n@INSTALL_COMMANDS@\nRUN x", 2, CMAKE),
        ('#include "base.docker"\nRUN x', 1, C),
        ("#include <base.docker>\n\nUSER x", 1, C),
        ('# include "common.in"\nCOPY a b', 1, C),
        ("#ifdef ALPINE\nFROM Alpine\n#endif", 1, C),
        ('#include "macros.docker"\nFROM BASE_IMAGE', 1, C),
        ('ARG A=1\n#include "from.docker"\nENV a=b', 2, C),
        ("FROM mcr.example.com/base:${templateOption:imageVariant}", 1, DEV),
        ('FROM a\nARG ZSH="${templateOption:installZsh}"', 2, DEV),
        ("FROM a\nRUN x\nRUN install ${templateOption:nodeVersion}", 3, DEV),
        ("FROM python:%%PLACEHOLDER%%", 1, HOLES),
        ("FROM node:{version}", 1, HOLES),
        ("FROM #{registry}#/app", 1, HOLES),
        ("FROM <your-image>", 1, HOLES),
        ("FROM %BASE%", 1, HOLES),
        ("<<<<<<< HEAD\nFROM a\n=======\nFROM b\n>>>>>>> x", 1, "this looks like a merge conflict; resolve it"),
        ("FROM a\n<<<<<<< HEAD\nRUN x\n=======\n", 2, "this looks like a merge conflict; resolve it"),
        ("services:\n  web:\n    build: .", 1, COMPOSE),
        ("# a comment\nversion: '3'\n\nservices:\n  web:\n    image: node:22", 2, COMPOSE),
        ("name: shop\nx-common: &c\n  restart: always\nservices:\n  a: *c", 1, COMPOSE),
        ("---\nservices:\n  web:\n    build:\n      dockerfile_inline: |\n        FROM a", 1, COMPOSE),
        ('{"services": {"web": {"build": "."}}}', 1, COMPOSE),
        ('target "app" {\n  dockerfile = "Dockerfile"\n}', 1, BAKE),
        ('variable "TAG" {\n  default = "1"\n}\n\ngroup "default" {\n  targets = ["app"]\n}', 1, BAKE),
        ('// bake\nfunction "f" {\n  params = []\n}', 1, BAKE),
        ('{\n  "group": {"default": {"targets": ["a"]}},\n  "target": {"a": {}}\n}', 1, BAKE),
        ("apiVersion: v1\nkind: Pod", 1, "this is a Kubernetes manifest; name the Dockerfile"),
        ("name: CI\non: push\njobs:\n  a: {}", 1, "this is a CI workflow; name the Dockerfile that it builds"),
        ("key: value\n", 1, "this is a YAML file; name the Dockerfile"),
        ("- a\n- b\n", 1, "this is a YAML file; name the Dockerfile"),
        ('{"a": 1}', 1, "this is a JSON file; name the Dockerfile"),
        ("<?xml version='1.0'?>\n<a/>", 1, "this is an XML or HTML file; name the Dockerfile"),
        ("<!DOCTYPE html>", 1, "this is an XML or HTML file; name the Dockerfile"),
        (
            "VERSION 0.8\nFROM golang:1\nbuild:\n  RUN x",
            1,
            "this is an Earthfile; name a Dockerfile, or list its images under source.baseImages",
        ),
        (
            "VERSION --try 0.8\nFROM golang:1",
            1,
            "this is an Earthfile; name a Dockerfile, or list its images under source.baseImages",
        ),
        (
            "Bootstrap: docker\nFrom: ubuntu:24.04\n\n%post\n  x",
            1,
            "this is an Apptainer definition; list its images under source.baseImages",
        ),
    ],
)
def test_a_file_of_another_kind_is_one_error_that_says_what_to_do(text: str, line: int, message: str) -> None:
    """Whatever the first line is that makes no sense in a Dockerfile."""
    with pytest.raises(DockerfileError) as caught:
        discover(text)

    assert str(caught.value) == caught.value.without_text == f"line {line}: {message}"


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-32"])
def test_a_file_in_another_encoding_is_recognised(encoding: str) -> None:
    """PowerShell writes such files."""
    with pytest.raises(DockerfileError, match=r"this is no text in UTF-8; save it as UTF-8"):
        discover("FROM a\r\nRUN x\r\n".encode(encoding))


@pytest.mark.parametrize(
    "text",
    [
        "FROM a\nRUN docker inspect --format '{{.Id}}' x",
        "FROM a\nLABEL template={{x}} other",
        "FROM a\nENV A=b # {{ x }}",
        "FROM a\nHEALTHCHECK --unknown=x CMD curl '{{ y }}'",
        "FROM a\nRUN <<EOF\n{% if x %}\nservices:\n<% y %>\nEOF",
        "# {{ a comment }} <% x %>\n# @author@\nFROM a",
        "FROM a\n  # see ${templateOption:variant}\nRUN x",
        "FROM a\nRUN echo @VERSION@ %%x%% [[ -f y ]] <z>",
        "FROM a\nCMD [[ -f x ]] && y",
        "FROM a\nRUN --mount=type=cache,target=/x,Z echo {{ y }}",
        "ARG A={{x}}\nARG B=<y>\nFROM a",
        'FROM a\nENV services: x\nLABEL target "app" {',
        "#includes more than one\n# ifdef\nFROM a",
    ],
)
def test_a_dockerfile_is_none_of_these(text: str) -> None:
    """The signs mean nothing in lines that BuildKit reads, or that are wrong for another reason."""
    assert [reference.reference for reference in discover(text).references] == ["a"]


def test_a_line_for_the_preprocessor_is_a_warning_where_all_else_makes_sense() -> None:
    """What is included may name other images; BuildKit takes the line for a comment."""
    found = discover('FROM a\n#include "install.docker"\nRUN x')

    assert [reference.reference for reference in found.references] == ["a"]
    assert [(warning.line, str(warning)) for warning in found.warnings] == [
        (
            2,
            "this line is a comment to BuildKit; if the C preprocessor reads this line, name the generated file",
        )
    ]


@pytest.mark.parametrize("text", ["{{", "[[" * 200_000, "<a" * 200_000, "@a" * 200_000, "%" * 400_000, "{a" * 200_000])
def test_a_long_line_is_judged_by_its_start(text: str) -> None:
    """However often a sign begins in it; this would take minutes otherwise."""
    with pytest.raises(DockerfileError):
        discover("FROM a\n" + " \\\n".join(text[at : at + 60_000] for at in range(0, len(text), 60_000)) + "<<x")
