"""Tests of the valid values of an enrollment's fields."""

import time
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.reference import ImageReference
from provider.domain import enrollment_grammar as grammar

Check = Callable[[str], str | None]

RIGHT: list[tuple[Check, list[str]]] = [
    (grammar.name_problem, ["a", "backstage", "node-22", "a" * 63]),
    (
        grammar.registry_problem,
        ["ghcr.io", "localhost", "localhost:5000", "registry:5000", "10.0.0.1:443", "docker.io"],
    ),
    (grammar.repository_problem, ["node", "acme/backstage", "acme/team/app_x.y-z"]),
    (grammar.tag_problem, ["latest", "1.2", "_x", "v1.2.3-rc.1", "a" * 128]),
    (grammar.branch_problem, ["main", "release/1.2", "refs/heads/main", "fix-#12", "ä"]),
    (grammar.target_problem, ["runtime", "Build", "0", "stage_1.x"]),
    (grammar.build_argument_problem, ["NODE", "_x1"]),
    (grammar.workflow_problem, ["build.yml", "build.yaml", "my build.yml", "_x.yml"]),
    (grammar.platform_problem, ["linux/amd64", "linux/arm/v7", "windows/amd64"]),
    (grammar.owner_problem, ["group:default/platform", "user:default/jane.doe", "Group:default/Platform"]),
    (grammar.system_problem, ["portal", "default/portal", "system:default/portal"]),
    (grammar.line_problem, ["Backstage", "The developers' portal: all of it", "ä"]),
]
WRONG: list[tuple[Check, list[str]]] = [
    (grammar.name_problem, ["", "A", "-a", "a-", "a" * 64, "a_b", "a/b", "a\n", "..", "ä"]),
    (
        grammar.registry_problem,
        [
            "",
            "acme",
            "GHCR.io",
            "https://ghcr.io",
            "ghcr.io/acme",
            "ghcr.io:0",
            "ghcr.io:65536",
            "u:p@ghcr.io",
            "-a.io",
        ],
    ),
    (grammar.repository_problem, ["", "/a", "a/", "A/b", "a//b", "a:1", "a/b:latest", "a b", "../a", "a" * 300]),
    (grammar.tag_problem, ["", ".a", "-a", "a/b", "a" * 129, "a b", "1.2\n"]),
    (
        grammar.branch_problem,
        ["", "-x", "a b", "a..b", "a~1", "x.lock", "a.lock/b", "/a", "a/", "a//b", "@", "a@{1}", ".a"],
    ),
    (grammar.target_problem, ["", "-x", "a b", "a/b"]),
    (grammar.build_argument_problem, ["", "1A", "A B", "A=B", "A-B"]),
    (
        grammar.workflow_problem,
        ["", "build", "../build.yml", ".github/workflows/build.yml", "-x.yml", ".yml", "a.yml\n"],
    ),
    (grammar.platform_problem, ["", "linux", "linux/", "Linux/amd64", "linux/arm/v7/x", "linux/amd64 "]),
    (
        grammar.owner_problem,
        ["", "platform", "group:platform", "default/platform", "component:default/x", "group:default/"],
    ),
    (grammar.system_problem, ["", "a b", "component:default/x", "system:", "-"]),
    (grammar.line_problem, ["", "  ", "two\nlines", "\x1b[31m"]),
]


@pytest.mark.parametrize(("check", "text"), [(check, text) for check, texts in RIGHT for text in texts])
def test_a_valid_value_has_no_problem(check: Check, text: str) -> None:
    """Each field takes the forms that people use."""
    assert check(text) is None


@pytest.mark.parametrize(("check", "text"), [(check, text) for check, texts in WRONG for text in texts])
def test_an_invalid_value_has_a_message_with_an_example(check: Check, text: str) -> None:
    """Each message is one line and shows how to write it."""
    problem = check(text)

    assert problem
    assert problem.isprintable()
    assert "write" in problem or "use" in problem


def test_docker_hub_makes_a_short_repository_longer() -> None:
    """Its `library/` counts for the longest path that a reference may have."""
    assert grammar.repository_problem("a" * 250) is None
    assert grammar.repository_problem("a" * 250, "docker.io") is not None


@pytest.mark.parametrize("text", ["jane:secret@ghcr.io", "https://token@github.com/acme/portal"])
def test_a_text_that_may_be_a_password_is_not_repeated(text: str) -> None:
    """A message never contains the text before an '@'."""
    assert grammar.shown(text) == "what is written"


def test_a_long_text_is_repeated_in_part() -> None:
    """A message shortens a long text."""
    assert grammar.shown("a" * 1000) == f"'{'a' * 60}...'"


@given(st.text())
def test_a_registry_that_is_right_stays_one(text: str) -> None:
    """A host that is taken is never read as the beginning of a Docker Hub repository."""
    if grammar.registry_problem(text) is None:
        assert ImageReference.parse(f"{text}/acme/app").registry in {text, "docker.io"}
        assert ImageReference.parse(f"{text}/acme/app").repository == "acme/app"


@pytest.mark.parametrize(
    ("check", "text", "message"),
    [
        (
            grammar.registry_problem,
            "ghcr.io:0",
            "'ghcr.io:0' has an impossible port; write for example ghcr.io or registry.example.org:5000",
        ),
        (
            grammar.repository_problem,
            "/a",
            (
                "'/a' is not a repository; write for example acme/backstage: the path alone, in lower case, without "
                "registry and tag"
            ),
        ),
    ],
)
def test_a_message_says_what_is_wrong_and_what_to_write(check: Check, text: str, message: str) -> None:
    """In this order."""
    assert check(text) == message


def test_a_port_is_between_1_and_65535() -> None:
    """Both limits are valid ports."""
    assert grammar.registry_problem("ghcr.io:1") is None
    assert grammar.registry_problem("ghcr.io:65535") is None
    assert "port" in (grammar.registry_problem("ghcr.io:99999") or "")


def test_a_text_of_sixty_characters_is_shown_in_full() -> None:
    """Only a longer text is shortened."""
    assert grammar.shown("a" * 60) == f"'{'a' * 60}'"
    assert grammar.shown("a" * 61) == f"'{'a' * 60}...'"


def test_a_repository_has_no_digest() -> None:
    """The digest is read from the registry, so a pinned repository is refused."""
    assert "digest" in (grammar.repository_problem(f"acme/app@sha256:{'a' * 64}") or "")


def test_a_branch_is_printable() -> None:
    """A line separator outside ASCII is refused too."""
    assert grammar.branch_problem("a\u2028b")


@pytest.mark.parametrize("unit", ["a-", "a.", "a_", "a/", "../", "A", "-", "a:1/", "é", " "])
def test_a_repository_of_a_megabyte_is_refused_by_its_length(unit: str) -> None:
    """The length is checked first: the patterns of references take minutes for such a text."""
    started = time.process_time()
    problem = grammar.repository_problem(unit * (1_000_000 // len(unit)))

    assert "at most 255" in (problem or "")
    assert time.process_time() - started < 0.5


@pytest.mark.parametrize("text", ["a-" * 120 + "a", "a" * 255])
def test_a_repository_of_255_characters_is_valid_by_its_length(text: str) -> None:
    """Only the length of the whole reference limits it further."""
    assert "at most 255" not in (grammar.repository_problem(text) or "")
    assert "at most 255" in (grammar.repository_problem(text + "a" * 16) or "")
