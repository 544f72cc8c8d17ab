"""python-gitlab behind the adapter."""

import gitlab
import pytest

from proxy.errors import Garbage, Refused, Unavailable
from proxy.gitlab.client import gitlab_client, read_answers
from tests.peers.exchange import Answer, json_answer
from tests.peers.gitlab.server import GitLab
from tests.proxy.clocks import Clock
from tests.proxy.gitlab.sessions import open_gitlab
from tests.proxy.scripted import ScriptedHost, in_turn


def test_python_gitlab_sends_nothing_around_the_session(gitlab: GitLab) -> None:
    """Only the session's headers are sent."""
    gitlab.add_project("acme/team/app", {})
    with open_gitlab(gitlab.site) as session:
        assert gitlab_client(session).projects.get("acme/team/app").path_with_namespace == "acme/team/app"

    assert [(seen.target, seen.headers["User-Agent"], seen.authorized) for seen in gitlab.log] == [
        ("/api/v4/projects/acme%2Fteam%2Fapp", "image-factory", True)
    ]


def test_python_gitlab_neither_waits_nor_repeats() -> None:
    """By itself it sleeps through a rate limit, and sends the request again."""
    clock = Clock()
    limited = Answer(429, b"", (("Retry-After", "30"),))
    with ScriptedHost(in_turn(limited)) as host, open_gitlab(host.url, clock=clock) as session:
        with pytest.raises(Unavailable):
            gitlab_client(session).projects.get(1)
        assert len(host.requests) == 1
        assert clock.slept == []


def test_another_host_and_a_file_are_refused(gitlab: GitLab) -> None:
    """Neither the token nor anything else leaves."""
    with open_gitlab(gitlab.site) as session:
        client = gitlab_client(session)
        with pytest.raises(Exception, match="No connection adapters"):
            client.http_get("https://elsewhere.example/api/v4/user")
        with pytest.raises(Refused, match="file or a stream"):
            client.http_request("post", "/projects", files={"file": ("a", b"b", "text/plain")})
        with pytest.raises(Refused, match="file or a stream"):
            client.http_get("/projects", streamed=True)
    assert gitlab.log == []


def test_a_next_page_elsewhere_is_not_followed() -> None:
    """python-gitlab replaces the host of a link by GitLab's own."""
    link = (("Link", '<https://elsewhere.example/api/v4/projects?page=2>; rel="next"'),)
    with ScriptedHost(in_turn(json_answer(200, [{"id": 1}], *link), json_answer(200, []))) as host:
        with open_gitlab(host.url) as session:
            list(gitlab_client(session).projects.list(iterator=True))
        assert [asked.partition("?")[0] for asked in host.asked] == ["GET /api/v4/projects"] * 2


@pytest.mark.parametrize(
    "error",
    [gitlab.exceptions.GitlabParsingError("no JSON"), KeyError("id"), ValueError("x"), AttributeError("status")],
)
def test_what_cannot_be_read_is_garbage(error: Exception) -> None:
    """The message names what was read."""
    with pytest.raises(Garbage, match="the pipelines of acme/app"), read_answers("the pipelines of acme/app"):
        raise error
