"""Pages and API of the demo's sites are at one address."""

import urllib3

from demo.sites.servers import GitHubWithPages, RegistryWithPages
from tests.peers.images import push
from tests.peers.registry import DockerRegistry


def test_the_links_of_github_lead_to_its_pages() -> None:
    """What the API answers as `html_url` is a page of the same server."""
    with GitHubWithPages() as github:
        github.add_repository(
            "acme/web", {"Dockerfile": "FROM a", ".github/workflows/b.yml": "on: workflow_dispatch\n"}
        )
        run = github.add_run("acme/web", "b.yml", conclusion="success")
        document = urllib3.request("GET", f"{github.url}/repos/acme/web/actions/runs/{run.id}").json()
        pages = [document["html_url"], document["repository"]["html_url"]]
        answers = [urllib3.request("GET", page) for page in pages]

    assert pages == [f"{github.web}/acme/web/actions/runs/{run.id}", f"{github.web}/acme/web"]
    assert [(answer.status, answer.headers["Content-Type"]) for answer in answers] == [
        (200, "text/html; charset=utf-8")
    ] * 2
    assert github.breaches == []


def test_a_repository_of_the_registry_has_a_page(registry: DockerRegistry) -> None:
    """It shows tags and digests; images are pushed and pulled at the same address."""
    with RegistryWithPages(registry.url) as site:
        digest = push(site.url, "acme/web", ["latest"], content="x").digest
        page = urllib3.request("GET", f"{site.url}/acme/web")
        missing = urllib3.request("GET", f"{site.url}/acme/other")

    assert page.status == 200
    assert digest in page.data.decode()
    assert missing.status == 404
