"""The fake GitHub's addresses by number, its moved and removed repositories, and scripted answers."""

import pytest
import requests
from github import UnknownObjectException
from github.Repository import Repository

from tests.peers.github.controls import TOKEN
from tests.peers.github.repositories import temp_clone_token
from tests.peers.github.scripts import answered, echoing, next_page_at, redirected, unavailable
from tests.peers.github.server import GitHub
from tests.peers.github.state import owner_id
from tests.peers.github_samples import NAME, get

RUNS = f"/repos/{NAME}/actions/runs"


def test_a_repositorys_pages_have_its_number(github: GitHub, portal: Repository) -> None:
    """Link has GitHub's form, its addresses work, and an unknown number is 404."""
    for _ in range(3):
        github.add_run(NAME, "build.yml")

    first = get(github, f"{RUNS}?per_page=2")

    following = f"{github.url}/repositories/{portal.id}/actions/runs?per_page=2&page=2"
    assert first.headers["Link"] == f'<{following}>; rel="next", <{following}>; rel="last"'
    assert len(get(github, following.removeprefix(github.url)).json()["workflow_runs"]) == 1
    assert get(github, f"/repositories/{portal.id}").json()["full_name"] == NAME
    assert get(github, "/repositories/1/actions/runs").status_code == 404


@pytest.mark.parametrize(("owner", "kind", "by_name"), [("acme", "organizations", "orgs"), ("mona", "user", "users")])
def test_a_packages_pages_have_its_owners_number(github: GitHub, owner: str, kind: str, by_name: str) -> None:
    """By following Link, 250 versions of a nested name are found once each."""
    github.add_owner("mona", "User")
    for number in range(250):
        github.publish_package(owner, "team/app", f"sha256:{number:064}", [f"1.{number}"] if number % 2 else [])
    versions = "packages/container/team%2Fapp/versions"

    answer = get(github, f"/{by_name}/{owner}/{versions}?per_page=100")
    found = answer.json()
    while following := answer.links.get("next", {}).get("url"):
        assert following.startswith(f"{github.url}/{kind}/{owner_id(owner)}/{versions}?")
        answer = get(github, following.removeprefix(github.url))
        found += answer.json()

    assert len({version["id"] for version in found}) == 250
    assert sum(bool(version["metadata"]["container"]["tags"]) for version in found) == 125
    assert get(github, f"/{by_name}/{owner}/{versions}/{found[0]['id']}").json() == found[0]
    assert get(github, f"/users/{owner}").json()["id"] == owner_id(owner)


def test_a_renamed_repository_redirects(github: GitHub, portal: Repository) -> None:
    """Reads, also PyGithub's, follow a 301 to the number, writes get 307, and the old name can be used again."""
    run = github.add_run(NAME, "build.yml", conclusion="failure")
    github.rename_repository(NAME, "acme/door")
    headers = {"Authorization": f"Bearer {TOKEN}"}

    read = requests.get(f"{github.url}{RUNS}?per_page=5", headers=headers, allow_redirects=False, timeout=60)
    rerun = f"{RUNS}/{run.id}/rerun"
    write = requests.post(f"{github.url}{rerun}", headers=headers, allow_redirects=False, timeout=60)

    numbered = f"{github.url}/repositories/{portal.id}/actions/runs"
    assert (read.status_code, read.headers["Location"]) == (301, f"{numbered}?per_page=5")
    assert (write.status_code, write.headers["Location"]) == (307, f"{numbered}/{run.id}/rerun")
    assert portal.get_workflow_run(run.id).repository.full_name == "acme/door"
    github.add_repository(NAME)
    assert get(github, RUNS).json()["total_count"] == 0


def test_a_renamed_private_repository_is_404_without_access(github: GitHub) -> None:
    """A caller without access does not get the redirect."""
    github.add_repository("acme/secret", private=True)
    github.rename_repository("acme/secret", "acme/hidden")

    assert requests.get(f"{github.url}/repos/acme/secret", timeout=60).status_code == 404
    assert get(github, "/repos/acme/secret").json()["full_name"] == "acme/hidden"


def test_a_removed_owner_is_not_found(github: GitHub, portal: Repository) -> None:
    """Neither the owner nor anything that it owned exists."""
    run = github.add_run(NAME, "build.yml")
    github.publish_package("acme", "app", "sha256:" + "a" * 64)
    github.add_repository("acme/other")

    github.remove_repository("acme/other")
    assert (get(github, "/repos/acme/other").status_code, get(github, RUNS).status_code) == (404, 200)
    github.remove_owner("acme")

    gone = ("/users/acme", "/orgs/acme", RUNS, f"{RUNS}/{run.id}", f"/repositories/{portal.id}")
    packages = ("/orgs/acme/packages/container/app/versions", "/users/acme/packages/container/app/versions")
    assert {get(github, path).status_code for path in gone + packages} == {404}
    with pytest.raises(UnknownObjectException):
        portal.get_workflow_run(run.id)


def test_a_writer_gets_a_token_to_clone_with(github: GitHub, portal: Repository) -> None:
    """Readers and anonymous callers do not get it."""
    github.add_token("ghp_reader", "reader", can_write=False)
    address = f"{github.url}/repos/{NAME}"
    reader = requests.get(address, headers={"Authorization": "Bearer ghp_reader"}, timeout=60).json()

    assert get(github, f"/repos/{NAME}").json()["temp_clone_token"] == temp_clone_token(github.state.repositories[NAME])
    assert (reader["permissions"]["push"], "temp_clone_token" in reader) == (False, False)
    assert "temp_clone_token" not in requests.get(address, timeout=60).json()


def test_a_branch_is_read_by_its_name(github: GitHub, portal: Repository) -> None:
    """The name may have a slash; an unknown branch is 404."""
    head = github.commit(NAME, {"README.md": "new"}, branch="feature/one")

    branch = portal.get_branch("feature/one")

    assert (branch.name, branch.commit.sha, branch.protected) == ("feature/one", head, False)
    assert get(github, f"/repos/{NAME}/branches/none").json()["message"] == "Branch not found"


def test_answers_follow_a_script(github: GitHub, portal: Repository) -> None:
    """Each step is for one request: an error page, a redirect, another next page, no answer; then the usual one."""
    steps = (unavailable(), redirected("http://other.example/"), next_page_at("http://other.example/2"), answered(None))
    github.script(f"GET {RUNS}", *steps)

    def ask() -> requests.Response:
        headers = {"Authorization": f"Bearer {TOKEN}"}
        return requests.get(f"{github.url}{RUNS}", headers=headers, allow_redirects=False, timeout=60)

    broken, moved, paged = ask(), ask(), ask()
    assert (broken.status_code, broken.headers["Content-Type"]) == (503, "text/html")
    assert (moved.status_code, moved.headers["Location"]) == (302, "http://other.example/")
    assert (paged.status_code, paged.links["next"]["url"]) == (200, "http://other.example/2")
    with pytest.raises(requests.ConnectionError):
        ask()
    assert (ask().status_code, "Link" in ask().headers) == (200, False)


def test_an_answer_can_echo_the_credential(github: GitHub, portal: Repository) -> None:
    """It is in headers and in the named fields of each object; pages by number match by name too."""
    github.add_run(NAME, "build.yml")
    github.script(f"GET {RUNS}", echoing("display_title"))

    answer = get(github, f"/repositories/{portal.id}/actions/runs")

    document = answer.json()
    assert answer.headers["X-Echo"] == f"Bearer {TOKEN}"
    assert TOKEN in answer.headers["Link"]
    assert document["workflow_runs"][0]["display_title"] == f"Bearer {TOKEN}"
    assert document["workflow_runs"][0]["repository"]["display_title"] == f"Bearer {TOKEN}"


def test_a_scripted_write_is_not_carried_out(github: GitHub, portal: Repository) -> None:
    """A step with its own answer does not change the run."""
    run = github.add_run(NAME, "build.yml", conclusion="failure")
    address = f"{RUNS}/{run.id}/rerun"
    github.script(f"POST {address}", unavailable(502))
    headers = {"Authorization": f"Bearer {TOKEN}"}

    answers = [requests.post(f"{github.url}{address}", headers=headers, timeout=60).status_code for _ in range(2)]

    assert answers == [502, 201]
    assert run.attempt == 2
