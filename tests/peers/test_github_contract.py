"""The contract detects what GitHub's API description forbids."""

from collections.abc import Callable

import pytest

from tests.peers.github.contract import Contract, Json

JSON = "application/json"
RUNS = "/repos/o/r/actions/workflows/b.yml/runs"
JOB = "/repos/o/r/actions/jobs/1"
BRANCH = "/repos/o/r/branches/feature/one"
DISPATCH = "/repos/o/r/actions/workflows/b.yml/dispatches"
VERSIONS = "/orgs/o/packages/container/a/versions"
CONTRACT = Contract.published


def request_problems(method: str, path: str, query: dict[str, str] | None = None, body: Json = None) -> list[str]:
    """The contract's problems with a request."""
    match = CONTRACT().find(method, path)
    return CONTRACT().request_problems(match, query or {}, body) if match else ["not described"]


def answer_problems(method: str, path: str, status: int, body: Json, media_type: str = JSON) -> list[str]:
    """The contract's problems with an answer."""
    match = CONTRACT().find(method, path)
    assert match is not None
    return CONTRACT().answer_problems(match.operation, status, media_type, body)


def changed(example: str, change: Callable[[Json], object]) -> Json:
    """GitHub's own example with one change."""
    document = CONTRACT().example(example)
    change(document)
    return document


@pytest.mark.parametrize(
    ("path", "example"),
    [
        (RUNS, "workflow-run-paginated"),
        (VERSIONS, "package-versions-for-authenticated-user"),
        (BRANCH, "branch-get"),
    ],
)
def test_githubs_own_examples_keep_the_contract(path: str, example: str) -> None:
    """GitHub's own examples of answers are accepted."""
    assert answer_problems("GET", path, 200, CONTRACT().example(example)) == []


@pytest.mark.parametrize(
    ("path", "example", "change"),
    [
        (RUNS, "workflow-run-paginated", lambda found: found["workflow_runs"][0].pop("head_sha")),
        (RUNS, "workflow-run-paginated", lambda found: found["workflow_runs"][0].update(id="1")),
        (RUNS, "workflow-run-paginated", lambda found: found["workflow_runs"][0].update(created_at="yesterday")),
        (RUNS, "workflow-run-paginated", lambda found: found.pop("total_count")),
        (VERSIONS, "package-versions-for-authenticated-user", lambda found: found[0].pop("name")),
        (
            VERSIONS,
            "package-versions-for-authenticated-user",
            lambda found: found[0]["metadata"]["container"].update(tags="latest"),
        ),
        (
            VERSIONS,
            "package-versions-for-authenticated-user",
            lambda found: found[0]["metadata"].update(package_type="oci"),
        ),
        (BRANCH, "branch-get", lambda found: found.pop("protected")),
    ],
)
def test_changed_examples_break_the_contract(path: str, example: str, change: Callable[[Json], object]) -> None:
    """One wrong property is detected."""
    assert answer_problems("GET", path, 200, changed(example, change)) != []


@pytest.mark.parametrize(
    ("method", "path", "status", "body", "media_type"),
    [
        ("GET", RUNS, 200, [], JSON),
        ("GET", RUNS, 200, "<p>", "text/html"),
        ("GET", VERSIONS, 200, {"versions": []}, JSON),
        ("POST", DISPATCH, 204, {"id": 1}, JSON),
        ("POST", DISPATCH, 201, {}, JSON),
        ("POST", DISPATCH, 200, {"run_url": "https://example.com"}, JSON),
        ("POST", "/repos/o/r/actions/runs/1/rerun-failed-jobs", 204, None, ""),
    ],
)
def test_answers_of_another_shape_break_the_contract(
    method: str, path: str, status: int, body: Json, media_type: str
) -> None:
    """A wrong status, type or shape is detected."""
    assert answer_problems(method, path, status, body, media_type) != []


@pytest.mark.parametrize(
    ("method", "path", "query", "body"),
    [
        ("GET", RUNS, {"status": "completed", "per_page": "100", "page": "2", "created": ">=2026-01-01"}, None),
        ("GET", "/orgs/o/packages/container/a%2Fb/versions", {}, None),
        ("GET", "/repos/o/r/contents/docker/app/Dockerfile", {"ref": "main"}, None),
        ("GET", "/repos/o/r/actions/runs/1/attempts/2/jobs", {"per_page": "100"}, None),
        ("POST", DISPATCH, {}, {"ref": "main", "inputs": {"a": "1"}, "return_run_details": True}),
    ],
)
def test_good_requests_keep_the_contract(method: str, path: str, query: dict[str, str], body: Json) -> None:
    """Documented requests are accepted."""
    assert request_problems(method, path, query, body) == []


@pytest.mark.parametrize(
    ("method", "path", "query", "body"),
    [
        ("GET", RUNS, {"status": "done"}, None),
        ("GET", RUNS, {"limit": "5"}, None),
        ("GET", RUNS, {"per_page": "1000"}, None),
        ("POST", DISPATCH, {}, None),
        ("POST", DISPATCH, {}, {"inputs": {}}),
        ("POST", DISPATCH, {}, {"ref": "main", "reff": 1}),
        ("POST", DISPATCH, {}, {"ref": "main", "inputs": {str(number): "x" for number in range(26)}}),
        ("GET", "/orgs/o/packages/oci/a/versions", {}, None),
        ("GET", "/orgs/o/packages/container/a/b/versions", {}, None),
        ("POST", "/repos/o/r/actions/runs/abc/rerun-failed-jobs", {}, None),
        ("GET", "/repos/o/r/actions/runs/1/attempts/last", {}, None),
    ],
)
def test_bad_requests_break_the_contract(method: str, path: str, query: dict[str, str], body: Json) -> None:
    """Undocumented requests are detected."""
    assert request_problems(method, path, query, body) != []


def test_literal_paths_have_precedence_over_parameters() -> None:
    """The path `releases/latest` is not the release with the id `latest`."""
    match = CONTRACT().find("GET", "/repos/o/r/releases/latest")

    assert match is not None
    assert match.operation.id == "repos/get-latest-release"


@pytest.mark.parametrize(
    ("change", "good"),
    [
        ({"status": "in_progress", "conclusion": None, "completed_at": None}, True),
        ({"conclusion": "fine"}, False),
        ({"status": None}, False),
    ],
)
def test_a_job_that_has_not_ended_has_no_conclusion(change: dict[str, str | None], good: bool) -> None:
    """Null is accepted where the description allows it, although its list of values does not contain it."""
    # GitHub's example lacks `created_at`, which its schema requires.
    job = CONTRACT().example("job") | {"created_at": "2026-01-01T00:00:00Z"} | change

    assert (answer_problems("GET", JOB, 200, job) == []) is good


def test_the_memory_of_valid_parts_hides_no_error() -> None:
    """A list with one invalid run between valid ones is detected, also the second time."""
    good = CONTRACT().example("workflow-run-paginated")
    bad = changed("workflow-run-paginated", lambda found: found["workflow_runs"].append({"id": 1}))

    assert [bool(answer_problems("GET", RUNS, 200, answer)) for answer in (good, bad, good, bad)] == [False, True] * 2
