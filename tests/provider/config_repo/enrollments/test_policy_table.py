"""What an entry may do: each file, each field and each kind of rule, from the texts of the files to the authority."""

import itertools
from collections.abc import Callable, Iterator

import pytest

from provider.config_repo.enrollments.claims import Before
from provider.config_repo.enrollments.files import read_enrollments
from provider.config_repo.enrollments.in_force import in_force
from provider.config_repo.enrollments.policy import read_policy
from provider.domain.enrollment import Enrollment
from provider.domain.policy.authority import Authority, authority_of

ENTRY = """- name: app
  registry: ghcr.io
  repository: acme/team-a/app
  source:
    provider: github
    repo: Acme/team-a-portal
    branch: release/1
    workflow: build-app.yml
  owner: group:default/Team-A
"""
FILES = ("images.yaml", "images.d/team-a.yaml", "images.d/team-ab.yaml", "images.d/b.yaml")
# The pattern of each key that covers the entry, patterns that do not, and what the key allows.
FIELDS: dict[str, tuple[str, tuple[str, ...], Callable[[Authority], bool]]] = {
    "sources": (
        "github:acme/team-a-*",
        ("github:acme/*-b", "gitlab:acme/**", "github:acme/team-a-portal/*", "git:https://github.com/acme/**"),
        lambda may: may.shows_runs,
    ),
    "images": (
        "ghcr.io/acme/team-a/*",
        ("ghcr.io/acme/*", "docker.io/acme/team-a/*", "ghcr.io/acme/team-a", "ghcr.io/acme/team-a/app/*"),
        lambda may: may.claims_image,
    ),
    "workflows": ("build*.yml", ("build.yml", "*.yaml", "deploy*.yml"), lambda may: not may.needs_id),
    "refs": ("release/*", ("main", "*", "release", "release/1/*"), lambda may: not may.needs_default_branch),
    "owners": ("group:default/team-*", ("group:default/team-b", "user:default/team-a"), lambda may: may.owner_acts),
}
_MINE = "rules:\n- files: images.d/team-a.yaml\n  KEY: ['RIGHT']\n"
KINDS = {
    "no policy": "",
    "no rule": "rules: []",
    "own alone": "own: [ghcr.io/acme/team-a/*]",
    "its rule": _MINE,
    "its rule among others": "rules: [{files: images.d/x.yaml}, {files: 'images.d/*-a.yaml', KEY: ['RIGHT']}]",
    "a rule of another file": "rules: [{files: images.d/team-b.yaml, KEY: ['RIGHT']}]",
    "a rule without the key": "rules: [{files: images.d/team-a.yaml}]",
    "an invalid rule": f"{_MINE}  typo: x\n",
    "an unreadable policy": f"{_MINE}[",
    "the old form": "- {files: images.d/team-a.yaml, KEY: ['RIGHT']}",
}
ALLOWING = {"its rule", "its rule among others"}


def _rule(file: str, key: str, pattern: str) -> str:
    return f"rules:\n- files: {file}\n  {key}: ['{pattern}']\n"


def _enrolled(file: str, text: str = ENTRY) -> Enrollment:
    (found,) = read_enrollments({file: text}).valid
    return found.enrollment


def _allowed(file: str, policy: str, key: str) -> bool:
    return FIELDS[key][2](authority_of(read_policy(policy)[0], _enrolled(file)))


@pytest.mark.parametrize(("file", "key", "kind"), [*itertools.product(FILES, FIELDS, KINDS)])
def test_a_field_is_allowed_by_the_admins_file_or_by_a_rule_for_its_file(file: str, key: str, kind: str) -> None:
    """And by nothing else: neither by a rule for another file or key, nor by one that is not valid."""
    expected = file == "images.yaml" or (file == "images.d/team-a.yaml" and kind in ALLOWING)

    assert _allowed(file, KINDS[kind].replace("KEY", key).replace("RIGHT", FIELDS[key][0]), key) is expected


def _wrong() -> Iterator[tuple[str, str]]:
    for key, (_, patterns, _) in FIELDS.items():
        yield from ((key, pattern) for pattern in patterns)


@pytest.mark.parametrize(("key", "pattern"), [*_wrong()])
def test_a_rule_with_another_pattern_allows_nothing(key: str, pattern: str) -> None:
    """A pattern covers the whole value; one star stays within a part of a path."""
    policy = _rule("images.d/team-a.yaml", key, pattern)
    assert read_policy(policy)[1] == ()

    assert not _allowed("images.d/team-a.yaml", policy, key)


@pytest.mark.parametrize(("given", "asked"), [*itertools.permutations(FIELDS, 2)])
def test_a_rule_for_one_key_allows_nothing_of_another(given: str, asked: str) -> None:
    """Keys are separate."""
    assert not _allowed("images.d/team-a.yaml", _rule("images.d/team-a.yaml", given, FIELDS[given][0]), asked)


@pytest.mark.parametrize("key", ["workflows", "refs"])
@pytest.mark.parametrize(("source", "allowed"), [("github:acme/team-a-*", True), ("github:acme/other", False)])
def test_workflows_and_refs_count_in_the_sources_of_their_rule(key: str, source: str, allowed: bool) -> None:
    """A rule that names sources says nothing about other repositories."""
    policy = f"rules:\n- files: images.d/team-a.yaml\n  {key}: ['{FIELDS[key][0]}']\n  sources: ['{source}']\n"

    assert _allowed("images.d/team-a.yaml", policy, key) is allowed


_OWNER = (
    "images.d/team-a.yaml:9: app: owner: no rule lets this file name group:default/Team-A, who gets no rights by it; "
    'add to rules in policy.yaml: {files: images.d/team-a.yaml, owners: ["group:default/Team-A"]}'
)


@pytest.mark.parametrize(
    ("file", "policy", "problems"),
    [
        ("images.yaml", "", []),
        (
            "images.d/team-a.yaml",
            "",
            [_OWNER],
        ),
        ("images.d/team-a.yaml", _rule("images.d/team-a.yaml", "owners", "group:default/team-a"), []),
    ],
)
def test_what_no_rule_allows_is_a_problem_with_file_line_and_field(file: str, policy: str, problems: list[str]) -> None:
    """The entry is in force for all else."""
    found = in_force(Before({}, policy=read_policy(policy)[0]), read_enrollments({file: ENTRY}))

    assert [str(problem) for problem in found.problems] == problems
    assert set(found.enrollments) == {"app"}


@pytest.mark.parametrize(
    ("build", "words"),
    [
        ("{system: gitlab, project: acme/ci}", "no rule lets this file start the pipelines of acme/ci, so nothing is"),
        ("{system: webhook, url: 'https://ci.example/x'}", "only images.yaml may name a webhook, so nothing is built"),
    ],
)
def test_a_build_that_cannot_show_consent_needs_more_than_the_defaults(build: str, words: str) -> None:
    """Only a workflow shows by the id that its repository agrees."""
    text = ENTRY.replace("    workflow: build-app.yml\n", "").replace("  owner: group:default/Team-A\n", "")
    text += f"  build: {build}\n"
    (problem,) = in_force(Before({}), read_enrollments({"images.d/team-a.yaml": text})).problems

    assert (problem.line, problem.field) == (8, "build.system")
    assert problem.message.startswith(words)
    assert in_force(Before({}), read_enrollments({"images.yaml": text})).problems == ()


@pytest.mark.parametrize("pattern", ["gitlab:acme/ci", "gitlab:Acme/*"])
def test_a_rule_allows_the_pipelines_of_a_project(pattern: str) -> None:
    """By the project that is built, not by the source."""
    text = ENTRY.replace("    workflow: build-app.yml\n", "") + "  build: {system: gitlab, project: acme/ci}\n"
    rules = read_policy(_rule("images.d/team-a.yaml", "sources", pattern))[0]

    assert authority_of(rules, _enrolled("images.d/team-a.yaml", text)).no_build is None
    other = read_policy(_rule("images.d/team-a.yaml", "sources", "github:acme/**"))[0]
    assert authority_of(other, _enrolled("images.d/team-a.yaml", text)).no_build
