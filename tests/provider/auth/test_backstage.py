"""Tests of users of Backstage as callers, with the guard and a running Backstage."""

import hashlib
import hmac
from collections.abc import Callable

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from provider.auth.access import Access
from provider.auth.backstage import Backstage
from proxy.http.addresses import AddressPolicy
from proxy.http.transport import Transport
from tests.peers.backstage_auth import (
    SCAFFOLDER_KEYS,
    USER_KEYS,
    USERINFO,
    BackstageAuth,
    SigningKey,
    compose,
)
from tests.provider.auth.visits import Clock, backstage_at, visitor

TEAM = "group:default/team-a"
PAST, FUTURE = 1_000_000_000, 9_000_000_000
USER = "vnd.backstage.user"
Forge = Callable[[BackstageAuth], str]


def by_public_key(peer: BackstageAuth) -> str:
    """A token with HS256, with the public key as the shared secret."""
    pem = peer.user_keys[0].private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    header = {"alg": "HS256", "typ": USER, "kid": peer.user_keys[0].id}
    return compose(header, claims_of(peer), lambda signed: hmac.digest(pem, signed, hashlib.sha256))


def by_other_curve(peer: BackstageAuth, algorithm: str) -> str:
    """A token that is signed with a P-384 key from Backstage's key set."""
    key = SigningKey(ec.generate_private_key(ec.SECP384R1()), algorithm="ES384")
    peer.user_keys.append(key)
    return compose({"alg": algorithm, "typ": USER, "kid": key.id}, claims_of(peer), key.sign)


def by_duplicate_key(peer: BackstageAuth) -> str:
    """A token that is signed with one of two keys with the same id."""
    peer.user_keys.append(SigningKey(id=peer.user_keys[0].id))
    return peer.user_token()


def by_forger(peer: BackstageAuth, **header: object) -> str:
    """A token that is signed with another key, with the id of a key of Backstage unless the header names another."""
    full = {"alg": "ES256", "typ": USER, "kid": peer.user_keys[0].id, **header}
    return compose(full, claims_of(peer), SigningKey().sign)


def by_scaffolder(peer: BackstageAuth) -> str:
    """A user token that is signed with the key of the scaffolder."""
    key = peer.scaffolder_keys[0]
    return compose({"alg": "ES256", "typ": USER, "kid": key.id}, claims_of(peer), key.sign)


def with_forged_obo(peer: BackstageAuth) -> str:
    """A valid plugin token with a user token that Backstage did not issue."""
    header = {"alg": "ES256", "typ": "vnd.backstage.limited-user", "kid": peer.user_keys[0].id}
    claims = {"sub": "user:default/eve", "iat": PAST, "exp": FUTURE}
    return peer.plugin_token(compose(header, claims, SigningKey().sign))


def claims_of(peer: BackstageAuth) -> dict[str, object]:
    """The claims of a valid user token."""
    return {"iss": peer.issuer, "aud": "backstage", "sub": "user:default/jane", "iat": PAST, "exp": FUTURE}


FORGED: dict[str, Forge] = {
    "alg none": lambda peer: compose({"alg": "none", "typ": USER, "kid": "k"}, claims_of(peer), lambda _: b"x"),
    "no signature": lambda peer: f"{peer.user_token().rpartition('.')[0]}.",
    "HS256 with the public key": by_public_key,
    "another curve": lambda peer: by_other_curve(peer, "ES384"),
    "another curve under ES256": lambda peer: by_other_curve(peer, "ES256"),
    "wrong aud": lambda peer: peer.user_token(aud="other"),
    "aud as a list": lambda peer: peer.user_token(aud=["backstage"]),
    "no aud": lambda peer: peer.user_token(aud=None),
    "wrong iss": lambda peer: peer.user_token(iss="https://evil.example/api/auth"),
    "no iss": lambda peer: peer.user_token(iss=None),
    "wrong typ": lambda peer: peer.user_token(header={"typ": "JWT"}),
    "limited token alone": lambda peer: peer.limited_token(),
    "expired": lambda peer: peer.user_token(exp=PAST),
    "no exp": lambda peer: peer.user_token(exp=None),
    "no iat": lambda peer: peer.user_token(iat=None),
    "not yet valid": lambda peer: peer.user_token(iat=FUTURE, exp=FUTURE + 1),
    "not before": lambda peer: peer.user_token(nbf=FUTURE),
    "sub is no user": lambda peer: peer.user_token("group:default/team-a"),
    "sub without namespace": lambda peer: peer.user_token("user:jane"),
    "sub builds an address": lambda peer: peer.user_token("user:default/../x"),
    "no sub": lambda peer: peer.user_token(sub=None),
    "another's key": by_forger,
    "the scaffolder's key": by_scaffolder,
    "unknown key": lambda peer: by_forger(peer, kid="unknown"),
    "key that builds an address": lambda peer: by_forger(peer, kid="../../../api/auth/v1/userinfo"),
    "jku": lambda peer: by_forger(peer, jku=f"{peer.url}/evil/jwks.json"),
    "x5u": lambda peer: by_forger(peer, x5u=f"{peer.url}/evil.pem"),
    "jwk": lambda peer: by_forger(peer, jwk=SigningKey().document),
    "crit": lambda peer: peer.user_token(header={"crit": ["b64"], "b64": False}),
    "duplicate kid": by_duplicate_key,
    "giant": lambda peer: peer.user_token(padding="x" * 20_000),
    "whitespace inside": lambda peer: peer.user_token().replace(".", ". ", 1),
    "tab at the end": lambda peer: f"{peer.user_token()}\t",
    "two tokens": lambda peer: f"{peer.user_token()},{peer.user_token()}",
    "padding": lambda peer: f"{peer.user_token()}=",
    "empty": lambda _: "",
    "plugin: another": lambda peer: peer.plugin_token(peer.limited_token(), sub="catalog"),
    "plugin: sub climbs": lambda peer: peer.plugin_token(peer.limited_token(), sub="../../x"),
    "plugin: sub is a host": lambda peer: peer.plugin_token(peer.limited_token(), sub="evil.example/.."),
    "plugin: sub is a list": lambda peer: peer.plugin_token(peer.limited_token(), sub=["scaffolder"]),
    "plugin: wrong aud": lambda peer: peer.plugin_token(peer.limited_token(), aud="catalog"),
    "plugin: wrong iss": lambda peer: peer.plugin_token(peer.limited_token(), iss="https://evil.example"),
    "plugin: expired": lambda peer: peer.plugin_token(peer.limited_token(), exp=PAST),
    "plugin: unknown key": lambda peer: peer.plugin_token(peer.limited_token(), header={"kid": "unknown"}),
    "plugin: a user's key": lambda peer: peer.plugin_token(peer.limited_token(), header={"kid": peer.user_keys[0].id}),
    "obo missing": lambda peer: peer.plugin_token(None),
    "obo forged": with_forged_obo,
    "obo expired": lambda peer: peer.plugin_token(peer.limited_token(exp=PAST)),
    "obo is a user token": lambda peer: peer.plugin_token(peer.user_token()),
    "obo is no user's": lambda peer: peer.plugin_token(peer.limited_token("group:default/team-a")),
    "obo is no token": lambda peer: peer.plugin_token("jane"),
}


@pytest.mark.parametrize("forge", FORGED.values(), ids=FORGED.keys())
def test_a_wrong_token_is_401_and_only_keys_are_requested(
    forge: Forge, backstage: BackstageAuth, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    """Groups are not requested, and neither the response nor the log contains the token."""
    caplog.set_level("DEBUG")
    token = forge(backstage)
    client = visitor(Access(backstage=backstage_at(backstage, clock)))
    answer = client.get("/change", headers={"Authorization": f"Bearer {token}"})
    assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (401, "Bearer realm=image-factory")
    assert set(backstage.asked) <= {USER_KEYS, SCAFFOLDER_KEYS}
    for part in filter(None, token.split(".")):
        assert part not in answer.text
        assert part not in caplog.text


def test_a_read_of_a_user_does_not_request_groups(backstage: BackstageAuth, clock: Clock) -> None:
    """Several requests of a user cause one request for the keys."""
    client = visitor(Access(backstage=backstage_at(backstage, clock)))
    headers = {"Authorization": f"Bearer {backstage.user_token()}"}
    assert [client.get("/read", headers=headers).text for _ in range(3)] == ["user:default/jane"] * 3
    assert backstage.asked == [USER_KEYS]


def test_the_scaffolder_acts_for_a_user_with_the_users_groups(backstage: BackstageAuth, clock: Clock) -> None:
    """The plugin token is verified with the plugin's keys, and the user token inside with the keys of users."""
    backstage.groups["user:default/jane"] = [TEAM]
    client = visitor(Access(backstage=backstage_at(backstage, clock)))
    token = backstage.plugin_token(backstage.limited_token())
    answer = client.get("/change", headers={"Authorization": f"Bearer {token}"})
    assert (answer.status_code, answer.text) == (200, "user:default/jane")
    assert backstage.asked == [SCAFFOLDER_KEYS, USER_KEYS, USERINFO]


def test_new_keys_of_a_restarted_backstage_are_read(backstage: BackstageAuth, clock: Clock) -> None:
    """New keys are read when a token names one; older tokens are valid until the old keys are removed."""
    client = visitor(Access(backstage=backstage_at(backstage, clock)))
    before = {"Authorization": f"Bearer {backstage.user_token()}"}
    assert client.get("/read", headers=before).status_code == 200
    backstage.rotate()
    clock.pass_by(seconds=6)
    assert client.get("/read", headers={"Authorization": f"Bearer {backstage.user_token()}"}).status_code == 200
    assert client.get("/read", headers=before).status_code == 401


def test_many_forged_tokens_cause_one_request(backstage: BackstageAuth, clock: Clock) -> None:
    """Each token names another key."""
    client = visitor(Access(backstage=backstage_at(backstage, clock)))
    for number in range(50):
        token = by_forger(backstage, kid=f"made-up-{number}")
        assert client.get("/read", headers={"Authorization": f"Bearer {token}"}).status_code == 401
    assert backstage.asked == [USER_KEYS]


def test_while_backstage_is_down_an_unchecked_token_is_503(backstage: BackstageAuth, clock: Clock) -> None:
    """A token that cannot be checked is 503 with Retry-After; a text that is no token is 401."""
    token = backstage.user_token()
    client = visitor(Access(backstage=backstage_at(backstage, clock)))
    backstage.down()
    answer = client.get("/read", headers={"Authorization": f"Bearer {token}"})
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    assert client.get("/read", headers={"Authorization": "Bearer nonsense"}).status_code == 401


def test_a_retry_after_of_backstage_reaches_the_caller(backstage: BackstageAuth, clock: Clock) -> None:
    """The 503 has Backstage's own wait, and names no host to callers that are not known."""
    backstage.fail(USER_KEYS, 503, headers={"Retry-After": "40"})
    client = visitor(Access(backstage=backstage_at(backstage, clock)), now=clock.now)
    answer = client.get("/read", headers={"Authorization": f"Bearer {backstage.user_token()}"})
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "40")
    assert "try again later" in answer.text
    assert backstage.url not in answer.text


def test_a_missing_setting_is_named_in_the_log_without_a_time_to_retry(
    backstage: BackstageAuth, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    """503 without Retry-After, because trying again does not help; the log names what to set."""
    not_listed = Transport(AddressPolicy(), now=clock.now, sleep=clock.sleep)
    client = visitor(Access(backstage=Backstage(backstage.url, not_listed, clock.now)), now=clock.now)
    answer = client.get("/read", headers={"Authorization": f"Bearer {backstage.user_token()}"})
    assert (answer.status_code, answer.headers.get("Retry-After")) == (503, None)
    assert "its log says which" in answer.text
    assert backstage.url not in answer.text
    assert "IMAGE_FACTORY_INSECURE_REGISTRIES" in caplog.text
