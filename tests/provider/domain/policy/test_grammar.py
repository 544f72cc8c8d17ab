"""The valid patterns of each key of policy.yaml."""

from collections.abc import Callable

import pytest

from provider.domain.policy import grammar

Check = Callable[[str], str | None]

RIGHT: list[tuple[Check, list[str]]] = [
    (grammar.files_problem, ["images.d/team-a.yaml", "images.d/team-*.yaml", "images.d/*"]),
    (grammar.sources_problem, ["github:acme/*", "github:**", "gitlab:acme/**", "git:https://git.example.org/**"]),
    (grammar.sources_problem, ["git:git@git.example.org:app", "git:*"]),
    (grammar.images_problem, ["ghcr.io/acme/*", "docker.io/library/node", "localhost:5000/**"]),
    (grammar.workflows_problem, ["build.yml", "build*.yaml", "*"]),
    (grammar.refs_problem, ["main", "release/*", "**"]),
    (grammar.owners_problem, ["group:default/*", "user:default/jane", f"group:default/{'a' * 62}*"]),
]
WRONG: list[tuple[Check, str, str]] = [
    (
        grammar.files_problem,
        "images.yaml",
        "images.yaml is the admins' file and needs no rule; name a team's file, images.d/<team>.yaml",
    ),
    (grammar.files_problem, "a.yaml", "'a.yaml' is not a team's file; write for example images.d/team-a.yaml"),
    (
        grammar.sources_problem,
        "github:acme",
        "this is not a pattern of sources; write for example github:acme/* or git:https://git.example.org/**",
    ),
    (
        grammar.images_problem,
        "ghcr.io",
        (
            "'ghcr.io' is not a pattern of images; write for example ghcr.io/acme/*: the registry and the path, "
            "in lower case, without tag"
        ),
    ),
    (grammar.images_problem, "docker.io/node", "'docker.io/node' matches nothing; write docker.io/library/node"),
    (grammar.images_problem, "index.docker.io/a", "'index.docker.io/a' matches nothing; write docker.io/library/a"),
    (
        grammar.workflows_problem,
        "build",
        "'build' is not a pattern of workflows; write the name of a file in .github/workflows, for example build*.yml",
    ),
    (grammar.refs_problem, "", "'' is not a pattern of branches; write for example main or release/*"),
    (grammar.owners_problem, "a", "'a' is not a pattern of owners; write for example group:default/team-a"),
    (grammar.refs_problem, "a" * 256, "is longer than 255 characters; write a shorter pattern"),
]


@pytest.mark.parametrize(("check", "text"), [(check, text) for check, texts in RIGHT for text in texts])
def test_a_valid_pattern_has_no_problem(check: Check, text: str) -> None:
    """A pattern of sources of GitHub and GitLab has an owner, unless it is for all of them."""
    assert check(text) is None


@pytest.mark.parametrize(("check", "text", "message"), WRONG)
def test_the_message_about_a_pattern_says_what_to_write(check: Check, text: str, message: str) -> None:
    """It repeats the pattern, unless it may hold a password."""
    assert check(text) == message


@pytest.mark.parametrize(("text", "problem"), [("a" * 255, False), ("a" * 256, True)])
def test_a_pattern_has_255_characters_at_most(text: str, problem: bool) -> None:
    """For each key."""
    assert (grammar.refs_problem(text) is not None) is problem
