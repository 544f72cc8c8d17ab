"""The timeline of an image in a whole service: from the config repository to the page."""

from pathlib import Path

from provider.composition.web import web_app
from provider.composition.worker import open_worker
from tests.provider.composition.checking import Service
from tests.provider.config_repo.repositories import Remote

ENTRY = "- name: watched\n  registry: 127.0.0.1:1\n  repository: acme/watched\n"


def test_commits_of_people_are_in_the_timeline_of_their_image(tmp_path: Path) -> None:
    """The web part reads them in the checkout of the worker; before that is there, it says so."""
    remote = Remote.make(tmp_path / "remote.git", {"images.yaml": "[]\n"})
    with Service(tmp_path, {"CONFIG_REPO": str(remote.folder)}).parts() as parts:
        client = web_app(parts).test_client()
        commit = remote.push({"images.yaml": ENTRY}, "Watch it")
        with open_worker(parts) as worker:
            worker.check(["watched"])
        document = client.get("/api/v1/images/watched/timeline").get_json()
        assert document["enrollmentHistory"]["complete"], document
        (enrolled,) = [item for item in document["items"] if item["kind"] == "enrolled"]
        assert (enrolled["commit"], enrolled["by"], enrolled["reason"]) == (
            commit,
            "Image Factory",
            "Watch it (images.yaml)",
        )
        page = client.get("/images/watched/timeline").text
        assert commit[:7] in page
