"""The scaffolder templates in a real Backstage: from the form to the entity, as a person who owns the image or not."""

from collections.abc import Iterator
from typing import Any

import pytest
import requests

from demo.connected import Connected, connected
from demo.teams import POLICY, TEAM_FILE
from demo.world import CONFIG
from tests.peers.backstage_person import Person
from tests.peers.images import push

pytestmark = pytest.mark.backstage

SECONDS = 60.0


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Connected]:
    """The service and Backstage; a rule of policy.yaml lets the platform team enroll images."""
    with connected(tmp_path_factory.mktemp("templates")) as running:
        policy = POLICY.format(host=running.world.registry.host)
        push(running.world.registry.url, "acme/api-edge", ["latest"], content="built by hand")
        running.world.git.repositories.commit(CONFIG, {"policy.yaml": policy}, message="Let the team enroll images")
        yield running


def _form(both: Connected, **changes: object) -> dict[str, Any]:
    """What a person writes into the form to enroll the sources of `acme/api` under a tag of its own."""
    return {
        "name": "api-edge",
        "registry": both.world.registry.host,
        "repository": "acme/api-edge",
        "owner": "group:default/platform",
        "title": "The API",
        # Empty parts are what the form sends where nothing was chosen.
        "source": {"provider": "github", "repo": "acme/api", "branch": "main", "buildArgs": {}},
        "build": {"system": "github-actions", "workflow": "build.yml"},
        "rebuildDelay": "3d",
        "autoRebuild": True,
        "rebuildOn": "all",
        "criticality": "normal",
        "platforms": [],
        "checkOnly": False,
        **changes,
    }


def _file(both: Connected) -> str:
    return both.world.git.repositories.read(CONFIG, TEAM_FILE)


def test_a_form_is_checked_where_it_is_filled_in(both: Connected) -> None:
    """Backstage refuses what the API would refuse, before a task starts."""
    for change in ({"name": "Not A Name"}, {"rebuildDelay": "7x"}, {"build": {"system": "webhook"}}):
        with pytest.raises(requests.HTTPError, match="400"):
            both.person("jane").run_template("enroll-image", **_form(both, **change))


def test_a_person_who_owns_nothing_is_refused_with_a_message(both: Connected) -> None:
    """Joe is in another team; the log of the task says who may do it, and nothing is committed."""
    before = both.world.commits()
    task = both.person("joe").run_template("enroll-image", **_form(both))

    assert task.status == "failed"
    assert "The owner of the new entry is group:default/platform, and this is user:default/joe" in task.log
    assert "name yourself or one of your groups as the owner, or ask an admin" in task.log
    assert [message for message in both.world.commits() if message not in before] == []


def test_from_the_form_to_the_entity_and_back(both: Connected) -> None:
    """Jane checks, enrolls, changes and removes an image; git has each change with her name."""
    jane = both.person("jane")

    only = jane.run_template("enroll-image", **_form(both, checkOnly=True))
    assert only.status == "completed", only.log
    assert "+- name: api-edge" in only.log
    assert "commit" not in only.output
    assert both.world.image("api-edge") == {}

    enrolled = jane.run_template("enroll-image", **_form(both))
    assert enrolled.status == "completed", enrolled.log
    assert enrolled.output["entityRef"] == "resource:default/api-edge"
    assert enrolled.output["links"][0]["entityRef"] == "resource:default/api-edge"
    assert enrolled.output["commit"] in enrolled.output["text"][0]["content"]
    assert "Depends on docker.io/library/debian:12" in enrolled.log
    assert "depends on `docker.io/library/debian:12`" in enrolled.output["text"][0]["content"]
    assert "Discovery: success." in enrolled.output["text"][0]["content"]
    _wait_for_entity(both, "api-edge")
    found = jane.ask("/api/v1/images/api-edge").json()
    assert found["enrollment"]["rebuildDelay"] == "3d"
    assert [each["name"] for each in found["dependencies"]] == ["debian-12"]

    changed = jane.run_template("change-image", image="resource:default/api-edge", autoRebuild=False, title="Edge")
    assert changed.status == "completed", changed.log
    both.backstage.wait_for(lambda: _enrollment(jane).get("autoRebuild") is False, SECONDS)
    entry = _enrollment(jane)
    assert (entry["title"], entry["rebuildDelay"], entry["source"]["workflow"]) == ("Edge", "3d", "build.yml")

    refused = both.person("joe").run_template("remove-image", image="resource:default/api-edge")
    assert refused.status == "failed"
    assert "group:default/platform" in refused.log
    assert "api-edge" in _file(both)

    removed = jane.run_template("remove-image", image="resource:default/api-edge")
    assert removed.status == "completed", removed.log
    assert "api-edge" not in _file(both)
    assert sum("Requested-by: user:default/jane" in message for message in both.world.commits()) == 3


def test_what_cannot_be_built_is_shown_by_field(both: Connected) -> None:
    """A workflow that does not exist; the message names the field and what to do."""
    build = {"system": "github-actions", "workflow": "nowhere.yml"}
    task = both.person("jane").run_template("enroll-image", **_form(both, name="other", tag="other", build=build))

    assert task.status == "failed"
    assert "source.workflow: " in task.log
    assert "nowhere.yml" in task.log
    assert "other" not in _file(both)


def _enrollment(person: Person) -> dict[str, Any]:
    return dict(person.ask("/api/v1/images/api-edge").json()["enrollment"])


def _wait_for_entity(both: Connected, name: str) -> None:
    """Backstage reads the entities again when it is asked; here it is, as the service does after a change."""

    def seen() -> bool:
        both.backstage.run_provider()
        return both.backstage.entity(f"resource:default/{name}") is not None

    both.backstage.wait_for(seen, SECONDS)
