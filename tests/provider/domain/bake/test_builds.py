"""Tests of what a bake target builds."""

import json
from textwrap import dedent
from typing import Any

import pytest

from provider.domain.bake.builds import BakeBuild, BakeBuilds, bake_builds
from provider.domain.bake.errors import BakeError
from provider.domain.dockerfile import DockerfileWarning, Unresolved
from provider.domain.enrollment import Bake


def built(text: str, target: str = "app", file: str = "docker-bake.hcl", **build_args: str) -> BakeBuilds:
    """What the target builds."""
    return bake_builds(dedent(text), Bake(file, target), build_args)


def only(text: str, **build_args: str) -> BakeBuild:
    """The only build of the target app."""
    (build,) = built(text, **build_args).builds
    return build


WHOLE = """\
variable "NODE" { default = "22" }
variable "TAG" { default = "${NODE}-slim" }
variable "EMPTY" {}
target "_common" {
  context = "apps"
  args = { NODE = NODE, ONLY = "below" }
  platforms = ["linux/amd64", "linux/arm64"]
}
target "app" {
  inherits = ["_common"]
  dockerfile = "portal/Dockerfile.prod"
  target = "runtime"
  args = { NODE = "${TAG}", EMPTY = EMPTY, UNSET = null }
  contexts = {
    base = "docker-image://ghcr.io/acme/base:${NODE}"
    src = "./src"
    remote = "https://github.com/acme/x.git"
  }
}
"""


def test_a_target_is_read_with_all_that_it_inherits() -> None:
    """Mappings are merged by key, variables expand, a path is relative to the context, and null is no argument."""
    assert only(WHOLE) == BakeBuild(
        target="app",
        path="apps/portal/Dockerfile.prod",
        text=None,
        build_args={"NODE": "22-slim", "ONLY": "below", "EMPTY": ""},
        stage="runtime",
        contexts={"base": "docker-image://ghcr.io/acme/base:22", "src": "local", "remote": "local"},
        platforms=("linux/amd64", "linux/arm64"),
        apart=False,
    )
    assert built(WHOLE).warnings == []


def test_json_means_the_same() -> None:
    """As `docker buildx bake --print` and people write it."""
    document: dict[str, Any] = {
        "variable": {"NODE": {"default": "22"}, "TAG": {"default": "${NODE}-slim"}, "EMPTY": {}},
        "target": {
            "_common": {
                "context": "apps",
                "args": {"NODE": "${NODE}", "ONLY": "below"},
                "platforms": ["linux/amd64", "linux/arm64"],
            },
            "app": {
                "inherits": ["_common"],
                "dockerfile": "portal/Dockerfile.prod",
                "target": "runtime",
                "args": {"NODE": "${TAG}", "EMPTY": "${EMPTY}", "UNSET": None},
                "contexts": {
                    "base": "docker-image://ghcr.io/acme/base:${NODE}",
                    "src": "./src",
                    "remote": "https://github.com/acme/x.git",
                },
            },
        },
    }
    assert built(json.dumps(document), file="ci/docker-bake.json") == built(WHOLE)
    assert built(json.dumps(document, indent="\t"), file="a.JSON") == built(WHOLE)


def test_build_arguments_of_the_enrollment_set_variables_and_arguments() -> None:
    """As the environment and `--set` do for a person."""
    build = only(WHOLE, NODE="24", EXTRA="x")

    assert build.contexts["base"] == "docker-image://ghcr.io/acme/base:24"
    assert build.build_args == {"NODE": "24", "ONLY": "below", "EMPTY": "", "EXTRA": "x"}


def test_without_attributes_the_defaults_are_those_of_bake() -> None:
    """The Dockerfile of the repository's root."""
    assert only('target "app" {}') == BakeBuild("app", "Dockerfile", None, {}, None, {}, (), apart=False)


@pytest.mark.parametrize(
    ("attributes", "path"),
    [
        ('context = "."', "Dockerfile"),
        ('context = "./a/"', "a/Dockerfile"),
        ('dockerfile = "b/Dockerfile"', "b/Dockerfile"),
        ('context = "a"\ndockerfile = "../b/Dockerfile"', "b/Dockerfile"),
        ('context = "cwd://a"', "a/Dockerfile"),
        ('context = "${BAKE_CMD_CONTEXT}"', "Dockerfile"),
    ],
)
def test_the_dockerfile_is_relative_to_the_context(attributes: str, path: str) -> None:
    """As bake joins them."""
    assert only(f'target "app" {{\n{attributes}\n}}').path == path


def test_a_group_builds_all_of_its_targets() -> None:
    """Groups may hold groups, also themselves; each target counts once."""
    text = """\
    group "all" { targets = ["web", "app", "inner"] }
    group "inner" { targets = ["app", "all", "api", "none"] }
    target "app" {}
    target "web" { context = "web" }
    target "api" { context = "api" }
    """
    assert [build.path for build in built(text, "all").builds] == ["web/Dockerfile", "Dockerfile", "api/Dockerfile"]


def test_a_target_that_is_a_context_of_another_is_built_too() -> None:
    """Also behind another one, in a circle, and from two places; it is apart unless it is wanted itself."""
    text = """\
    group "both" { targets = ["app", "base"] }
    target "app" {
      contexts = { base = "target:base", tools = "target:tools" }
    }
    target "base" {
      context = "base"
      contexts = { tools = "target:tools", app = "target:app" }
    }
    target "tools" { context = "tools" }
    """
    assert [(build.path, build.apart) for build in built(text).builds] == [
        ("Dockerfile", False), ("base/Dockerfile", True), ("tools/Dockerfile", True),
    ]  # fmt: skip
    assert built(text).builds[0].contexts == {"base": "local", "tools": "local"}
    assert [build.apart for build in built(text, "both").builds] == [False, False, True]


def test_a_dockerfile_in_the_bake_file_is_its_text() -> None:
    """Variables expand there too."""
    build = only("""\
    variable "NODE" { default = "22" }
    target "app" {
      dockerfile-inline = <<EOT
    FROM node:${NODE}
    EOT
    }
    """)
    assert (build.path, build.text) == (None, "FROM node:22\n")


def test_later_blocks_of_the_same_name_come_over_earlier_ones() -> None:
    """As in an override file."""
    build = only('target "app" {\n context = "a"\n target = "x"\n}\ntarget "app" {\n context = "b"\n}\n')
    assert (build.path, build.stage) == ("b/Dockerfile", "x")


@pytest.mark.parametrize(
    ("attributes", "line", "message"),
    [
        (
            'matrix = { tgt = ["a", "b"] }\nname = "app-${tgt}"',
            2,
            "matrix is not understood; what depends on its variables is unknown",
        ),
        ('args = { A = upper("a") }', 2, "the value of A is not understood; set it under buildArgs"),
        (
            'inherits = ["base"]\nargs = { A = upper("a") }\n}\ntarget "base" {\nargs = { B = "b" }',
            3,
            "the value of A is not understood; set it under buildArgs",
        ),
    ],
)
def test_what_is_not_understood_is_a_warning_with_its_line(attributes: str, line: int, message: str) -> None:
    """The rest of the target is read."""
    found = built(f'target "app" {{\n{attributes}\n}}')

    (warning,) = found.warnings
    assert (warning.line, warning.file) == (line, "docker-bake.hcl")
    assert warning.message == message
    assert len(found.builds) == 1


@pytest.mark.parametrize("value", ['upper("a")', '"docker-image://Not A"', '"target:none"', '"docker-image://${NONE}"'])
def test_a_context_that_is_not_understood_hides_an_image(value: str) -> None:
    """It is unresolved, by its name and line, and no image of that name."""
    found = built(f'target "app" {{\ncontexts = {{ base = {value} }}\n}}')

    hint = "The bake file's context base is not understood; list its image in baseImages."
    assert found.unresolved == [Unresolved("base", 2, hint, "docker-bake.hcl")]
    assert found.builds[0].contexts == {"base": "local"}


def test_names_that_no_dockerfile_can_use_are_left_out() -> None:
    """Contexts and arguments after them are read."""
    build = only(
        'target "app" {\n contexts = { "a b" = ".", base = "docker-image://node" }\n args = { "-" = "1", B = "2" }\n}'
    )
    assert (build.contexts, build.build_args) == ({"base": "docker-image://node"}, {"B": "2"})


@pytest.mark.parametrize(
    ("context", "line"),
    [("https://github.com/acme/x.git#main", 2), ("git@github.com:acme/x.git", 2), ("github.com/acme/x", 2)],
)
def test_a_dockerfile_of_another_repository_is_not_read(context: str, line: int) -> None:
    """It is named with the line of its context."""
    found = built(f'target "app" {{\n  context = "{context}"\n}}')

    assert found.builds == []
    message = "the context is not in this repository, so its Dockerfile is not read; list its images in baseImages"
    assert found.elsewhere == [DockerfileWarning(line, message, "docker-bake.hcl")]


def test_an_argument_that_is_not_understood_is_empty() -> None:
    """So a reference that needs it is unresolved, and is not taken from the default in the Dockerfile."""
    assert only('target "app" {\n args = { NODE = upper("a"), B = "c" }\n}').build_args == {"NODE": "", "B": "c"}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('target "web" {}', "line 1: no target or group is named app"),
        ('group "app" { targets = ["none"] }', "line 1: no target or group is named app"),
        ('\ntarget "app" { inherits = ["app"] }', "line 2: the target inherits from itself"),
        (
            'target "app" { inherits = ["b"] }\ntarget "b" { inherits = ["app"] }',
            "line 1: the target inherits from itself",
        ),
        ('target "app" { inherits = ["none"] }', "line 1: the target inherits from one that is not in this file"),
        ('target "app" { inherits = upper("x") }', "line 1: the target inherits from one that is not in this file"),
        ('target "app" {\n context = upper("a")\n}', "line 2: the value of context is not understood"),
        ('target "app" {\n dockerfile = ["a"]\n}', "line 2: the value of dockerfile is not understood"),
        ('target "app" {\n args = merge({}, {})\n}', "line 2: the value of args is not understood"),
        (
            'target "app" {\n inherits = ["b"]\n args = merge({}, {})\n}\ntarget "b" {\n args = {}\n}',
            "line 3: the value of args is not understood",
        ),
        ('target "app" {}\ntarget "app" { inherits = ["none"] }', "line 1: the target inherits from one that is not"),
        (f'a = "{"x" * 70_000}"', "line 1: the bake file is larger than 65536 bytes"),
        ('target "app" {\n contexts = merge({}, {})\n}', "line 2: the value of contexts is not understood"),
        ('target "app" {\n target = upper("a")\n}', "line 2: the value of target is not understood"),
        (
            'target "app" {\n dockerfile-inline = upper("a")\n}',
            "line 2: the value of dockerfile-inline is not understood",
        ),
        (
            'target "app" {\n context = "../x"\n}',
            "line 1: the Dockerfile of the target is outside of the source repository",
        ),
        ('target "app" {\n dockerfile = "/etc/passwd"\n}', "line 1: the Dockerfile of the target is outside"),
        ('target "app" {\n dockerfile = "a\\nb"\n}', "line 1: the Dockerfile of the target is outside"),
        ("hunter2 = = 1", "line 1: this is not HCL"),
    ],
)
def test_an_error_names_its_line_and_no_text_of_the_file(text: str, message: str) -> None:
    """Whoever reads it need not be allowed to see the file."""
    with pytest.raises(BakeError) as caught:
        built(text)
    assert str(caught.value).startswith(message)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "line 1: this is not a mapping"),
        ("[]", "line 1: this is not a mapping"),
        ('{"target":\n {"app": }', "line 3: this is not JSON"),
        ('{"target": {"app": {},\n "app": {}}}', "line 2: a key is written twice"),
        ('{"target": []}', "line 1: no target or group is named app"),
        ('{"target": {"app":\n {"context": 1,\n "dockerfile": {}}}}', "line 3: the value of dockerfile"),
        ('{"target":\n {"app":\n {"inherits":\n ["none"]}}}', "line 2: the target inherits from one that is not"),
        (f'{{"a": "{"x" * 70_000}"}}', "line 1: the bake file is larger"),
        ("[" * 40_000, "line 1: this is not JSON"),
    ],
)
def test_an_error_of_a_json_file_names_its_line(text: str, message: str) -> None:
    """JSON has the same errors."""
    with pytest.raises(BakeError) as caught:
        built(text, file="docker-bake.json")
    assert str(caught.value).startswith(message)


def test_the_values_of_json_are_texts_as_in_hcl() -> None:
    """A truth value is in lower case, and a target without a mapping has the defaults."""
    args = '{"A": true, "B": 1, "C": 1.5, "D": null, "E": "$${A}", "F": "${upper(A)}"}'
    found = built(f'{{"target": {{"app": {{"args": {args}}}}}}}', file="a.json")

    assert found.builds[0].build_args == {"A": "true", "B": "1", "C": "1.5", "E": "${A}", "F": ""}
    assert [warning.message.split(";")[0] for warning in found.warnings] == ["the value of F is not understood"]
    assert built('{"target": {"app": null}}', file="a.json").builds == built('target "app" {}').builds


def test_the_number_of_targets_is_bounded() -> None:
    """One entry does not cause any number of requests."""
    targets = [f'target "t{n}" {{ contexts = {{ next = "target:t{n + 1}" }} }}' for n in range(60)]
    with pytest.raises(BakeError, match="line 1: t0 builds more than 50 targets"):
        built("\n".join(targets), "t0")
    assert len(built("\n".join(targets[-50:]), "t10").builds) == 50
