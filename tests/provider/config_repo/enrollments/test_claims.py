"""An entry keeps its name and its image against the entries of other files, whatever those do."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from provider.domain.enrollment import Enrollment
from tests.provider.config_repo.enrollments.commits import Commits, entry_text

HOME, EVIL, OTHER = "images.d/payments.yaml", "images.d/a-team.yaml", "images.d/other.yaml"
PAYMENTS = entry_text("payments")
CHANGED = entry_text("payments", rebuildDelay="1d")
COPIES = [
    PAYMENTS,
    CHANGED,
    PAYMENTS + PAYMENTS,
    entry_text("payments", owner="user:default/evil"),
    entry_text("payments", "acme/elsewhere"),
    entry_text("thief", "acme/payments"),
    # Another spelling of a registry is the same image.
    entry_text("thief", "acme/payments").replace("ghcr.io", "ghcr.io:443"),
    entry_text("payments", rebuildDelay="7x"),
    "- 1\n",
    "- [",
]


def ours(commits: Commits, name: str = "payments") -> tuple[str, str]:
    """The file and the delay that are in force for an image."""
    entry = commits.state.enrollments[name]
    return entry.file, str(entry.rebuild_delay.days)


@pytest.mark.parametrize("copy", COPIES)
@pytest.mark.parametrize("home", [HOME, "images.yaml", "images.d/A-team.yaml"])
def test_a_duplicate_elsewhere_never_takes_over_or_freezes_an_entry(home: str, copy: str) -> None:
    """Neither while the original is unchanged, nor when it changes, is invalid, cannot be read, or changes back."""
    commits = Commits()
    commits.commit({home: PAYMENTS})
    seen = []
    for text in (PAYMENTS, CHANGED, entry_text("payments", rebuildDelay="7x"), "- [", PAYMENTS):
        found = commits.commit({home: text, EVIL: copy})
        assert any(problem.path == EVIL for problem in found.problems)
        seen.append(ours(commits))

    assert seen == [(home, "7"), (home, "1"), (home, "1"), (home, "1"), (home, "7")]


@pytest.mark.parametrize("copy", [PAYMENTS, CHANGED, entry_text("thief", "acme/payments")])
def test_an_entry_that_comes_back_from_the_archive_has_its_image_again(copy: str) -> None:
    """Also when a duplicate had the image in between: the state keeps the file of origin."""
    commits = Commits()
    commits.commit({HOME: PAYMENTS})
    commits.commit({EVIL: copy, OTHER: entry_text("other")})
    commits.commit({OTHER: entry_text("other")})
    commits.commit({EVIL: copy})
    commits.commit({HOME: CHANGED, EVIL: copy})

    assert ours(commits) == (HOME, "1")
    assert set(commits.state.images) == {"payments"}


def test_a_rename_in_the_same_file_leaves_nothing_to_a_duplicate() -> None:
    """The image goes with the new name; the old name without an image is no use."""
    commits = Commits()
    commits.commit({HOME: PAYMENTS})
    renamed = entry_text("payments-api", "acme/payments")
    found = commits.commit({HOME: renamed, EVIL: PAYMENTS})

    assert {name: entry.file for name, entry in found.enrollments.items()} == {"payments-api": HOME}
    assert [(problem.path, problem.field) for problem in found.problems] == [(EVIL, "repository")]


@pytest.mark.parametrize(
    ("file", "policy"), [("images.yaml", ""), (OTHER, f"rules: [{{files: {OTHER}, images: ['ghcr.io/acme/*']}}]")]
)
def test_an_entry_may_move_to_a_file_of_authority_with_its_history(file: str, policy: str) -> None:
    """The new file is the origin from then on."""
    commits = Commits()
    commits.commit({HOME: PAYMENTS})
    commits.commit({file: PAYMENTS}, policy)
    assert ours(commits) == (file, "7")
    assert commits.state.archived_images == {}

    commits.commit({file: PAYMENTS, HOME: CHANGED})
    assert ours(commits) == (file, "7")


def test_an_entry_in_another_file_without_a_rule_is_a_problem_that_names_the_origin() -> None:
    """An image is not taken by waiting until its entry is gone."""
    commits = Commits()
    commits.commit({HOME: PAYMENTS})
    for _ in range(2):
        found = commits.commit({OTHER: PAYMENTS})

        assert found.enrollments == {}
        (problem,) = found.problems
        assert str(problem) == (
            f"{OTHER}:1: payments: name: payments was enrolled in {HOME}, and no rule lets this file enroll it; "
            f"add to rules in policy.yaml: {{files: {OTHER}, images: [ghcr.io/acme/payments]}}"
        )
    assert set(commits.state.archived_images) == {"payments"}


@pytest.mark.parametrize(
    ("claim", "words"),
    [
        (
            entry_text("thief", "acme/payments", tag="evil"),
            "ghcr.io/acme/payments was enrolled in images.d/payments.yaml, ",
        ),
        (entry_text("thief", "library/busybox").replace("ghcr.io", "docker.io"), "payments in another file uses "),
        (
            "- name: thief\n  registry: index.docker.io\n  repository: library/busybox\n",
            "payments in another file uses ",
        ),
        (
            "- name: thief\n  registry: docker.io\n  repository: busybox\n  tag: '1.36'\n",
            "payments in another file uses ",
        ),
    ],
)
def test_a_repository_that_other_files_use_is_not_claimed_without_a_rule(claim: str, words: str) -> None:
    """The problem names who uses it and the missing rule, with file, line and field; a rule allows it."""
    commits = Commits({"docker.io/library/busybox": ("payments",)})
    commits.commit({HOME: PAYMENTS})
    found = commits.commit({HOME: PAYMENTS, EVIL: claim})

    assert set(found.enrollments) == {"payments"}
    (problem,) = found.problems
    assert (problem.path, problem.line, problem.name, problem.field) == (EVIL, 3, "thief", "repository")
    assert problem.message.startswith(words)
    assert f"{{files: {EVIL}, images: [" in problem.message

    rule = f"rules: [{{files: {EVIL}, images: [ghcr.io/acme/*, docker.io/library/*]}}]"
    assert set(commits.commit({HOME: PAYMENTS, EVIL: claim}, rule).enrollments) == {"payments", "thief"}
    # What is in force stays, also when the rule goes: nobody else's Dockerfile removes an image.
    assert set(commits.commit({HOME: PAYMENTS, EVIL: claim}).enrollments) == {"payments", "thief"}


def test_the_entries_of_one_file_may_use_each_others_repositories() -> None:
    """And the admins may claim everything."""
    commits = Commits({"ghcr.io/acme/base": ("payments", "portal")})
    both = PAYMENTS + entry_text("base")

    assert set(commits.commit({HOME: both}).enrollments) == {"payments", "base"}
    admins = Commits({"ghcr.io/acme/base": ("payments",)})
    assert set(admins.commit({HOME: PAYMENTS, "images.yaml": entry_text("base")}).enrollments) == {"payments", "base"}


def test_a_change_to_a_used_repository_keeps_the_last_valid_version() -> None:
    """The image is present, so it is not removed; the change is a problem."""
    commits = Commits()
    commits.commit({HOME: PAYMENTS, EVIL: entry_text("thief")})
    found = commits.commit({HOME: PAYMENTS, EVIL: entry_text("thief", "acme/payments", tag="evil")})

    assert found.enrollments["thief"].repository == "acme/thief"
    assert found.kept == {"thief"}
    assert [(problem.line, problem.field) for problem in found.problems] == [(3, "repository")]


def test_an_entry_that_cannot_be_read_blocks_removals_of_its_own_file_only() -> None:
    """Other teams' removals go on; those of its file wait, since any of its images may be meant."""
    for unreadable in ("- 1\n", "- [", "not a list", "- {name: [x]}\n"):
        commits = Commits()
        commits.commit({HOME: PAYMENTS + entry_text("stays"), EVIL: entry_text("mine"), "images.yaml": entry_text("a")})
        found = commits.commit({HOME: entry_text("stays"), EVIL: unreadable, "images.yaml": ""})

        assert set(found.enrollments) == {"stays", "mine"}


def test_a_misnamed_file_stands_for_the_file_of_that_name() -> None:
    """Its entries stay until it has its right name."""
    commits = Commits()
    commits.commit({HOME: PAYMENTS, EVIL: entry_text("mine")})

    assert set(commits.commit({"images.d/payments.yml": PAYMENTS}).enrollments) == {"payments"}


def test_an_invalid_entry_in_the_admins_file_keeps_an_image_that_moves_there() -> None:
    """One in another team's file keeps nothing, so that nobody else can block a removal."""
    invalid = entry_text("payments", rebuildDelay="7x")
    for file, stays in (("images.yaml", {"payments"}), (EVIL, set[str]())):
        commits = Commits()
        commits.commit({HOME: PAYMENTS})
        assert set(commits.commit({file: invalid}).enrollments) == stays


NAMES = ["a", "b", "c"]
HONEST = ["images.yaml", "images.d/m.yaml", "images.d/n.yaml"]
CHANGES = st.sampled_from(
    [{}, {}, {"autoRebuild": False}, {"tag": "edge"}, {"rebuildDelay": "7x"}, {"owner": "user:default/x"}]
)
HONEST_COMMITS = st.lists(st.fixed_dictionaries({}, optional=dict.fromkeys(NAMES, CHANGES)), min_size=1, max_size=4)
HOSTILE_ENTRIES = st.builds(
    lambda name, repository, more: {"name": name, "registry": "ghcr.io", "repository": repository, **more},
    st.sampled_from([*NAMES, "x", "y"]),
    st.sampled_from(["acme/a", "acme/b", "acme/c", "acme/x", "acme/used"]),
    CHANGES
    | st.sampled_from([{"tag": "evil"}, {"source": {"provider": "github", "repo": "a/b", "workflow": "x.yml"}}]),
)
HOSTILE = st.lists(HOSTILE_ENTRIES | st.just("text") | st.just(1), max_size=4).map(json.dumps) | st.sampled_from(
    ["- [", "", "x: y"]
)


def _honest(entries: dict[str, dict[str, Any]]) -> dict[str, str]:
    files = zip(HONEST, NAMES, strict=True)
    return {file: entry_text(name, **entries[name]) if name in entries else "" for file, name in files}


def _of_honest(commits: Commits) -> dict[str, Enrollment]:
    found = commits.state.enrollments
    return {name: entry for name, entry in found.items() if entry.file in HONEST}


@settings(max_examples=300)
@given(
    HONEST_COMMITS, st.lists(HOSTILE, min_size=5, max_size=5), st.sampled_from(["images.d/a.yaml", "images.d/z.yaml"])
)
def test_the_entries_of_a_teams_file_never_change_what_is_in_force_for_others(
    honest: list[dict[str, dict[str, Any]]], hostile: list[str], file: str
) -> None:
    """Whatever it has, and whatever the others change, remove or bring back: they have what they have without it."""
    alone, beside = Commits({"ghcr.io/acme/used": ("a",)}), Commits({"ghcr.io/acme/used": ("a",)})
    everything: dict[str, dict[str, Any]] = {name: {} for name in NAMES}
    for commits in (alone, beside):
        commits.commit(_honest(everything))
    for entries, evil in zip([*honest, everything], hostile, strict=False):
        alone.commit(_honest(entries))
        beside.commit({**_honest(entries), file: evil})

        assert _of_honest(beside) == _of_honest(alone)
        assert {name: beside.state.images[name] for name in alone.state.images} == alone.state.images
