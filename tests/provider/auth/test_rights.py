"""Tests of what an endpoint lets a caller do."""

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
    """Three service tokens, and a Backstage whose admins are a group."""
    return Access(TOKENS, backstage=backstage_at(backstage, clock), admins=("group:default/Admins",))


@pytest.mark.parametrize(
    ("token", "codes"), [("r-token", (200, 403, 403)), ("c-token", (200, 200, 403)), ("a-token", (200, 200, 200))]
)
@pytest.mark.parametrize("scheme", ["", "Bearer "])
def test_service_tokens_have_their_role(
    token: str, codes: tuple[int, ...], scheme: str, access: Access, backstage: BackstageAuth
) -> None:
    """In either header, and Backstage is never asked about them."""
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
def test_beside_a_service_token_the_user_decides(
    service: str | None,
    groups: list[str],
    owner: str | None,
    codes: tuple[int, ...],
    access: Access,
    backstage: BackstageAuth,
) -> None:
    """Backstage's proxy sends the same service token for everybody, so it adds no right and takes none."""
    backstage.groups[JANE] = groups
    headers = {"Authorization": f"Bearer {backstage.user_token()}"} | ({SERVICE: service} if service else {})
    client = visitor(access, owner)
    assert tuple(client.get(f"/{does}", headers=headers).status_code for does in ("read", "rebuild", "change")) == codes
    needed = owner != JANE
    assert backstage.asked == [USER_KEYS] + [USERINFO] * needed


def test_of_two_service_tokens_authorization_decides(access: Access) -> None:
    """The header of our own only lets the request in."""
    client = visitor(access)
    headers = {SERVICE: "a-token", "Authorization": "Bearer r-token"}
    assert (client.get("/read", headers=headers).text, client.get("/change", headers=headers).status_code) == (
        "reader",
        403,
    )


def test_a_wrong_token_beside_a_right_one_is_refused(access: Access, backstage: BackstageAuth) -> None:
    """Whichever of the two is wrong; the answer says which, and repeats neither."""
    client = visitor(access)
    user = backstage.user_token()
    wrong_service = client.get("/read", headers={SERVICE: "hush", "Authorization": f"Bearer {user}"})
    wrong_user = client.get("/read", headers={SERVICE: "a-token", "Authorization": "Bearer hush"})
    basic = client.get("/read", headers={SERVICE: "a-token", "Authorization": "Basic hush"})
    assert {wrong_service.status_code, wrong_user.status_code, basic.status_code} == {401}
    assert "X-Image-Factory-Token does not contain a known service token" in wrong_service.text
    assert "Authorization contains neither" in wrong_user.text
    assert "hush" not in wrong_service.text + wrong_user.text + basic.text


def test_a_refusal_says_which_right_is_missing(access: Access, backstage: BackstageAuth) -> None:
    """For services by role, for users by ownership, and that groups could not be asked for where that is so."""
    client = visitor(access)
    service = client.get("/change", headers={SERVICE: "c-token"})
    assert "a service token of role admin, or a user who owns it (group:default/team-a)" in service.text
    assert "this is a service token of role rebuild." in service.text
    backstage.fail(USERINFO, 503, times=3)
    user = client.get("/rebuild", headers={"Authorization": f"Bearer {backstage.user_token()}"})
    assert "a service token of role admin or rebuild" in user.text
    assert "this is user:default/jane. The groups of the user could not be read from Backstage" in user.text


def test_with_nothing_configured_this_machine_may_do_everything() -> None:
    """As the local admin."""
    assert visitor(Access(), None).get("/change").text == "local"


def test_with_a_backstage_alone_this_machine_needs_a_user(backstage: BackstageAuth, clock: Clock) -> None:
    """A configured Backstage counts as knowing callers, so being local is nothing."""
    client = visitor(Access(backstage=backstage_at(backstage, clock)))
    assert client.get("/read").status_code == 401
    assert client.get("/read", headers={SERVICE: "a-token"}).status_code == 401
    assert client.get("/read", headers={"Authorization": f"Bearer {backstage.user_token()}"}).status_code == 200
