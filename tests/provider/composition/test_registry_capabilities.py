"""Promised features of registries: configured by environment variables, tested with a real registry."""

import base64
import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import yaml

from catalog.reference import ImageReference
from proxy.errors import Refused
from tests.peers.images import push
from tests.peers.process import LOOPBACK
from tests.peers.registry import DockerRegistry
from tests.peers.token_server import DEFAULT_LOGIN, TokenServer
from tests.provider.composition.checking import Service

HELPER = """#!/bin/sh
read server
[ "$1 $server" = "get {server}" ] || {{ echo "credentials not found in native keychain"; exit 1; }}
printf '{{"ServerURL": "%s", "Username": "{user}", "Secret": "%s"}}' "$server" "$HELPER_SECRET"
"""


def install(folder: Path, server: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Install `docker-credential-safe`, which has one server and reads the password from the environment."""
    program = folder / "bin" / "docker-credential-safe"
    program.parent.mkdir()
    program.write_text(HELPER.format(server=server, user=DEFAULT_LOGIN.user), encoding="utf-8")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("HELPER_SECRET", DEFAULT_LOGIN.password)


@pytest.mark.parametrize("configured", ["credHelpers", "credsStore"])
def test_a_credential_program_gives_access_to_a_private_registry(
    configured: str, registry_with_htpasswd: DockerRegistry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A helper for one registry, and a store for all registries, run with the environment of the service."""
    host = registry_with_htpasswd.host
    digest = push(registry_with_htpasswd.url, "team/app", ["latest"], credentials=DEFAULT_LOGIN).digest
    install(tmp_path, host, monkeypatch)
    config = {"credHelpers": {host: "safe"}, "credsStore": "safe"}
    (tmp_path / "auth.json").write_text(json.dumps({configured: config[configured]}), encoding="utf-8")

    found = Service(tmp_path, {"INSECURE_REGISTRIES": host}).check(
        f"- name: app\n  registry: {host}\n  repository: team/app\n"
    )

    assert found.digest == digest


LOGIN = {"username": DEFAULT_LOGIN.user, "password": DEFAULT_LOGIN.password}


def regcred(host: str) -> dict[str, object]:
    """A Secret of Kubernetes, as `kubectl get secret -o json` writes it."""
    data = base64.b64encode(json.dumps({"auths": {host: LOGIN}}).encode()).decode()
    return {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {"name": "regcred"},
        "type": "kubernetes.io/dockerconfigjson",
        "data": {".dockerconfigjson": data},
    }


@pytest.mark.parametrize(
    "written",
    [
        lambda host: json.dumps({"auths": {f"{host}/team": LOGIN, host: {"username": "ci", "password": "wrong"}}}),
        lambda host: json.dumps({"auths": {host.replace("127.", "*."): LOGIN}}),
        lambda host: json.dumps({"auths": {f"https://{host}/v2/": LOGIN}}),
        lambda host: json.dumps({host: LOGIN}),
        lambda host: json.dumps(regcred(host)),
        lambda host: yaml.safe_dump_all([{"apiVersion": "v1", "kind": "ConfigMap"}, regcred(host)]),
    ],
    ids=["path", "glob", "address", "dockercfg", "secret", "yaml"],
)
def test_each_form_of_the_auth_file_gives_access_to_a_private_registry(
    written: Callable[[str], str], registry_with_htpasswd: DockerRegistry, tmp_path: Path
) -> None:
    """As docker, podman and Kubernetes write it."""
    host = registry_with_htpasswd.host
    digest = push(registry_with_htpasswd.url, "team/app", ["latest"], credentials=DEFAULT_LOGIN).digest
    (tmp_path / "auth.json").write_text(written(host), encoding="utf-8")

    with Service(tmp_path, {"INSECURE_REGISTRIES": host}).parts() as parts:
        assert parts.registries.digest(ImageReference(host, "team/app", "latest")) == digest
        assert parts.registry_credentials.problems() == []


class TokenServerElsewhere(TokenServer):
    """A token server on another host than its registry."""

    @property
    def realm(self) -> str:
        """The address to which the registry sends clients."""
        return super().realm.replace(LOOPBACK, "localhost")


@pytest.fixture(name="elsewhere")
def running_elsewhere(tmp_path: Path) -> Iterator[TokenServerElsewhere]:
    """It runs, and allows only its user to pull."""
    with TokenServerElsewhere(tmp_path) as running:
        yield running


@pytest.mark.parametrize("named", [True, False])
def test_credentials_are_sent_to_a_token_server_on_another_host_only_if_a_setting_names_it(
    named: bool, elsewhere: TokenServerElsewhere, tmp_path: Path
) -> None:
    """Another token server is asked without credentials, so the private repository cannot be read."""
    folder = tmp_path / "registry"
    folder.mkdir()
    with DockerRegistry(folder, tokens=elsewhere) as registry:
        digest = push(registry.url, "team/app", ["latest"], credentials=DEFAULT_LOGIN).digest
        elsewhere.log.clear()
        login = {"username": DEFAULT_LOGIN.user, "password": DEFAULT_LOGIN.password}
        (tmp_path / "auth.json").write_text(json.dumps({"auths": {registry.host: login}}), encoding="utf-8")
        hosts = {"INSECURE_REGISTRIES": f"{registry.host},localhost"}
        realms = {"TRUSTED_REALMS": f"{registry.host}=localhost"} if named else {}
        with Service(tmp_path, {**hosts, **realms}).parts() as parts:
            image = ImageReference(registry.host, "team/app", "latest")
            if named:
                assert parts.registries.digest(image) == digest
            else:
                with pytest.raises(Refused):
                    parts.registries.digest(image)

    assert elsewhere.log
    assert {request.user for request in elsewhere.log} == {DEFAULT_LOGIN.user if named else None}


def test_a_mirror_is_asked_instead_of_its_registry(registry: DockerRegistry, tmp_path: Path) -> None:
    """Docker Hub is never asked."""
    digest = push(registry.url, "library/node", ["22"]).digest

    found = Service(tmp_path, {"REGISTRY_MIRRORS": f"docker.io={registry.url}"}).check(
        "- name: app\n  registry: docker.io\n  repository: library/node\n  tag: '22'\n"
    )

    assert found.digest == digest
