"""Promised features of registries: configured by environment variables, tested with a real registry."""

import base64
import json
import os
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import yaml

from catalog.reference import ImageReference
from proxy.errors import Refused
from tests.peers.exchange import Answer, Login, Request
from tests.peers.images import push
from tests.peers.process import LOOPBACK
from tests.peers.registry import DockerRegistry
from tests.peers.token_server import DEFAULT_LOGIN, TokenServer
from tests.provider.composition.checking import Service
from tests.proxy.registries.token_registry import DIGEST, FOUND
from tests.proxy.scripted import ScriptedHost

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


def test_many_requests_at_the_same_time_run_a_helper_once(
    registry_with_htpasswd: DockerRegistry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A helper is a process, and often a call to a cloud."""
    host = registry_with_htpasswd.host
    names = [f"team/app{number}" for number in range(32)]
    digests = {push(registry_with_htpasswd.url, name, ["latest"], credentials=DEFAULT_LOGIN).digest for name in names}
    install(tmp_path, host, monkeypatch)
    program = tmp_path / "bin" / "docker-credential-safe"
    program.write_text(program.read_text().replace("read server\n", f"read server\necho run >> {tmp_path}/runs\n"))
    (tmp_path / "auth.json").write_text(json.dumps({"credHelpers": {host: "safe"}}), encoding="utf-8")
    with (
        Service(tmp_path, {"INSECURE_REGISTRIES": host}).parts() as parts,
        ThreadPoolExecutor(32) as pool,
    ):
        images = [ImageReference(host, name, "latest") for name in names]
        assert set(pool.map(parts.registries.digest, images)) == digests

    assert (tmp_path / "runs").read_text().split() == ["run"]


def test_what_a_helper_says_when_it_fails_is_passed_on(
    registry_with_htpasswd: DockerRegistry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In the failure of the image and among the problems."""
    host = registry_with_htpasswd.host
    install(tmp_path, host, monkeypatch)
    program = tmp_path / "bin" / "docker-credential-safe"
    program.write_text('#!/bin/sh\necho "the vault is sealed, $HELPER_SECRET"; exit 1\n')
    (tmp_path / "auth.json").write_text(json.dumps({"credHelpers": {host: "safe"}}), encoding="utf-8")
    monkeypatch.setenv("HELPER_SECRET", "hunter2-do-not-print")
    with Service(tmp_path, {"INSECURE_REGISTRIES": host}).parts() as parts:
        with pytest.raises(Refused, match=r"docker-credential-safe failed for .* \(the vault is sealed, \*\*\*\)"):
            parts.registries.digest(ImageReference(host, "team/app", "latest"))
        (problem,) = parts.registry_credentials.problems()

    assert problem.where == "docker-credential-safe"
    assert "(the vault is sealed, ***)" in problem.message


class RotatingRegistry(ScriptedHost):
    """A registry with Basic authentication whose password changes after some requests, and the file with it."""

    def __init__(self, file: Path, after: int) -> None:
        super().__init__(self._answer_one)
        self._file, self._after = file, after
        self._turn = threading.Lock()
        self.password = "password-number-one"

    def write(self) -> None:
        """Replace the file in one step, as Kubernetes does."""
        login = {"username": "ci", "password": self.password}
        new = self._file.with_suffix(".new")
        new.write_text(json.dumps({"auths": {self.host: login}}), encoding="utf-8")
        new.replace(self._file)

    def _answer_one(self, request: Request) -> Answer:
        with self._turn:
            if len(self.requests) == self._after:
                self.password = "password-number-two"
                self.write()
        accepted = request.basic_login == Login("ci", self.password)
        return FOUND if accepted else Answer(401, b"", (("WWW-Authenticate", "Basic realm=x"),))


def test_a_file_that_is_rotated_beside_a_running_sweep_is_read_again(tmp_path: Path) -> None:
    """Every image is answered, the new password is hidden too, and nothing is a problem."""
    with RotatingRegistry(tmp_path / "auth.json", after=30) as registry:
        registry.write()
        with Service(tmp_path, {"INSECURE_REGISTRIES": registry.host}).parts() as parts:
            parts.redactor.check(b"password-number-two", {})
            wanted = [(registry.image(f"app{number}:1"), None) for number in range(80)]

            assert {answer for _, answer in parts.registries.check(wanted)} == {DIGEST}
            assert parts.registry_credentials.problems() == []
            assert parts.redactor("sent password-number-one, then password-number-two") == "sent ***, then ***"


def test_a_file_that_is_mounted_late_is_read_when_it_is_there(tmp_path: Path) -> None:
    """Until then the missing file is a problem; its hosts count as listed from then on."""
    with RotatingRegistry(tmp_path / "auth.json", after=-1) as registry:
        hosts = {"INSECURE_REGISTRIES": registry.host}
        with Service(tmp_path, hosts).parts() as parts:
            with pytest.raises(Refused, match="it wants credentials"):
                parts.registries.digest(registry.image("app:1"))
            (problem,) = parts.registry_credentials.problems()
            assert (problem.where, "does not exist" in problem.message) == (str(tmp_path / "auth.json"), True)
            registry.write()

            assert parts.registries.digest(registry.image("app:1")) == DIGEST
            assert parts.registry_credentials.problems() == []
            assert parts.registry_credentials.hosts == {registry.host}


def test_a_short_password_makes_no_answer_unusable(tmp_path: Path) -> None:
    """One letter occurs in every answer: it is neither searched for nor hidden."""
    login = {"username": "ci", "password": "a"}
    (tmp_path / "auth.json").write_text(json.dumps({"auths": {"r.example.com": login}}), encoding="utf-8")
    with Service(tmp_path, {}).parts() as parts:
        parts.redactor.check(b'{"tags": ["a", "alpine"]}', {"Link": "a"})

        assert parts.redactor("a tag") == "a tag"


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
                assert parts.registry_credentials.problems() == []
            else:
                setting = f"IMAGE_FACTORY_TRUSTED_REALMS={registry.host}=localhost:"
                with pytest.raises(Refused, match=f"asked without credentials because localhost.*{setting}"):
                    parts.registries.digest(image)
                (problem,) = parts.registry_credentials.problems()
                assert (problem.where, setting in problem.remedy) == (registry.host, True)

    assert elsewhere.log
    assert {request.user for request in elsewhere.log} == {DEFAULT_LOGIN.user if named else None}


def test_a_mirror_is_asked_instead_of_its_registry(registry: DockerRegistry, tmp_path: Path) -> None:
    """Docker Hub is never asked."""
    digest = push(registry.url, "library/node", ["22"]).digest

    found = Service(tmp_path, {"REGISTRY_MIRRORS": f"docker.io={registry.url}"}).check(
        "- name: app\n  registry: docker.io\n  repository: library/node\n  tag: '22'\n"
    )

    assert found.digest == digest
