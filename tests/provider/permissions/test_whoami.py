"""GET /api/v1/whoami for each way to be known."""

from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from provider.auth.access import Access
from provider.auth.callers import CallerRole
from tests.provider.permissions.permission_world import (
    PUBLIC_URL,
    TEAM_A,
    TOKENS,
    PermissionWorld,
    Sender,
    permission_world,
)
from tests.provider.web_images import MemoryIndex
from tests.provider.web_part import web

_EVERYTHING = ["read", "rebuild", "emergency", "change"]
OLGA = "user:default/olga"


@pytest.fixture(name="world", scope="module")
def made_world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PermissionWorld]:
    """The web part as a process composes it."""
    with permission_world(tmp_path_factory.mktemp("whoami")) as world:
        yield world


@pytest.mark.parametrize(
    ("role", "rights"),
    [
        ("read", ["read"]),
        ("rebuild", ["read", "rebuild"]),
        ("emergency", ["read", "emergency"]),
        ("admin", _EVERYTHING),
    ],
)
def test_a_service_token_has_the_rights_of_its_role(world: PermissionWorld, role: str, rights: list[str]) -> None:
    """It has no owners, and its secret is not in the answer."""
    sender = world.senders()[role]()

    assert whoami(sender) == {
        "caller": role,
        "kind": "token",
        "role": role,
        "rights": rights,
        "owners": [],
        "ownersKnown": True,
        "admin": role == "admin",
    }
    assert TOKENS[CallerRole(role)] not in answer(sender).text


@pytest.mark.parametrize("way", ["alone", "beside the token of the proxy", "by the scaffolder"])
def test_a_user_has_groups_however_backstage_sends_the_user(world: PermissionWorld, way: str) -> None:
    """Beside the service token of Backstage's proxy the user counts, and a token of the scaffolder is its user's."""
    sender = world.senders()["owner"]()
    headers = dict(sender.headers)
    if way == "beside the token of the proxy":
        headers["X-Image-Factory-Token"] = TOKENS[CallerRole.ADMIN]
    if way == "by the scaffolder":
        headers["Authorization"] = f"Bearer {world.backstage.plugin_token(world.backstage.limited_token(OLGA))}"

    assert whoami(Sender(sender.client, headers)) == {
        "caller": OLGA,
        "kind": "user",
        "role": "read",
        "rights": ["read"],
        "owners": [TEAM_A, OLGA],
        "ownersKnown": True,
        "admin": False,
    }


def test_a_member_of_an_admin_group_is_an_admin(world: PermissionWorld) -> None:
    """The role stays that of a user."""
    found = whoami(world.senders()["admins"]())

    assert (found["admin"], found["rights"], found["role"]) == (True, _EVERYTHING, "read")


def test_a_browser_that_signed_in_has_a_session(world: PermissionWorld) -> None:
    """It has the rights of the token with which it signed in."""
    found = whoami(world.senders()["session"]())

    assert (found["kind"], found["caller"], found["admin"]) == ("session", "admin", True)


def test_while_no_callers_are_configured_this_machine_is_anonymous() -> None:
    """It may do everything."""
    found = web(MemoryIndex(), Access()).test_client().get("/api/v1/whoami").get_json()

    assert (found["kind"], found["admin"], found["owners"]) == ("anonymous", True, [])


def test_groups_that_cannot_be_read_are_unknown(world: PermissionWorld) -> None:
    """The user is alone then, and the answer says why a permission can be missing."""
    zoe = "user:default/zoe"
    world.backstage.groups[zoe] = [TEAM_A]
    world.backstage.fail("/api/auth/v1/userinfo", 500)
    headers = {"Authorization": f"Bearer {world.backstage.user_token(zoe)}"}
    found = whoami(Sender(world.app.test_client(), headers))

    assert (found["owners"], found["ownersKnown"]) == ([zoe], False)


def answer(sender: Sender) -> Any:
    """The response."""
    return sender.client.get("/api/v1/whoami", headers=dict(sender.headers), base_url=PUBLIC_URL)


def whoami(sender: Sender) -> Mapping[str, Any]:
    """The document."""
    found: Mapping[str, Any] = answer(sender).get_json()
    return found
