"""The pages of the demo's GitHub."""

import pytest

from demo.sites.github_pages import github_page
from demo.sites.servers import GitHubWithPages
from tests.peers.github.runs import Run

WORKFLOW = "name: Build\non: workflow_dispatch\njobs: {}\n"


@pytest.fixture(name="github")
def played() -> GitHubWithPages:
    """One repository; nothing listens."""
    github = GitHubWithPages()
    github.add_repository(
        "acme/web", {"Dockerfile": "FROM <node>", "app/a.js": "1", ".github/workflows/b.yml": WORKFLOW}
    )
    return github


@pytest.fixture(name="run")
def started(github: GitHubWithPages) -> Run:
    """A run that succeeded."""
    return github.add_run("acme/web", "b.yml", conclusion="success")


def _page(github: GitHubWithPages, path: str) -> str:
    return github_page(github.state, path) or ""


@pytest.mark.parametrize(
    "path", ["/acme/web", "/acme/web/", "/Acme/Web", "/acme/web/tree/main/", "/acme/web/tree/HEAD"]
)
def test_a_repository_shows_its_files_and_runs(path: str, github: GitHubWithPages, run: Run) -> None:
    """What they contain is text."""
    page = _page(github, path)

    assert "FROM &lt;node&gt;" in page
    assert f'href="/acme/web/actions/runs/{run.id}"' in page


@pytest.mark.parametrize(
    "path", ["/acme/web/tree/main/app", "/acme/web/tree/main/app/", "/acme/web/blob/main/app/a.js"]
)
def test_a_folder_or_a_file_shows_only_that(path: str, github: GitHubWithPages) -> None:
    """The rest of the repository is left out."""
    assert "app/a.js" in _page(github, path)
    assert "Dockerfile" not in _page(github, path)


def test_a_commit_a_workflow_and_a_run_have_pages(github: GitHubWithPages, run: Run) -> None:
    """Their addresses are those that the API answers with."""
    assert "Dockerfile" in _page(github, f"/acme/web/commit/{run.head_sha}")
    assert str(run.id) in _page(github, "/acme/web/actions/workflows/b.yml")
    assert "success" in _page(github, f"/acme/web/actions/runs/{run.id}")
    assert "success" in _page(github, f"/acme/web/actions/runs/{run.id}/job/{run.job_id}")


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/acme",
        "/acme/other",
        "/acme/web/pulls",
        "/acme/web/tree/other",
        "/acme/web/blob/main/missing",
        "/acme/web/commit/0123",
        "/acme/web/actions/runs/1",
        "/acme/web/actions/runs/x",
        "/repos/acme/web",
    ],
)
def test_what_is_not_there_has_no_page(path: str, github: GitHubWithPages) -> None:
    """The API answers instead."""
    assert github_page(github.state, path) is None


def test_a_run_of_another_repository_is_not_shown(github: GitHubWithPages, run: Run) -> None:
    """An address with the wrong repository is wrong."""
    github.add_repository("acme/api", {"Dockerfile": "FROM a"})

    assert github_page(github.state, f"/acme/api/actions/runs/{run.id}") is None
