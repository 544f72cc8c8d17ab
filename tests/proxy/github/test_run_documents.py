"""Tests of what is kept of GitHub's documents about runs."""

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


def test_only_what_is_shown_is_kept() -> None:
    """The values are the same as of the whole document, and nothing else is in the kept one."""
    whole = json.dumps({"total_count": 1, "workflow_runs": [RUN]}).encode()
    kept = condense(whole, "here")

    (run,) = read_list(kept).runs
    assert run == read_run(json.dumps(RUN).encode(), "here")
    assert (run.workflow, run.started_at, run.actor) == (".github/workflows/build.yml", run.created_at, None)
    assert b"secret" not in kept


@pytest.mark.parametrize("change", [{"id": "x"}, {"created_at": "2026-11-22T12:00:00"}, {"html_url": "javascript:x"}])
def test_a_run_that_cannot_be_shown_is_garbage(change: dict[str, object]) -> None:
    """A time without a zone, a page that is none, no number."""
    with pytest.raises(Garbage, match=r"^here: the answer is no workflow run"):
        read_run(json.dumps({**RUN, **change}).encode(), "here")


@given(st.binary(max_size=20) | JSON.map(lambda document: json.dumps(document).encode()))
def test_whatever_comes_is_a_list_or_garbage(body: bytes) -> None:
    """No other error leaves."""
    try:
        read_list(condense(body, "here"))
    except Garbage:
        return
    assert json.loads(body)["workflow_runs"] == []
