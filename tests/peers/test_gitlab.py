"""The fake GitLab is as strict as GitLab's documentation, and keeps its state."""

import pytest

from proxy.errors import OutsideFailure
from proxy.gitlab.session import GitLabSession
from tests.peers.gitlab.contract import OPERATIONS as DOCUMENTED
from tests.peers.gitlab.operations import OPERATIONS
from tests.peers.gitlab.reviews import REVIEWS
from tests.peers.gitlab.server import GitLab
from tests.proxy.gitlab.sessions import open_gitlab

PIPELINES = "/projects/acme%2Fapp/pipelines"


def test_every_documented_operation_is_played() -> None:
    """And no other one."""
    assert {operation.name for operation in DOCUMENTED} == {*OPERATIONS, *REVIEWS}


@pytest.mark.parametrize(
    ("method", "target", "body", "breach"),
    [
        ("GET", f"{PIPELINES}?branch=main", None, "query.branch: not documented here"),
        ("GET", f"{PIPELINES}?per_page=500", None, "query.per_page: '500' is not allowed"),
        ("GET", f"{PIPELINES}?status=done", None, "query.status: 'done' is not allowed"),
        ("GET", f"{PIPELINES}?updated_after=yesterday", None, "query.updated_after: 'yesterday' is not allowed"),
        ("GET", "/projects/acme%2Fapp/pipelines/1/jobs?scope=ended", None, "not allowed"),
        ("POST", "/projects/acme%2Fapp/pipeline", b'{"ref": "main", "vars": []}', "body.vars: not documented"),
        ("POST", "/projects/acme%2Fapp/pipeline", b'{"ref": "main", "variables": {"A": "b"}}', "body.variables"),
        ("DELETE", "/projects/acme%2Fapp", None, "not documented, or not in the part that is used here"),
    ],
)
def test_what_is_not_documented_is_a_breach(method: str, target: str, body: bytes | None, breach: str) -> None:
    """The test that did it fails."""
    with GitLab() as gitlab, open_gitlab(gitlab.site) as session:
        gitlab.add_project("acme/app", {})
        assert _asked(session, "POST", "/projects/acme%2Fapp/pipeline", b'{"ref": "main"}') == 201
        assert gitlab.breaches == []

        _asked(session, method, target, body)

        assert breach in " ".join(gitlab.breaches)


def test_an_answer_that_breaks_the_documentation_is_a_breach(gitlab: GitLab) -> None:
    """A status that GitLab does not have, for example."""
    gitlab.add_project("acme/app", {})
    with open_gitlab(gitlab.site) as session:
        _asked(session, "POST", "/projects/acme%2Fapp/pipeline", b'{"ref": "main"}')
        gitlab.show(next(iter(gitlab.state.projects["acme/app"].pipelines)), "broken")
        _asked(session, "GET", PIPELINES)

    assert "answer.status: 'broken' is not allowed" in gitlab.breaches.pop()
    assert gitlab.breaches == []


def _asked(session: GitLabSession, method: str, target: str, body: bytes | None = None) -> int | None:
    try:
        return session.ask(method, f"{session.api_url}{target}", body=body).status
    except OutsideFailure:
        return None
