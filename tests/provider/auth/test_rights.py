"""Tests of the permissions of a caller at an endpoint."""

import pytest

from provider.auth.access import Access
from provider.auth.callers import parse_tokens
from tests.peers.backstage_auth import USER_KEYS, USERINFO, BackstageAuth
from tests.provider.auth.visits import Clock, backstage_at, visitor

JANE = "user:default/jane"
TEAM = "group:default/team-a"
TOKENS = parse_tokens("reader:read:r-token,ci:rebuild:c-token,boss:admin:a-token")
SERVICE = "X-Image-Factory-Token"


@pytest.fixture
def access(backstage: BackstageAuth, clock: Clock) -> Access:
    """Three service tokens, and a Backstage with a group of admins."""
    return Access(TOKENS, backstage=backstage_at(backstage, clock), admins=("group:default/Admins",))


@pytest.mark.parametrize(
    ("token", "codes"), [("r-token", (200, 403, 403)), ("c-token", (200, 200, 403)), ("a-token", (200, 200, 200))]
)
@pytest.mark.parametrize("scheme", ["", "Bearer "])
def test_service_tokens_have_their_role(
    token: str, codes: tuple[int, ...], scheme: str, access: Access, backstage: BackstageAuth
) -> None:
    """Both headers work, and Backstage gets no request."""
    client = visitor(access)
    headers = {"Authorization" if scheme else SERVICE: f"{scheme}{token}"}
    assert tuple(client.get(f"/{does}", headers=headers).status_code for does in ("read", "rebuild", "change")) == codes
    assert backstage.log == []


@pytest.mark.parametrize("service", [None, "r-token", "a-token"])
@pytest.mark.parametrize(
    ("groups", "owner", "codes"),
    [
        ([], TEAM, (200, 403, 403)),
        ([TEAM], TEAM, (200, 200, 200)),
        ([TEAM], "group:default/team-b", (200, 403, 403)),
        ([TEAM], None, (200, 403, 403)),
        (["group:default/admins"], TEAM, (200, 200, 200)),
        (["group:default/admins"], None, (200, 200, 200)),
        ([], JANE, (200, 200, 200)),
    ],
)
def test_beside_a_service_token_the_permissions_of_the_user_apply(
    service: str | None,
    groups: list[str],
    owner: str | None,
    codes: tuple[int, ...],
    access: Access,
    backstage: BackstageAuth,
) -> None:
    """The proxy of Backstage sends one service token for everyone, so it does not change the permissions of a user."""
    backstage.groups[JANE] = groups
    headers = {"Authorization": f"Bearer {backstage.user_token()}"} | ({SERVICE: service} if service else {})
    client = visitor(access, owner)
    assert tuple(client.get(f"/{does}", headers=headers).status_code for does in ("read", "rebuild", "change")) == codes
    needed = owner != JANE
    assert backstage.asked == [USER_KEYS] + [USERINFO] * needed


def test_of_two_service_tokens_authorization_decides(access: Access) -> None:
    """The token in X-Image-Factory-Token only admits the request."""
    client = visitor(access)
    headers = {SERVICE: "a-token", "Authorization": "Bearer r-token"}
    assert (client.get("/read", headers=headers).text, client.get("/change", headers=headers).status_code) == (
        "reader",
        403,
    )


def test_a_wrong_token_beside_a_right_one_is_refused(access: Access, backstage: BackstageAuth) -> None:
    """The response says which header is wrong, and contains neither token."""
    client = visitor(access)
    user = backstage.user_token()
    wrong_service = client.get("/read", headers={SERVICE: "hush", "Authorization": f"Bearer {user}"})
    wrong_user = client.get("/read", headers={SERVICE: "a-token", "Authorization": "Bearer hush"})
    basic = client.get("/read", headers={SERVICE: "a-token", "Authorization": "Basic hush"})
    assert {wrong_service.status_code, wrong_user.status_code, basic.status_code} == {401}
    assert "X-Image-Factory-Token does not contain a known service token" in wrong_service.text
    assert "Authorization contains neither" in wrong_user.text
    assert "hush" not in wrong_service.text + wrong_user.text + basic.text


def test_a_refusal_names_the_missing_permission(access: Access, backstage: BackstageAuth) -> None:
    """The message names the role or the owner, and says if groups could not be read."""
    client = visitor(access)
    service = client.get("/change", headers={SERVICE: "c-token"})
    assert "a service token of role admin, or a user who owns it (group:default/team-a)" in service.text
    assert "this is a service token of role rebuild." in service.text
    backstage.fail(USERINFO, 503, times=3)
    user = client.get("/rebuild", headers={"Authorization": f"Bearer {backstage.user_token()}"})
    assert "a service token of role admin or rebuild" in user.text
    assert "this is user:default/jane. The groups of the user could not be read from Backstage" in user.text


def test_without_configured_callers_this_machine_is_admin() -> None:
    """The caller is the local admin."""
    assert visitor(Access(), None).get("/change").text == "local"


def test_with_only_backstage_configured_this_machine_needs_a_user(backstage: BackstageAuth, clock: Clock) -> None:
    """A configured Backstage means that callers are configured."""
    client = visitor(Access(backstage=backstage_at(backstage, clock)))
    assert client.get("/read").status_code == 401
    assert client.get("/read", headers={SERVICE: "a-token"}).status_code == 401
    assert client.get("/read", headers={"Authorization": f"Bearer {backstage.user_token()}"}).status_code == 200
