"""What platform engineers have in their auth files, with all parts of a process."""

import json
import re
import threading
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from urllib.parse import parse_qs

import pytest

from catalog.reference import ImageReference
from proxy.errors import Refused
from tests.contracts.hosted_registries import DIALECTS, PASSWORD, PRIVATE, Dialect, HostedRegistry
from tests.peers.exchange import Answer, Request, json_answer
from tests.peers.internet import internet
from tests.peers.process import LOOPBACK
from tests.provider.composition.checking import Service
from tests.proxy.registries.token_registry import DIGEST, FOUND
from tests.proxy.scripted import ScriptedHost

BY_HOST: Mapping[str, Dialect] = {dialect.host: dialect for dialect in DIALECTS}


def write(folder: Path, auths: Mapping[str, object]) -> None:
    """Replace the auth file in one step."""
    new = folder / "auth.new"
    new.write_text(json.dumps({"auths": auths}), encoding="utf-8")
    new.replace(folder / "auth.json")


@pytest.mark.parametrize(
    ("host", "key"),
    [
        ("quay.io", "quay.io:443"),
        ("quay.io", "https://QUAY.io:443/v2/"),
        ("quay.io", "quay.io/acme"),
        ("quay.io", "quay.io/acme/private"),
        ("acme.jfrog.io", "*.jfrog.io"),
        ("acme.azurecr.io", "*.azurecr.io:443"),
        ("123456789012.dkr.ecr.eu-west-1.amazonaws.com", "*.dkr.ecr.eu-west-1.amazonaws.com"),
        ("123456789012.dkr.ecr.eu-west-1.amazonaws.com", "https://*.dkr.ecr.*.amazonaws.com"),
        ("docker.io", "registry-1.docker.io"),
        ("docker.io", "docker.io/acme"),
    ],
)
@pytest.mark.parametrize("old", [False, True], ids=["auths", "dockercfg"])
def test_each_kind_of_key_gives_access_to_its_host(host: str, key: str, old: bool, tmp_path: Path) -> None:
    """With a port, a path or a glob, in the file of today and in the older one; the password goes nowhere else."""
    hosted = HostedRegistry(BY_HOST[host])
    entry = {key: {"username": hosted.dialect.user, "password": PASSWORD}}
    (tmp_path / "auth.json").write_text(json.dumps(entry if old else {"auths": entry}), encoding="utf-8")
    with (
        internet(dict.fromkeys(hosted.hosts, hosted.answer), tmp_path) as settings,
        Service(tmp_path, settings).parts() as parts,
    ):
        assert parts.registries.digest(ImageReference(host, PRIVATE, "1.0")) == hosted.digest
        assert parts.registry_credentials.problems() == []
    assert hosted.leaks == set()


def test_an_identity_token_that_a_token_server_cannot_exchange_gives_way_to_the_password(tmp_path: Path) -> None:
    """It answers 405 to POST; the entry has both."""
    hosted = HostedRegistry(BY_HOST["harbor.corp.example"])
    login = {"username": hosted.dialect.user, "password": PASSWORD, "identitytoken": "an-identity-token"}
    write(tmp_path, {hosted.dialect.host: login})
    with (
        internet(dict.fromkeys(hosted.hosts, hosted.answer), tmp_path) as settings,
        Service(tmp_path, settings).parts() as parts,
    ):
        assert parts.registries.digest(ImageReference(hosted.dialect.host, PRIVATE, "1.0")) == hosted.digest


class AzureTokens(ScriptedHost):
    """A registry that exchanges one refresh token at a time for access tokens, by POST."""

    def __init__(self) -> None:
        super().__init__(self._answer_one)
        self._turn = threading.Lock()
        self.refresh = "refresh-token-number-one"

    def _answer_one(self, request: Request) -> Answer:
        with self._turn:
            granted = f"access-by-{self.refresh}"
            if request.path != "/oauth2/token":
                realm = f'Bearer realm="{self.url}/oauth2/token",service="s",scope="repository:a:pull"'
                good = request.authorization == f"Bearer {granted}"
                return FOUND if good else Answer(401, b"", (("WWW-Authenticate", realm),))
            form = parse_qs(request.body.decode())
            if request.method == "POST" and form.get("refresh_token") == [self.refresh]:
                return json_answer(200, {"access_token": granted, "expires_in": 300})
            return json_answer(401, {"errors": [{"code": "UNAUTHORIZED", "message": "the token has expired"}]})

    def login(self) -> dict[str, object]:
        """The entry that `az acr login` writes."""
        user = "00000000-0000-0000-0000-000000000000"
        return {self.host: {"username": user, "identitytoken": self.refresh}}


def test_an_identity_token_that_has_ended_is_replaced_in_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Until then the refusal has the words of the token server; no restart is needed after it."""
    monkeypatch.setattr("proxy.secrets.auth_file.LOOK_INTERVAL", timedelta(0))
    with AzureTokens() as registry:
        write(tmp_path, registry.login())
        with Service(tmp_path, {"INSECURE_HOSTS": LOOPBACK}).parts() as parts:
            registry.refresh = "refresh-token-number-two"
            with pytest.raises(Refused, match=r"answered 401 to this registry's credentials.*the token has expired"):
                parts.registries.digest(registry.image("a:1"))
            (problem,) = parts.registry_credentials.problems()
            assert problem.where == registry.host
            write(tmp_path, registry.login())

            assert parts.registries.digest(registry.image("a:1")) == DIGEST
            assert parts.registry_credentials.problems() == []


@pytest.mark.parametrize("challenge", ['Bearer realm="{url}/token",service="s"', "Basic realm=x", ""])
def test_a_registrytoken_is_sent_as_it_is(challenge: str, tmp_path: Path) -> None:
    """Whatever the registry asks for."""

    def registry(request: Request) -> Answer:
        header = (("WWW-Authenticate", challenge.format(url=host.url)),) if challenge else ()
        return FOUND if request.authorization == "Bearer a-token-by-hand" else Answer(401, b"", header)

    with ScriptedHost(registry) as host:
        write(tmp_path, {host.host: {"registrytoken": "a-token-by-hand"}})
        with Service(tmp_path, {"INSECURE_HOSTS": LOOPBACK}).parts() as parts:
            assert parts.registries.digest(host.image("a:1")) == DIGEST
        assert {request.path for request in host.requests} == {"/v2/a/manifests/1"}


EXPIRED = "Your authorization token has expired. Reauthenticate and try again."


@pytest.mark.parametrize("status", [401, 403])
@pytest.mark.parametrize("plain", [False, True])
def test_the_words_of_a_registry_whose_token_has_ended_are_passed_on(status: int, plain: bool, tmp_path: Path) -> None:
    """As Amazon's after twelve hours; with another token in the file the image is read."""
    accepted = ["first-token-of-twelve-hours"]

    def registry(request: Request) -> Answer:
        login = request.basic_login
        if login is None:
            return Answer(401, b"", (("WWW-Authenticate", "Basic realm=x"),))
        if login.password == accepted[0]:
            return FOUND
        if plain:
            return Answer(status, EXPIRED.encode(), (("Content-Type", "text/plain"),))
        return json_answer(status, {"errors": [{"code": "DENIED", "message": EXPIRED}]})

    with ScriptedHost(registry) as host:
        write(tmp_path, {host.host: {"username": "AWS", "password": accepted[0]}})
        with Service(tmp_path, {"INSECURE_HOSTS": LOOPBACK}).parts() as parts:
            assert parts.registries.digest(host.image("a:1")) == DIGEST
            accepted[0] = "second-token-of-twelve-hours"
            with pytest.raises(Refused, match=re.escape(EXPIRED)) as caught:
                parts.registries.digest(host.image("a:1"))
            assert "first-token" not in str(caught.value)
            write(tmp_path, {host.host: {"username": "AWS", "password": accepted[0]}})

            assert parts.registries.digest(host.image("a:1")) == DIGEST
