"""The cached form of GitHub's documents about runs."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proxy.errors import Garbage
from proxy.github.run_documents import condense, read_list, read_run

RUN = {
    "id": 7,
    "name": None,
    "display_title": "Fix",
    "status": "completed",
    "conclusion": "success",
    "head_sha": "abc",
    "head_branch": None,
    "event": "push",
    "run_attempt": 1,
    "created_at": "2026-11-22T12:00:00Z",
    "run_started_at": None,
    "updated_at": "2026-11-22T12:01:00Z",
    "path": ".github/workflows/build.yml@main",
    "html_url": "https://github.test/acme/portal/actions/runs/7",
    "actor": None,
    "repository": {"full_name": "acme/portal", "temp_clone_token": "secret"},
    "jobs_url": "https://api.github.test/x?signature=secret",
}
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from([*RUN, "total_count"]), inner),
)


def test_only_needed_fields_are_cached() -> None:
    """The parsed values are equal to those of the complete document."""
    whole = json.dumps({"total_count": 1, "workflow_runs": [RUN]}).encode()
    kept = condense(whole, "here")

    (run,) = read_list(kept).runs
    assert run == read_run(json.dumps(RUN).encode(), "here")
    assert (run.workflow, run.started_at, run.actor) == (".github/workflows/build.yml", run.created_at, None)
    assert b"secret" not in kept


@pytest.mark.parametrize(
    ("commit", "shown"),
    [
        ({"message": "Fix the build\n\nIt was broken since Monday."}, "Fix the build"),
        ({"message": "\r\n  Fix it  \r\nmore"}, "Fix it"),
        ({"message": ""}, ""),
        ({"message": None}, None),
        ({}, None),
        (None, None),
    ],
)
def test_a_run_has_the_first_line_of_its_commits_message(commit: object, shown: str | None) -> None:
    """None where GitHub does not have the commit, and in what an earlier version cached."""
    listed = json.dumps({"total_count": 1, "workflow_runs": [{**RUN, "head_commit": commit}]}).encode()
    (run,) = read_list(condense(listed, "here")).runs
    cached = json.loads(condense(listed, "here"))
    del cached["workflow_runs"][0]["commit_message"]
    (older,) = read_list(json.dumps(cached).encode()).runs

    assert (run.commit_message, older.commit_message) == (shown, None)


@pytest.mark.parametrize("change", [{"id": "x"}, {"created_at": "2026-11-22T12:00:00"}, {"html_url": "javascript:x"}])
def test_an_invalid_run_is_garbage(change: dict[str, object]) -> None:
    """A time without a zone, an address that is not on the web, or an id that is not a number."""
    with pytest.raises(Garbage, match=r"^here: GitHub's answer is not a workflow run"):
        read_run(json.dumps({**RUN, **change}).encode(), "here")


@given(st.binary(max_size=20) | JSON.map(lambda document: json.dumps(document).encode()))
def test_any_document_is_a_list_or_garbage(body: bytes) -> None:
    """For any document, no other error is raised."""
    try:
        read_list(condense(body, "here"))
    except Garbage:
        return
    assert json.loads(body)["workflow_runs"] == []
