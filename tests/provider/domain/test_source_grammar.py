"""The values of a source: Dockerfiles, bake files, build contexts and base images."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provider.domain import source_grammar as grammar
from provider.domain.enrollment_grammar import shown

Check = Callable[[str], str | None]
HUGE = "a" * 2000

RIGHT: list[tuple[Check, list[str]]] = [
    (
        grammar.dockerfile_problem,
        ["Dockerfile", "app/Dockerfile", "./Dockerfile", "my app/Dockerfile.prod", "a..b", "Containerfile"],
    ),
    (
        grammar.dockerfile_problem,
        ["Dockerfile.compose", "in", "j2/Dockerfile", "Dockerfile.init", "compose/Dockerfile", "bake/Dockerfile"],
    ),
    (grammar.bake_file_problem, ["docker-bake.hcl", "docker-bake.json", "ci/docker-bake.override.hcl", "./a.hcl"]),
    (grammar.bake_target_problem, ["app", "_common", "App-1"]),
    (grammar.context_name_problem, ["src", "base", "node:22", "docker.io/library/node", "a_b.c-d", "0"]),
    (
        grammar.context_problem,
        [
            "local",
            "docker-image://ghcr.io/acme/base:1",
            "docker-image://node",
            f"docker-image://node@sha256:{'a' * 64}",
        ],
    ),
    (grammar.base_image_problem, ["node:22", "cgr.dev/acme/static", "localhost:5000/a", f"node@sha256:{'0' * 64}"]),
]
WRONG: list[tuple[Check, list[str]]] = [
    (
        grammar.dockerfile_problem,
        ["", "/etc/passwd", "../Dockerfile", "a/../../b", "..", "-f", "a/", "a\\b", "a\nb", "."],
    ),
    (
        grammar.bake_file_problem,
        ["", "/etc/docker-bake.hcl", "../docker-bake.hcl", "Dockerfile", "compose.yaml", ".hcl/", "a\n.hcl", "*.hcl"],
    ),
    (grammar.bake_target_problem, ["", "a b", "a.b", "a/b", "a" * 129, "${x}"]),
    (grammar.context_name_problem, ["", "-x", "a b", "$BASE", "a\n", ".", HUGE]),
    (
        grammar.context_problem,
        ["", "Local", "./src", "/src", "src", "https://github.com/acme/x.git", "git@github.com:acme/x.git"],
    ),
    (
        grammar.context_problem,
        [
            "target:base",
            "docker-image://",
            "docker-image://$BASE",
            "docker-image://A",
            "oci-layout://x",
            "ghcr.io/acme/base:1",
        ],
    ),
    (grammar.base_image_problem, ["", "scratch", "docker://node", "Node", "$BASE", "node:22 ", HUGE, "a/" * 600]),
]


@pytest.mark.parametrize(("check", "text"), [(check, text) for check, texts in RIGHT for text in texts])
def test_a_valid_value_has_no_problem(check: Check, text: str) -> None:
    """Each value that a source may have."""
    assert check(text) is None


@pytest.mark.parametrize(("check", "text"), [(check, text) for check, texts in WRONG for text in texts])
def test_a_problem_says_what_to_write(check: Check, text: str) -> None:
    """Each message is one printable, short line."""
    problem = check(text)

    assert problem is not None
    assert problem.isprintable()
    assert len(problem) < 300


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("/etc/passwd", "leaves the source repository"),
        ("../Dockerfile", "leaves the source repository"),
        ("a/../b", "leaves the source repository"),
        ("", "is not a path"),
        ("a/b/", "is not a path"),
        ("a/.", "is not a path"),
        ("a\\b", "is not a path"),
        ("-f", "is not a path"),
        ("images/*/Dockerfile", "is a pattern; write each path, for example [api/Dockerfile, web/Dockerfile]"),
        ("images/[ab]/Dockerfile", "is a pattern"),
        ("a?/Dockerfile", "is a pattern"),
        ("https://example.org/Dockerfile", "this is an address; write a path inside the source repository"),
        ("git@github.com:acme/x.git", "this is an address"),
        ("ssh://git@host/x", "this is an address"),
        ("Dockerfile.j2", "is a template; name the file that is generated from it"),
        ("app/Dockerfile.template", "is a template"),
        ("Dockerfile.in", "is a template"),
        ("Dockerfile.TMPL", "is a template"),
        ("Dockerfile.gotmpl", "is a template"),
        ("Dockerfile.erb", "is a template"),
        ("Dockerfile.hbs", "is a template"),
        ("compose.yaml", "is a Compose file; name the Dockerfile of its build"),
        ("docker-compose.yml", "is a Compose file"),
        ("app/docker-compose.prod.yaml", "is a Compose file"),
        ("docker-bake.hcl", "is a bake file; write bake: {file: docker-bake.hcl, target: NAME} instead of dockerfile"),
        ("ci/docker-bake.json", "is a bake file"),
        ("docker-bake.override.hcl", "is a bake file"),
    ],
)
def test_the_message_about_a_dockerfile_says_what_it_is_instead(path: str, words: str) -> None:
    """A path that goes up, a pattern, an address, a template, a Compose file and a bake file have their own words."""
    assert words in (grammar.dockerfile_problem(path) or "")


BY_HAND = "or leave dockerfile out and list its images under baseImages"
RIGHT_IMAGE = "write for example node:22 or cgr.dev/acme/static:1"


@pytest.mark.parametrize(
    ("check", "text", "message"),
    [
        (grammar.dockerfile_problem, "a/", "'a/' is not a path to a Dockerfile; write for example app/Dockerfile"),
        (grammar.bake_file_problem, "a/", "'a/' is not a path to a bake file; write for example docker-bake.hcl"),
        (
            grammar.dockerfile_problem,
            "Dockerfile.j2",
            f"'Dockerfile.j2' is a template; name the file that is generated from it, {BY_HAND}",
        ),
        (
            grammar.dockerfile_problem,
            "compose.yaml",
            f"'compose.yaml' is a Compose file; name the Dockerfile of its build, {BY_HAND}",
        ),
        (
            grammar.base_image_problem,
            "docker://node",
            "'docker://node' is not an image reference; leave out what is before and including '://'; " + RIGHT_IMAGE,
        ),
        (grammar.base_image_problem, "scratch", "scratch is no image; leave it out"),
        (grammar.base_image_problem, "Node", f"'Node' is not an image reference; {RIGHT_IMAGE}"),
        (
            grammar.base_image_problem,
            "a" * 1024,
            f"{shown('a' * 1024)} is not an image reference; {RIGHT_IMAGE}",
        ),
        (
            grammar.base_image_problem,
            "a" * 1025,
            f"{shown('a' * 1025)} is not an image reference: it is too long; {RIGHT_IMAGE}",
        ),
    ],
)
def test_the_message_about_a_value_says_what_to_write(check: Check, text: str, message: str) -> None:
    """It has an example of the same kind."""
    assert check(text) == message


@pytest.mark.parametrize("text", ["./src", "/src", "../src", "oci-layout://x", "git@github.com:acme/x.git"])
def test_the_message_about_a_folder_or_address_as_a_context_names_local(text: str) -> None:
    """One word stands for each of them."""
    problem = grammar.context_problem(text) or ""
    assert problem.endswith("and a reference: local stands for every folder and other address")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("ghcr.io/acme/base:1", "did you mean docker-image://ghcr.io/acme/base:1?"),
        ("node:22", "did you mean docker-image://node:22?"),
        ("./src", "local stands for every folder and other address"),
        ("https://user:hunter2@example.org/x.git", "local stands for every folder and other address"),
        ("target:base", "write bake: {file: docker-bake.hcl, target: NAME} instead"),
        ("docker-image://Node", "write local, or docker-image:// and a reference"),
    ],
)
def test_the_message_about_a_context_suggests_a_value(text: str, words: str) -> None:
    """The nearest valid value; a password in an address is not repeated."""
    problem = grammar.context_problem(text) or ""

    assert words in problem
    assert "hunter2" not in problem


@given(st.text(alphabet="./-a\\ \n"))
def test_a_file_never_leaves_its_repository(text: str) -> None:
    """No path that is taken is absolute or goes up."""
    for check, path in ((grammar.dockerfile_problem, text), (grammar.bake_file_problem, f"{text}.hcl")):
        if check(path) is None:
            assert not path.startswith(("/", "-"))
            assert ".." not in path.split("/")


@given(st.text(max_size=60))
def test_any_text_is_answered(text: str) -> None:
    """No check raises, and each problem is one printable line."""
    for check, _ in RIGHT:
        assert (check(text) or "ok").isprintable()
