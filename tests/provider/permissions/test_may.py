"""`may` in the detail of an image says what the acts answer: for each caller, image and act."""

from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.peers.github_samples import FILES
from tests.provider.permissions.acts import Act
from tests.provider.permissions.permission_world import PUBLIC_URL, PermissionWorld, Sender, permission_world

_WHY = {"reason": "the certificates expired"}
_ENTRY = {"registry": "127.0.0.1:9", "owner": "group:default/team-a"}
_OWNERS = {"lib": "group:default/team-b"}
_REPOSITORIES = {"lib": "acme/library"}
IMAGES = ("app", "lib", "claimed", "node")
_KNOWN = ("person", "other team", "owner", "admins", "read", "rebuild", "emergency", "admin", "session")
"""The callers that may read. What a page of another site sends is refused whoever the caller is."""


@pytest.fixture(name="world", scope="module")
def made_world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PermissionWorld]:
    """The web part as a process composes it."""
    with permission_world(tmp_path_factory.mktemp("may")) as world:
        world.github.add_repository("acme/library", FILES)
        yield world


def acts(world: PermissionWorld, name: str) -> Mapping[str, Act]:
    """The act that each key of `may` is about."""
    image = f"/api/v1/images/{name}"
    run = world.github.add_run(_REPOSITORIES.get(name, "acme/portal"), "build.yml", conclusion="failure").id
    entry = {**_ENTRY, "repository": f"acme/{name}", "owner": _OWNERS.get(name, _ENTRY["owner"])}
    return {
        "rebuild": Act("POST", f"{image}/rebuilds", _WHY),
        "emergency": Act("POST", f"{image}/rebuilds", {**_WHY, "emergency": True}),
        "hold": Act("POST", f"{image}/hold", _WHY),
        "skip": Act("POST", f"{image}/skips", {**_WHY, "digest": f"sha256:{'c' * 64}"}),
        "check": Act("POST", "/api/v1/checks", {"names": [name]}),
        "change": Act("PUT", f"{image}?dryRun=true", entry),
        "remove": Act("DELETE", f"{image}?dryRun=true"),
        "rerun": Act("POST", f"{image}/runs/{run}/rerun", {"failedOnly": False}),
    }


@pytest.mark.parametrize("name", IMAGES)
@pytest.mark.parametrize("caller", _KNOWN)
def test_may_says_what_the_act_answers(world: PermissionWorld, caller: str, name: str) -> None:
    """True exactly where the act is neither refused nor about something that the image does not have."""
    sender = world.senders()[caller]()
    statuses = {key: status_of(sender, act) for key, act in acts(world, name).items()}

    assert may(sender, name) == {key: status not in (403, 404) for key, status in statuses.items()}, statuses


@pytest.mark.parametrize("caller", ["no token", "expired token", "forged token"])
def test_who_is_not_known_reads_nothing(world: PermissionWorld, caller: str) -> None:
    """The detail is 401, so it says nothing about acts."""
    sender = world.senders()[caller]()

    assert sender.client.get("/api/v1/images/app", headers=dict(sender.headers)).status_code == 401


def test_while_backstage_fails_a_user_may_what_the_act_allows(world: PermissionWorld) -> None:
    """Without known groups, both refuse."""
    world.backstage.groups["user:default/zoe"] = ["group:default/team-a"]
    token = world.backstage.user_token("user:default/zoe")
    sender = Sender(world.app.test_client(), {"Authorization": f"Bearer {token}"})
    world.backstage.fail("/api/auth/v1/userinfo", 500)
    statuses = {key: status_of(sender, act) for key, act in acts(world, "app").items()}

    assert set(statuses.values()) == {403}
    assert not any(may(sender, "app").values())


@pytest.mark.parametrize("other", ["other team", "read", "admin", "session"])
def test_the_answer_of_one_caller_is_never_confirmed_to_another(world: PermissionWorld, other: str) -> None:
    """What differs has another entity tag, and the same caller gets 304."""
    path, owner, asking = "/api/v1/images/app", world.senders()["owner"](), world.senders()[other]()
    mine = owner.client.get(path, headers=dict(owner.headers), base_url=PUBLIC_URL)
    known = {"If-None-Match": mine.headers["ETag"]}
    again = owner.client.get(path, headers={**owner.headers, **known}, base_url=PUBLIC_URL)
    theirs = asking.client.get(path, headers={**asking.headers, **known}, base_url=PUBLIC_URL)

    assert again.status_code == 304
    assert {"Authorization", "X-Image-Factory-Token", "Cookie"} <= set(mine.vary)
    if theirs.status_code == 304:
        assert may(asking, "app") == mine.get_json()["may"]
    else:
        assert theirs.get_json()["may"] != mine.get_json()["may"]


def may(sender: Sender, name: str) -> Mapping[str, bool]:
    """What the detail of the image says."""
    answer = sender.client.get(f"/api/v1/images/{name}", headers=dict(sender.headers), base_url=PUBLIC_URL)
    found: Mapping[str, bool] = answer.get_json()["may"]
    return found


def status_of(sender: Sender, act: Act) -> int:
    """The status of the answer to the act."""
    client: FlaskClient = sender.client
    headers = {**sender.headers, **({"Origin": sender.origin} if sender.origin else {})}
    body: dict[str, Any] = {} if act.json is None else {"json": dict(act.json)}
    return client.open(act.path, method=act.method, headers=headers, base_url=PUBLIC_URL, **body).status_code
