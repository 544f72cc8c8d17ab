"""Files of a project at the fake GitLab."""

from collections.abc import Iterator

import pytest

from proxy.errors import Garbage, NoSuchFile, NotFound
from proxy.gitlab.failures import Moved
from proxy.gitlab.files import read_file
from proxy.gitlab.session import GitLabSession
from tests.peers.exchange import Answer, Request, json_answer
from tests.peers.gitlab.server import GitLab
from tests.proxy.gitlab.sessions import open_gitlab
from tests.proxy.scripted import ScriptedHost

FILES = {"app/Dockerfile": "FROM debian:12\n", "größe.txt": "1\n"}


@pytest.fixture
def session(gitlab: GitLab) -> Iterator[GitLabSession]:
    """A project in a subgroup, and a session with a token that may read it."""
    gitlab.add_project("acme/team/app", FILES, private=True)
    with open_gitlab(gitlab.site) as opened:
        yield opened


@pytest.mark.parametrize("path", ["app/Dockerfile", "./app//Dockerfile"])
@pytest.mark.parametrize("ref", [None, "main"])
def test_a_file_of_a_project_in_a_subgroup_is_read(session: GitLabSession, path: str, ref: str | None) -> None:
    """At a branch or on the default branch, from any spelling of its path, with the commit."""
    content, commit = read_file(session, "acme/team/app", path, ref)

    assert content == b"FROM debian:12\n"
    assert commit


def test_a_branch_and_a_path_may_have_any_character(gitlab: GitLab, session: GitLabSession) -> None:
    """Slashes, spaces, percent signs, '#' and letters of every language arrive as they are."""
    gitlab.commit("acme/team/app", {"a b/50%#?.txt": "2\n"}, branch="feature/größe #1")

    assert read_file(session, "acme/team/app", "größe.txt", None)[0] == b"1\n"
    assert read_file(session, "acme/team/app", "a b/50%#?.txt", "feature/größe #1")[0] == b"2\n"


@pytest.mark.parametrize(
    ("project", "path", "ref", "words"),
    [
        ("acme/team/app", "none", None, "gitlab:acme/team/app: none on the default branch does not exist"),
        ("acme/team/app", "app/Dockerfile", "absent", "gitlab:acme/team/app has no branch absent"),
        ("acme/nothing", "Dockerfile", None, "no project gitlab:acme/nothing, or the service's token may not see it"),
    ],
)
def test_what_is_missing_is_named(session: GitLabSession, project: str, path: str, ref: str | None, words: str) -> None:
    """The message names the project, the branch or the file."""
    with pytest.raises(NotFound, match=words) as caught:
        read_file(session, project, path, ref)

    assert isinstance(caught.value, NoSuchFile) is (path == "none")


def test_a_project_without_commits_has_no_branch(gitlab: GitLab, session: GitLabSession) -> None:
    """The message says what to do."""
    gitlab.add_project("acme/new", {}).branches.clear()

    with pytest.raises(NotFound, match="gitlab:acme/new has no branch yet; push a first commit"):
        read_file(session, "acme/new", "Dockerfile", None)


@pytest.mark.parametrize("path", ["app/Dockerfile", "none"])
def test_a_renamed_project_is_not_read_under_its_old_path(gitlab: GitLab, session: GitLabSession, path: str) -> None:
    """Somebody else may create a project with the old path."""
    gitlab.rename("acme/team/app", "acme/team/gate")

    with pytest.raises(Moved, match="renamed or moved"):
        read_file(session, "acme/team/app", path, None)
    assert read_file(session, "acme/team/gate", "app/Dockerfile", None)[0] == b"FROM debian:12\n"


def test_a_private_project_is_not_found_without_a_token(gitlab: GitLab, session: GitLabSession) -> None:
    """A public one is read."""
    gitlab.add_project("acme/public", FILES)
    with open_gitlab(gitlab.site, token=None) as anonymous:
        assert read_file(anonymous, "acme/public", "app/Dockerfile", None)[0] == b"FROM debian:12\n"
        with pytest.raises(NotFound, match="may not see it"):
            read_file(anonymous, "acme/team/app", "app/Dockerfile", None)


def test_gitlab_may_be_below_a_path() -> None:
    """Its API is below that path too."""
    with GitLab("/tools/gitlab") as gitlab, open_gitlab(f"{gitlab.site}/") as session:
        gitlab.add_project("acme/app", FILES)

        assert read_file(session, "acme/app", "app/Dockerfile", None)[0] == b"FROM debian:12\n"
        assert gitlab.breaches == []


@pytest.mark.parametrize(
    "answer",
    [
        Answer(200, b"<html>", (("Content-Type", "text/html"),)),
        json_answer(200, []),
        json_answer(200, "text"),
        json_answer(200, {"encoding": "base64"}),
        json_answer(200, {"encoding": "text", "content": "FROM x"}),
        json_answer(200, {"encoding": "base64", "content": "a"}),
        json_answer(200, {"encoding": "base64", "content": 7}),
        Answer(204),
    ],
)
def test_an_answer_that_is_no_file_is_garbage(answer: Answer) -> None:
    """It is asked for again later."""

    def script(_: Request) -> Answer:
        return answer

    with ScriptedHost(script) as host, open_gitlab(host.url) as session, pytest.raises(Garbage, match="gitlab:acme/a"):
        read_file(session, "acme/a", "Dockerfile", None)
