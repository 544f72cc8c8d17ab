"""The fake GitHub, except its workflows, tested with PyGithub and plain requests."""

from datetime import UTC, datetime

import requests
from github.Repository import Repository

from tests.peers.github.contract import Contract
from tests.peers.github.controls import TOKEN
from tests.peers.github.server import GitHub
from tests.peers.github_samples import FILES, NAME, get


def test_a_scripted_limit_has_its_headers(github: GitHub, portal: Repository) -> None:
    """Retry-After and the remaining requests have the values of the test."""
    headers = {"Retry-After": "7", "X-RateLimit-Remaining": "0"}
    github.fail("GET /repos/", 403, headers, "You have exceeded a secondary rate limit")

    answer = get(github, f"/repos/{NAME}")

    assert (answer.status_code, answer.json()["message"]) == (403, "You have exceeded a secondary rate limit")
    assert (answer.headers["Retry-After"], answer.headers["X-RateLimit-Remaining"]) == ("7", "0")


def test_an_authorized_304_does_not_count(github: GitHub, portal: Repository) -> None:
    """A conditional request does not count against the rate limit; after a change it gets the new document."""
    path = f"/repos/{NAME}/contents/README.md"
    tag = get(github, path).headers["ETag"]
    used = github.rate_limit.used

    answer = get(github, path, If_None_Match=tag)

    assert (answer.status_code, answer.content, github.rate_limit.used) == (304, b"", used)
    assert tag.startswith('W/"')
    github.commit(NAME, {"README.md": "# New\n"})
    assert get(github, path, If_None_Match=tag).status_code == 200


def test_the_rate_limit_can_be_used_up(github: GitHub, portal: Repository) -> None:
    """After the last request, only the rate limit itself can be read."""
    github.rate_limit.used = github.rate_limit.limit - 1

    answers = [get(github, path) for path in (f"/repos/{NAME}", f"/repos/{NAME}", "/rate_limit")]

    assert [answer.status_code for answer in answers] == [200, 403, 200]
    assert answers[1].headers["X-RateLimit-Remaining"] == "0"
    assert int(answers[1].headers["X-RateLimit-Reset"]) == answers[2].json()["resources"]["core"]["reset"]


def test_contents_are_files_folders_and_raw(github: GitHub, portal: Repository) -> None:
    """A Dockerfile as JSON and raw, at a branch; a folder as a list; anything else is 404."""
    github.commit(NAME, {"app/Dockerfile": "FROM debian:13\n"}, branch="next")

    def content(path: str, ref: str) -> bytes:
        found = portal.get_contents(path, ref)
        assert not isinstance(found, list)
        return found.decoded_content

    assert content("app/Dockerfile", "main") == b"FROM debian:12\n"
    assert content("app/Dockerfile", "next") == b"FROM debian:13\n"
    folder = portal.get_contents(".github/workflows")
    assert isinstance(folder, list)
    assert [entry.name for entry in folder] == ["build.yml", "lint.yml"]
    raw = get(github, f"/repos/{NAME}/contents/README.md", Accept="application/vnd.github.raw+json")
    assert raw.text == "# Portal\n"
    assert get(github, f"/repos/{NAME}/contents/none").status_code == 404
    assert get(github, f"/repos/{NAME}/contents/README.md?ref=none").status_code == 404


def test_releases_tags_branches_and_commits(github: GitHub, portal: Repository) -> None:
    """The latest release is not a prerelease; tags, branches and refs have commits."""
    for day, tag in enumerate(("v1", "v2", "v3-rc"), start=1):
        moment = datetime(2026, 1, day, tzinfo=UTC)
        github.add_release(NAME, tag, body=f"Notes of {tag}", published_at=moment, prerelease=tag == "v3-rc")
    head = github.commit(NAME, {"README.md": "new"}, message="Rewrite")

    assert [release.tag_name for release in portal.get_releases()] == ["v3-rc", "v2", "v1"]
    assert (portal.get_latest_release().tag_name, portal.get_release("v1").body) == ("v2", "Notes of v1")
    assert [tag.name for tag in portal.get_tags()] == ["v3-rc", "v2", "v1"]
    assert [(branch.name, branch.commit.sha) for branch in portal.get_branches()] == [("main", head)]
    assert [commit.commit.message for commit in portal.get_commits()] == ["Rewrite", "Start"]
    assert [commit.commit.message for commit in portal.get_commits(path="app/Dockerfile")] == ["Start"]
    assert portal.get_commit("main").sha == portal.get_git_ref("heads/main").object.sha == head
    assert [ref.ref for ref in portal.get_git_matching_refs("tags/v")] == [
        f"refs/tags/{tag}" for tag in ("v1", "v2", "v3-rc")
    ]


def test_packages_follow_their_owner(github: GitHub) -> None:
    """A user has no organization's path; versions are newest first, and a moved tag leaves the old one untagged."""
    github.add_owner("mona", "User")
    for owner in ("acme", "mona"):
        for letter in "ab":
            github.publish_package(owner, "team/app", f"sha256:{letter * 64}", ["latest"])
    versions = "packages/container/team%2Fapp/versions"

    listed = get(github, f"/orgs/acme/{versions}").json()

    assert [version["name"][7] for version in listed] == ["b", "a"]
    assert [version["metadata"]["container"]["tags"] for version in listed] == [["latest"], []]
    assert get(github, f"/orgs/acme/{versions}/{listed[0]['id']}").json() == listed[0]
    assert get(github, f"/orgs/mona/{versions}").status_code == 404
    assert len(get(github, f"/users/mona/{versions}").json()) == 2
    assert [package["name"] for package in get(github, "/orgs/acme/packages?package_type=container").json()] == [
        "team/app"
    ]
    assert get(github, "/orgs/acme/packages/container/team%2Fapp").json()["version_count"] == 2


def test_packages_need_a_token_that_reads_them(github: GitHub) -> None:
    """Without a token 401 is sent, for a fine-grained token 403."""
    github.publish_package("acme", "app", "sha256:" + "a" * 64)
    github.add_token("github_pat_fine", "bot", can_read_packages=False)
    address = f"{github.url}/orgs/acme/packages/container/app/versions"

    assert requests.get(address, timeout=60).status_code == 401
    answer = requests.get(address, headers={"Authorization": "Bearer github_pat_fine"}, timeout=60)
    assert answer.status_code == 403


def test_owners_have_a_type(github: GitHub, portal: Repository) -> None:
    """Users and organizations have their type."""
    assert get(github, "/users/acme").json()["type"] == "Organization"
    assert get(github, "/users/octocat").json()["type"] == "User"
    assert [get(github, f"/orgs/{login}").status_code for login in ("acme", "octocat")] == [200, 404]
    assert get(github, "/user").json()["login"] == "octocat"


def test_private_repositories_need_a_token(github: GitHub) -> None:
    """Without a token a private repository is 404; public ones can be read."""
    github.add_repository("acme/secret", private=True)
    github.add_repository("acme/open")

    statuses = [requests.get(f"{github.url}/repos/acme/{name}", timeout=60).status_code for name in ("secret", "open")]

    assert statuses == [404, 200]
    assert get(github, "/repos/acme/secret").json()["private"] is True


def test_what_the_description_forbids_is_a_breach() -> None:
    """Unknown paths, parameters and page sizes are answered 500 and recorded."""
    with GitHub() as github:
        github.add_repository(NAME, FILES)
        statuses = [
            get(github, path).status_code
            for path in ("/nowhere", f"/repos/{NAME}/tags?limit=1", f"/repos/{NAME}/tags?per_page=101")
        ]

        assert statuses == [500, 500, 500]
        assert [breach.partition(": ")[2] for breach in github.breaches] == [
            "not in GitHub's description, or not in the part that is used here",
            "query.limit: not documented here",
            "query.per_page: at most 100",
        ]


def test_the_log_has_each_request(github: GitHub, portal: Repository) -> None:
    """It has the method, the address with the query, and conditions, but not the token."""
    github.log.clear()
    get(github, f"/repos/{NAME}/tags?per_page=5", If_None_Match='"x"')

    (seen,) = github.log
    assert (seen.method, seen.target, seen.authorized) == ("GET", f"/repos/{NAME}/tags?per_page=5", True)
    assert seen.headers["If-None-Match"] == '"x"'
    assert TOKEN not in repr(seen)


def test_every_described_operation_works_except_writing_files(github: GitHub) -> None:
    """The table has the operations of the description, without the one that writes a file."""
    described = {operation.id for operation in Contract.published().operations}

    assert described - set(github._performers) == {"repos/create-or-update-file-contents"}
    assert set(github._performers) <= described
