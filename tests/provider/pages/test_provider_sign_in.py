"""Tests of signing in at an OpenID Connect provider, and of what an attacker may try on the way."""

import logging
from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from provider.auth.callers import CallerRole, ServiceToken
from provider.auth.sign_in.group_rules import GroupRules
from provider.auth.sign_in.pending import VALID_FOR
from proxy.secrets.secret import Secret
from tests.peers.open_id_provider import CLIENT_SECRET, DISCOVERY
from tests.provider.pages.provider_browser import ProviderBrowser, provider_browser
from tests.provider.pages.test_login import HTML, OURS, csrf
from tests.provider.tracker.pages.tracker_pages_web import PUBLIC_URL


@pytest.fixture(name="browser")
def made_browser() -> Iterator[ProviderBrowser]:
    """A browser and a provider at which zoe of team-a is signed in."""
    with provider_browser() as browser:
        yield browser


def test_a_person_signs_in_and_returns_to_the_page(browser: ProviderBrowser) -> None:
    """The groups of the provider are the role and the owners; the cookie has neither them nor a token."""
    assert browser.client.get("/images", headers=HTML).headers["Location"].startswith("/login?next=")
    answer = browser.signs_in(next="/images?q=x")
    assert (answer.status_code, answer.headers["Location"]) == (302, "/images?q=x")
    assert "oidc:zoe · read access" in browser.client.get("/", headers=HTML).text
    assert {**browser.whoami(), "rights": []} == {
        "caller": "oidc:zoe",
        "kind": "session",
        "role": "read",
        "rights": [],
        "owners": ["group:default/team-a"],
        "ownersKnown": True,
        "admin": False,
    }
    cookie = browser.client.get_cookie("image_factory")
    assert cookie
    assert len(cookie.value) < 200


def test_what_is_asked_of_the_provider(browser: ProviderBrowser) -> None:
    """A code, with PKCE, state, nonce and the fixed redirect address; the Host of a request changes none of it."""
    answer = browser.client.get("/login/provider", headers=HTML | {"Host": "evil.example"})
    query = dict(parse_qsl(urlsplit(answer.headers["Location"]).query))
    assert query.pop("state")
    assert query.pop("nonce")
    assert len(query.pop("code_challenge")) == 43
    assert query == {
        "response_type": "code",
        "client_id": "factory",
        "redirect_uri": f"{PUBLIC_URL}/login/callback",
        "scope": "openid profile",
        "code_challenge_method": "S256",
    }


@pytest.mark.parametrize(
    ("groups", "role"),
    [
        (["platform", "ops"], "admin"),
        (["ops"], "emergency"),
        ("platform", "admin"),
        (["ops", 7, None, "x" * 500], "emergency"),
    ],
)
def test_the_first_group_of_the_setting_gives_the_role(browser: ProviderBrowser, groups: object, role: str) -> None:
    """One text counts as one group, and what is no text as none."""
    browser.peer.does.person["groups"] = groups
    assert browser.signs_in().status_code == 302
    assert browser.whoami()["role"] == role


@pytest.mark.parametrize("groups", [[], ["others", "<b>"], None])
def test_a_person_without_a_role_sees_why(browser: ProviderBrowser, groups: object) -> None:
    """The page names the groups and a way to be somebody else; no session is open."""
    browser.peer.does.person["groups"] = groups
    answer = browser.signs_in(next="/images")
    assert answer.status_code == 403
    assert "signed in at Acme as zoe, but none of your groups has a role here" in answer.text
    assert ("named these groups: <code>&lt;b&gt;</code>, <code>others</code>" in answer.text) == bool(groups)
    assert "/login/provider?next=/images&amp;again=true" in answer.text
    assert "Ask your platform team for access" in answer.text
    assert browser.client.get("/", headers=HTML).status_code == 302
    assert "prompt=login" in browser.client.get("/login/provider?again=true", headers=HTML).headers["Location"]


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({}, 200),
        ({"groups": GroupRules({"team-a": CallerRole.ADMIN})}, 200),
        ({"groups": GroupRules({"others": CallerRole.ADMIN})}, 401),
        ({"provider": None}, 401),
    ],
)
def test_a_role_ends_with_its_setting(browser: ProviderBrowser, change: dict[str, Any], status: int) -> None:
    """Sessions keep the groups, and each request asks the present settings."""
    browser.signs_in()
    cookie = browser.client.get_cookie("image_factory")
    assert cookie
    token = ServiceToken("ci", CallerRole.READ, Secret("x" * 16))
    later = browser.restarted(replace(browser.access, tokens=(token,), **change)).test_client()
    later.set_cookie("image_factory", cookie.value)
    assert later.get("/api/v1/whoami").status_code == status


def test_signing_out_ends_the_session_and_leads_to_the_provider(browser: ProviderBrowser) -> None:
    """For every copy of the cookie; the provider gets its own ID token and where to return to."""
    browser.signs_in()
    cookie = browser.client.get_cookie("image_factory")
    assert cookie
    thief = browser.app.test_client()
    thief.set_cookie("image_factory", cookie.value)
    answer = browser.client.post("/logout", data={"csrf_token": csrf(browser.client, "/")}, headers=OURS)

    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    assert f'http-equiv="refresh" content="0;url={browser.peer.url}/end?client_id=factory' in answer.text
    assert "post_logout_redirect_uri=http%3A%2F%2Ffactory.example%2Flogin" in answer.text
    assert "id_token_hint=ey" in answer.text
    assert thief.get("/", headers=HTML).status_code == 302
    assert browser.client.get("/", headers=HTML).status_code == 302


def test_a_provider_without_a_place_to_sign_out_is_named(browser: ProviderBrowser) -> None:
    """The person learns that the session there goes on."""
    browser.peer.does.document["end_session_endpoint"] = None
    browser.signs_in()
    answer = browser.client.post("/logout", data={"csrf_token": csrf(browser.client, "/")}, headers=OURS)
    assert "You may still be signed in at Acme" in answer.text
    assert browser.client.get("/", headers=HTML).status_code == 302


def test_claims_may_be_at_userinfo_alone(browser: ProviderBrowser) -> None:
    """As with a provider that follows the standard; that of another person counts nothing."""
    browser.peer.does.person = {"sub": "1001"}
    browser.peer.does.in_userinfo = {"email": "zoe@acme.example", "groups": ["platform"]}
    browser.signs_in()
    assert (browser.whoami()["caller"], browser.whoami()["role"]) == ("oidc:zoe@acme.example", "admin")
    browser.peer.does.in_userinfo["sub"] = "1002"
    assert browser.signs_in().status_code == 503


def test_too_many_groups_for_the_provider_are_said(browser: ProviderBrowser) -> None:
    """Entra ID sends a link in place of more than 200 groups."""
    browser.peer.does.person = {"sub": "1", "name": "z", "_claim_names": {"groups": "src1"}}
    answer = browser.signs_in()
    assert answer.status_code == 403
    assert "because they are too many" in answer.text


@pytest.mark.parametrize("methods", [["client_secret_basic"], None, ["client_secret_post"]])
def test_the_secret_is_sent_as_the_provider_wants_it(browser: ProviderBrowser, methods: object) -> None:
    """Encoded in the header, or in the body."""
    browser.peer.does.document["token_endpoint_auth_methods_supported"] = methods
    assert browser.signs_in().status_code == 302


def test_a_wrong_secret_is_a_problem_of_the_operator(caplog: pytest.LogCaptureFixture) -> None:
    """The page says so without it, the log says what to check, and neither has a text of the provider."""
    with provider_browser(secret="another secret") as browser:
        answer = browser.signs_in()
    assert answer.status_code == 403
    assert "Acme does not accept this service (invalid_client)" in answer.text
    assert "check the client at the provider" in caplog.text
    for secret in ("another secret", "wrong secret", CLIENT_SECRET):
        assert secret not in answer.text + caplog.text


@pytest.mark.parametrize("error", ["access_denied", "<script>alert(1)</script>", "x" * 1000, ""])
def test_a_refusal_of_the_provider_is_shown_without_its_texts(browser: ProviderBrowser, error: str) -> None:
    """The texts of the address may be anybody's."""
    browser.peer.does.refusal = error or " "
    answer = browser.signs_in()
    assert answer.status_code == 403
    assert f"Acme did not sign you in ({error if error == 'access_denied' else 'unknown error'})" in answer.text
    assert "<b>no</b>" not in answer.text


@pytest.mark.parametrize("address", ["https://evil.example", "//evil.example", "/\\evil.example", "/" + "x" * 600])
def test_it_never_leads_to_another_site(browser: ProviderBrowser, address: str) -> None:
    """Neither does an address that is too long for the cookie."""
    assert browser.signs_in(next=address).headers["Location"] == "/"


def test_a_sign_in_of_another_browser_is_refused(browser: ProviderBrowser) -> None:
    """An attacker cannot make a person sign in as the attacker: the state belongs to one cookie."""
    address = browser.goes_to_provider()
    victim = browser.app.test_client()
    assert browser.comes_back(address, victim).status_code == 400
    victim.get("/login/provider", headers=HTML)
    answer = browser.comes_back(address, victim)
    assert answer.status_code == 400
    assert "did not begin this sign-in" in answer.text
    assert victim.get("/", headers=HTML).status_code == 302


def test_a_sign_in_is_used_once(browser: ProviderBrowser) -> None:
    """Not even the browser that has a copy of its cookie from before uses it again; the provider is not asked."""
    address = browser.goes_to_provider()
    before = browser.client.get_cookie("image_factory")
    assert before
    assert browser.comes_back(address).status_code == 302
    asked = browser.peer.asked.count("/token")
    copy = browser.app.test_client()
    copy.set_cookie("image_factory", before.value)
    assert browser.comes_back(address, copy).status_code == 400
    assert browser.comes_back(address).status_code == 400
    assert browser.peer.asked.count("/token") == asked


def test_a_code_of_another_sign_in_is_refused(browser: ProviderBrowser) -> None:
    """PKCE: the provider gives tokens only to the sign-in that the code belongs to."""
    stolen = dict(parse_qsl(urlsplit(browser.goes_to_provider()).query))["code"]
    answer = browser.comes_back(browser.goes_to_provider(), code=stolen)
    assert answer.status_code == 403
    assert "took too long or was used before" in answer.text


def test_a_sign_in_ends_after_ten_minutes(browser: ProviderBrowser) -> None:
    """Until then it may wait at the provider."""
    address = browser.goes_to_provider()
    browser.clock.time += VALID_FOR
    assert browser.comes_back(address).status_code == 400


def test_several_windows_may_begin(browser: ProviderBrowser) -> None:
    """The last three count; the first of them that comes back opens the session."""
    addresses = [browser.goes_to_provider(next=f"/images?q={number}") for number in range(4)]
    assert browser.comes_back(addresses[0]).status_code == 400
    assert browser.comes_back(addresses[1]).headers["Location"] == "/images?q=1"


def test_the_session_is_a_new_one(browser: ProviderBrowser) -> None:
    """Nothing of the cookie from before is carried over, so nobody can prepare it (session fixation)."""
    browser.client.get("/login", headers=HTML)
    with browser.client.session_transaction() as before:
        before["session"], before["csrf_token"] = "prepared", "prepared"
    browser.signs_in()
    with browser.client.session_transaction() as after:
        assert set(after) == {"session"}
        assert after["session"] != "prepared"


@pytest.mark.parametrize(
    ("claims", "reason"),
    [
        ({"iss": "https://evil.example"}, "iss"),
        ({"iss": None}, "iss"),
        ({"aud": "another-client"}, "aud"),
        ({"aud": ["another-client"]}, "aud"),
        ({"aud": ["factory", "another-client"]}, "azp"),
        ({"aud": []}, "aud"),
        ({"azp": "another-client"}, "azp"),
        ({"nonce": "of-another-sign-in"}, "nonce"),
        ({"nonce": None}, "nonce"),
        ({"exp": 1}, "expired"),
        ({"exp": None}, "exp"),
        ({"exp": "soon"}, "exp"),
        ({"iat": 9_999_999_999}, "iat"),
        ({"nbf": 9_999_999_999}, "nbf"),
        ({"at_hash": "AAAAAAAAAAAAAAAAAAAAAA"}, "at_hash"),
        ({"sub": ""}, "sub"),
        ({"sub": 7}, "sub"),
        ({"sub": None}, "sub"),
    ],
)
def test_claims_that_are_not_as_expected_are_refused(
    browser: ProviderBrowser, claims: dict[str, object], reason: str
) -> None:
    """The page names the claim, and no session is open."""
    browser.peer.does.claims = claims
    answer = browser.signs_in()
    assert answer.status_code == 403
    assert "The ID token of Acme was not accepted" in answer.text
    assert reason in answer.text
    assert browser.client.get("/", headers=HTML).status_code == 302


@pytest.mark.parametrize(
    ("header", "reason"),
    [
        ({"alg": "none"}, "is not three base64url parts"),
        ({"alg": "HS256"}, "is not signed with RS256"),
        ({"alg": None}, "is not signed with RS256"),
        ({"alg": "PS256"}, "is not signed with RS256"),
        ({"kid": "key-9"}, "does not publish the key"),
        ({"kid": 7}, "name of its key is not text"),
        ({"crit": ["x"], "x": 1}, "signature does not match"),
        ({"b64": False, "crit": ["b64"]}, "signature does not match"),
    ],
)
def test_other_signatures_are_refused(browser: ProviderBrowser, header: dict[str, object], reason: str) -> None:
    """Neither none, nor an HMAC with the public key, nor what the document of the provider does not name."""
    browser.peer.does.header = header
    answer = browser.signs_in()
    assert answer.status_code == 403
    assert reason in answer.text
    assert browser.client.get("/", headers=HTML).status_code == 302


def test_a_forged_signature_is_refused(browser: ProviderBrowser) -> None:
    """Another key under the name of a published one."""
    browser.peer.does.signs_with, browser.peer.does.header = 1, {"kid": "key-0"}
    answer = browser.signs_in()
    assert (answer.status_code, "signature does not match" in answer.text) == (403, True)


def test_clocks_may_differ_by_half_a_minute(browser: ProviderBrowser) -> None:
    """Ours may be behind, or the token just over; by more it is refused."""
    browser.clock.pass_by(seconds=-25)
    assert browser.signs_in().status_code == 302
    browser.clock.pass_by(seconds=-25)
    assert browser.signs_in().status_code == 403
    browser.clock.pass_by(seconds=50 + 3600 + 20)
    assert browser.signs_in().status_code == 302
    browser.clock.pass_by(seconds=30)
    assert browser.signs_in().status_code == 403


def test_new_keys_are_found_at_once(browser: ProviderBrowser) -> None:
    """The provider changes its keys, and a token names one that is not known yet."""
    assert browser.signs_in().status_code == 302
    browser.peer.does.keys, browser.peer.does.signs_with = (0, 1), 1
    browser.clock.pass_by(seconds=6)
    assert browser.signs_in().status_code == 302
    browser.peer.does.header, browser.peer.does.keys = {"kid": None}, (1,)
    browser.clock.pass_by(minutes=11)
    assert browser.signs_in().status_code == 302


@pytest.mark.parametrize(
    "document",
    [
        {"issuer": "https://evil.example"},
        {"issuer": None},
        {"token_endpoint": "http://evil.example/token"},
        {"jwks_uri": "ftp://evil.example/keys"},
        {"authorization_endpoint": "javascript:alert(1)"},
        {"authorization_endpoint": None},
        {"id_token_signing_alg_values_supported": ["none", "HS256"]},
    ],
)
def test_a_document_that_cannot_be_trusted_is_not_used(
    browser: ProviderBrowser, document: dict[str, object], caplog: pytest.LogCaptureFixture
) -> None:
    """The page names no address, the log says what is wrong."""
    browser.peer.does.document = document
    answer = browser.client.get("/login/provider", headers=HTML)
    assert answer.status_code == 503
    assert "Acme cannot be used" in answer.text or "Acme cannot be asked now" in answer.text
    assert "cannot read the document of the OpenID Connect provider" in caplog.text


def test_a_provider_that_is_down_is_said_and_asked_again(browser: ProviderBrowser) -> None:
    """Also in the middle of a sign-in; nothing of its address is shown."""
    browser.peer.fail(DISCOVERY, 500)
    answer = browser.client.get("/login/provider", headers=HTML)
    assert (answer.status_code, browser.peer.host in answer.text) == (503, False)
    assert "Acme cannot be asked now" in answer.text
    browser.clock.pass_by(seconds=6)
    for path, method in (("/token", "POST"), ("/keys", "GET")):
        address = browser.goes_to_provider()
        browser.peer.fail(path, 500, method=method)
        assert browser.comes_back(address).status_code == 503
        browser.clock.pass_by(seconds=6)
    assert browser.signs_in().status_code == 302
    browser.peer.fail(DISCOVERY, 500, times=9)
    browser.clock.pass_by(hours=2)
    assert "Location" in browser.client.get("/login/provider", headers=HTML).headers


@pytest.mark.parametrize("body", ["", "[]", "<html>", '{"access_token": "x", "token_type": "Bearer"}', "{" * 100_000])
def test_any_answer_in_place_of_tokens_is_refused(browser: ProviderBrowser, body: str) -> None:
    """It is never an error of ours."""
    address = browser.goes_to_provider()
    browser.peer.fail("/token", 200, body=body, method="POST")
    assert browser.comes_back(address).status_code == 503


def test_a_provider_that_names_itself_always_has_to(browser: ProviderBrowser) -> None:
    """Then a code without its name, or with another one, is not sent to it (RFC 9207)."""
    browser.peer.does.document["authorization_response_iss_parameter_supported"] = True
    assert browser.signs_in().status_code == 302
    assert browser.comes_back(browser.goes_to_provider(), iss="https://evil.example").status_code == 403
    browser.peer.does.document["authorization_response_iss_parameter_supported"] = False
    browser.clock.pass_by(hours=2)
    assert browser.comes_back(browser.goes_to_provider(), iss="https://evil.example").status_code == 403


def test_sign_ins_are_logged_with_the_name(browser: ProviderBrowser, caplog: pytest.LogCaptureFixture) -> None:
    """In one line, whatever the name has."""
    caplog.set_level(logging.INFO, "provider.pages.provider_sign_in")
    browser.peer.does.person["preferred_username"] = "zoe\nroot signed in"
    browser.signs_in()
    assert "oidc:zoeroot signed in signed in at" in caplog.text


def test_the_page_offers_what_is_configured(browser: ProviderBrowser) -> None:
    """The provider alone, or tokens too, or tokens alone."""
    alone = browser.client.get("/login", headers=HTML).text
    assert ("Sign in with Acme" in alone, 'type="password"' in alone) == (True, False)
    token = ServiceToken("ci", CallerRole.READ, Secret("x" * 16))
    both = browser.restarted(replace(browser.access, tokens=(token,))).test_client()
    assert "Use a token" in both.get("/login", headers=HTML).text
    without = browser.restarted(replace(browser.access, tokens=(token,), provider=None)).test_client()
    assert "Acme" not in without.get("/login", headers=HTML).text
    for path in ("/login/provider", "/login/callback?state=x"):
        assert without.get(path, headers=HTML).status_code == 404
