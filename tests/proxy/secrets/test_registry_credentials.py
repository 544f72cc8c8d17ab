"""The credentials of each registry."""

import base64
import json
from pathlib import Path

import pytest

from proxy.errors import Garbage, OutsideFailure, Refused, Unavailable
from proxy.http.addresses import AddressPolicy
from proxy.secrets.auth_file import LOOK_INTERVAL
from proxy.secrets.credential_sources import CredentialSource, IssuedCredentials, NoneForOwner
from proxy.secrets.credentials import BasicCredentials, CredentialProblem
from proxy.secrets.docker_config import DockerConfig
from proxy.secrets.registry_credentials import RegistryCredentials
from proxy.secrets.secret import Secret
from tests.proxy.clocks import Clock

TEXT = "hunter2-do-not-print"


def auth_file(folder: Path, document: object) -> Path:
    """A docker configuration."""
    file = folder / "config.json"
    file.write_text(json.dumps(document))
    return file


def test_credentials_are_found_by_host(tmp_path: Path) -> None:
    """User and password come from `auth` or from plain fields; other hosts have none."""
    encoded = base64.b64encode(f"ci:{TEXT}".encode()).decode()
    file = auth_file(
        tmp_path,
        {
            "auths": {
                "https://index.docker.io/v1/": {"auth": encoded},
                "registry.example.com:5000": {"username": "me", "password": TEXT},
                "empty.example.com": {},
            }
        },
    )
    credentials = RegistryCredentials.load(file, {})
    hub, own = credentials.for_registry("docker.io"), credentials.for_registry("registry.example.com:5000")

    assert hub is not None
    assert (hub.username, hub.password) == ("ci", Secret(TEXT))
    assert own is not None
    assert (own.username, own.password) == ("me", Secret(TEXT))
    assert TEXT not in repr((hub, own))
    assert credentials.for_registry("empty.example.com") is None
    assert credentials.for_registry("registry.example.com") is None
    assert credentials.hosts == {"docker.io", "registry.example.com:5000", "empty.example.com"}


def test_an_identity_token_replaces_the_password(tmp_path: Path) -> None:
    """An entry with an identity token has it besides the user's name."""
    entry = {"auth": base64.b64encode(b"0000:").decode(), "identitytoken": TEXT}
    found = RegistryCredentials.load(auth_file(tmp_path, {"auths": {"r.example.com": entry}}), {}).for_registry(
        "r.example.com"
    )

    assert found is not None
    assert found.identity_token == Secret(TEXT)


def install_program(folder: Path, name: str, script: str) -> dict[str, str]:
    """Install a credential helper, and return an environment in which it is found."""
    program = folder / f"docker-credential-{name}"
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)
    return {"PATH": f"{folder}:/usr/bin:/bin"}


def test_a_helper_has_precedence_over_the_file(tmp_path: Path) -> None:
    """The host's helper is run once in five minutes; hosts that it does not know are read from the file."""
    script = f"""read server
echo "$server" >> {tmp_path}/asked
case "$server" in
  r.example.com) echo '{{"ServerURL": "r.example.com", "Username": "ci", "Secret": "{TEXT}"}}' ;;
  *) echo "credentials not found in native keychain"; exit 1 ;;
esac"""
    environ = install_program(tmp_path, "test", script)
    login = {"username": "file", "password": "other"}
    file = auth_file(tmp_path, {"credsStore": "test", "auths": {"r.example.com": login, "docker.io": login}})
    clock = Clock()
    loaded = RegistryCredentials.load(file, environ, (), clock.now)

    for _ in range(3):
        by_program = loaded.for_registry("r.example.com")
        assert by_program is not None
        assert (by_program.username, by_program.password) == ("ci", Secret(TEXT))
    in_file = loaded.for_registry("docker.io")
    assert in_file is not None
    assert in_file.username == "file"
    assert (tmp_path / "asked").read_text().split() == ["r.example.com", "https://index.docker.io/v1/"]
    clock.sleep(301)
    loaded.for_registry("r.example.com")
    assert len((tmp_path / "asked").read_text().split()) == 3


def test_a_helper_s_token_user_means_an_identity_token(tmp_path: Path) -> None:
    """With the user `<token>`, the secret is an identity token."""
    environ = install_program(tmp_path, "test", f"""echo '{{"Username": "<token>", "Secret": "{TEXT}"}}'""")
    file = auth_file(tmp_path, {"credHelpers": {"r.example.com": "test"}})
    found = RegistryCredentials.load(file, environ).for_registry("r.example.com")

    assert found is not None
    assert found.identity_token == Secret(TEXT)
    assert not found.password


def test_a_helper_that_is_not_installed_is_ignored(tmp_path: Path) -> None:
    """The file's own entry is used instead."""
    login = {"username": "file", "password": "other"}
    file = auth_file(tmp_path, {"credHelpers": {"r.example.com": "absent"}, "auths": {"r.example.com": login}})
    found = RegistryCredentials.load(file, {"PATH": str(tmp_path)}).for_registry("r.example.com")

    assert found is not None
    assert found.username == "file"


def test_the_secrets_of_the_file_are_listed(tmp_path: Path) -> None:
    """Passwords and identity tokens are listed, so that they can be hidden."""
    auths = {"a.example.com": {"username": "me", "password": "word"}, "b.example.com": {"identitytoken": "identity"}}
    loaded = RegistryCredentials.load(auth_file(tmp_path, {"auths": auths}), {})

    assert {secret.reveal() for secret in loaded.secrets} == {"word", "identity"}


def test_what_is_named_and_cannot_be_used_is_a_problem(tmp_path: Path) -> None:
    """Programs that are missing, entries without credentials or for no registry; with what to do, without a secret."""
    login = {"username": "me", "password": TEXT}
    auths = {
        "good.example.com": login,
        "empty.example.com": {},
        "user.example.com": {"username": "me"},
        "no registry": login,
        "https://index.docker.io/v1/access-token": login,
    }
    file = auth_file(tmp_path, {"auths": auths, "credHelpers": {"r.example.com": "absent", "s.example.com": "../x"}})
    found = RegistryCredentials.load(file, {"PATH": str(tmp_path)}).problems()

    assert [problem.where for problem in found] == [
        "docker-credential-absent",
        "docker-credential-../x",
        f"{file}: auths: no registry",
        f"{file}: auths: empty.example.com",
        f"{file}: auths: user.example.com",
    ]
    assert found[0].remedy == "Install docker-credential-absent where the service runs, or remove the line."
    assert found[3].remedy.startswith("Run docker login empty.example.com")
    assert found[0].message == f"{file}: credHelpers: r.example.com names it, and it is not in PATH"
    assert TEXT not in repr(found)


def test_a_store_that_is_missing_is_one_problem(tmp_path: Path) -> None:
    """The entries that it would fill are none."""
    file = auth_file(tmp_path, {"auths": {"a.example.com": {}, "b.example.com": {}}, "credsStore": "gone"})
    (problem,) = RegistryCredentials.load(file, {"PATH": str(tmp_path)}).problems()

    assert problem.where == "docker-credential-gone"
    assert problem.message == f"{file}: credsStore names it, and it is not in PATH"


@pytest.mark.parametrize(
    "script", ["exit 3", f"echo {TEXT}", f"""echo '{{"Username": 1, "Secret": "{TEXT}"}}'""", f"echo '[\"{TEXT}\"]'"]
)
def test_a_helper_that_failed_last_is_a_problem(tmp_path: Path, script: str) -> None:
    """Its program and the host, without what it wrote, until it answers."""
    environ = install_program(tmp_path, "test", script)
    file, clock = auth_file(tmp_path, {"credHelpers": {"r.example.com": "test"}}), Clock()
    loaded = RegistryCredentials.load(file, environ, (), clock.now)
    assert loaded.problems() == []
    with pytest.raises(OutsideFailure):
        loaded.for_registry("r.example.com")

    (problem,) = loaded.problems()
    assert problem.where == "docker-credential-test"
    assert "r.example.com" in problem.message
    assert TEXT not in problem.message
    install_program(tmp_path, "test", f"""echo '{{"Username": "me", "Secret": "{TEXT}"}}'""")
    clock.sleep(30)
    assert loaded.for_registry("r.example.com")
    assert loaded.problems() == []


class Issuer(CredentialSource):
    """A source for one host, with one account for each owner."""

    def __init__(self, host: str, answer: BasicCredentials | OutsideFailure | None) -> None:
        self.host, self.answer = host, answer
        self.asked: list[tuple[str, str | None]] = []

    def serves(self, host: str) -> bool:
        """See the protocol."""
        return host == self.host

    def account(self, host: str, repository: str | None) -> str:
        """See the protocol."""
        return repository.partition("/")[0] if repository else host

    def issue(self, host: str, repository: str | None) -> IssuedCredentials | None:
        """See the protocol."""
        self.asked.append((host, repository))
        if isinstance(self.answer, OutsideFailure):
            raise self.answer
        return IssuedCredentials(self.answer) if self.answer else None


class EmptyIssuer(Issuer):
    """Another source for the same host."""


ISSUED = BasicCredentials("ci", Secret(TEXT))


def test_sources_are_asked_for_what_the_file_does_not_have(tmp_path: Path) -> None:
    """The first that serves the host and has credentials for it, once for each account."""
    login = {"username": "file", "password": "other"}
    empty, source = EmptyIssuer("r.example.com", None), Issuer("r.example.com", ISSUED)
    other = Issuer("filed.example.com", ISSUED)
    file = auth_file(tmp_path, {"auths": {"filed.example.com": login}})
    loaded = RegistryCredentials.load(file, {}, (empty, source, other))

    for repository in ("acme/app", "acme/base", "other/app", None):
        assert loaded.for_registry("r.example.com", repository) == ISSUED
    assert source.asked == [("r.example.com", "acme/app"), ("r.example.com", "other/app"), ("r.example.com", None)]
    assert loaded.for_registry("s.example.com", "acme/app") is None
    in_file = loaded.for_registry("filed.example.com", "acme/app")
    assert in_file is not None
    assert in_file.username == "file"
    assert other.asked == []


def test_repositories_share_credentials_by_account(tmp_path: Path) -> None:
    """By default those of one host, unless its source tells them apart."""
    login = {"username": "file", "password": "other"}
    file = auth_file(tmp_path, {"auths": {"filed.example.com": login}, "credHelpers": {"h.example.com": "test"}})
    sources = [Issuer(host, ISSUED) for host in ("r.example.com", "filed.example.com", "h.example.com")]
    environ = install_program(tmp_path, "test", f"""echo '{{"Username": "ci", "Secret": "{TEXT}"}}'""")
    loaded = RegistryCredentials.load(file, environ, sources)
    loaded.for_registry("h.example.com", "acme/app")

    assert loaded.account("r.example.com", "acme/app") == loaded.account("r.example.com", "acme/base") == "acme"
    assert {loaded.account(host, "acme/app") for host in ("filed.example.com", "h.example.com", "s.example.com")} == {
        "filed.example.com",
        "h.example.com",
        "s.example.com",
    }


class PublicIssuer(Issuer):
    """A source for a host that has public repositories too."""

    def needed(self, host: str) -> bool:  # noqa: ARG002 - the protocol's
        """See the protocol."""
        return False


@pytest.mark.parametrize("failure", [Refused("the key is revoked"), Unavailable("no answer"), Garbage("what?")])
def test_a_source_that_failed_last_is_a_problem(failure: OutsideFailure) -> None:
    """With the host and its message. Only where a host needs credentials, nothing can be asked without them."""
    loaded = RegistryCredentials(DockerConfig(), {}, [Issuer("r.example.com", failure)])
    public = RegistryCredentials(DockerConfig(), {}, [PublicIssuer("r.example.com", failure)])
    with pytest.raises(type(failure)):
        loaded.for_registry("r.example.com", "acme/app")
    assert public.for_registry("r.example.com", "acme/app") is None

    for each in (loaded, public):
        assert each.problems() == [CredentialProblem("r.example.com", str(failure), "It is asked again by itself.")]
        assert str(each.withheld("r.example.com", "acme/app")) == str(failure)
        assert each.withheld("r.example.com", "other/app") is None
        assert each.withheld("s.example.com", "acme/app") is None


def test_an_owner_without_credentials_is_no_problem() -> None:
    """Requests go without credentials, which is enough for public repositories; the reason is kept for refusals."""
    loaded = RegistryCredentials(DockerConfig(), {}, [Issuer("r.example.com", NoneForOwner("not for acme"))])

    assert loaded.for_registry("r.example.com", "acme/app") is None
    assert loaded.problems() == []
    assert str(loaded.withheld("r.example.com", "acme/app")) == "not for acme"


@pytest.mark.parametrize(
    ("key", "host", "repository", "found"),
    [
        ("registry.example.com/team", "registry.example.com", "team/app", True),
        ("registry.example.com/team", "registry.example.com", "team", True),
        ("registry.example.com/team", "registry.example.com", "team2/app", False),
        ("registry.example.com/team", "registry.example.com", None, False),
        ("*.dkr.ecr.eu-west-1.amazonaws.com", "123456789012.dkr.ecr.eu-west-1.amazonaws.com", "team/app", True),
        ("*.dkr.ecr.eu-west-1.amazonaws.com", "123456789012.dkr.ecr.us-east-1.amazonaws.com", "team/app", False),
        ("*.jfrog.io", "acme.jfrog.io", "docker/app", True),
        ("*.jfrog.io", "acme.jfrog.io:8443", "docker/app", False),
        ("https://REGISTRY.example.com:443/v2/", "registry.example.com", "app", True),
        ("registry.example.com", "registry.example.com:443", "app", True),
        ("docker.io/acme", "docker.io", "acme/app", True),
        ("docker.io/acme", "docker.io", "library/node", False),
    ],
)
def test_credentials_are_found_by_path_and_glob(
    key: str, host: str, repository: str | None, found: bool, tmp_path: Path
) -> None:
    """As podman and Kubernetes write keys; an entry with a helper is found in the same way."""
    login = {"username": "ci", "password": TEXT}
    environ = install_program(tmp_path, "test", f"""echo '{{"Username": "ci", "Secret": "{TEXT}"}}'""")
    for document in ({"auths": {key: login}}, {"credHelpers": {key: "test"}}):
        loaded = RegistryCredentials.load(auth_file(tmp_path, document), environ)

        assert loaded.for_registry(host, repository) == (BasicCredentials("ci", Secret(TEXT)) if found else None)
        assert loaded.problems() == []


def test_the_most_exact_entry_is_used(tmp_path: Path) -> None:
    """The longest path, then the host, then the longest glob; repositories of one entry share its credentials."""
    keys = ["*.example.com", "registry.*.com", "*gistry.example.com", "registry.example.com"]
    keys += ["registry.example.com/team", "registry.example.com/team/app"]
    auths = {key: {"username": key, "password": TEXT} for key in keys}
    loaded = RegistryCredentials.load(auth_file(tmp_path, {"auths": auths}), {})

    def user(host: str, repository: str) -> str:
        found = loaded.for_registry(host, repository)
        assert found is not None
        assert loaded.account(host, repository) == found.username
        return found.username

    assert user("registry.example.com", "team/app") == "registry.example.com/team/app"
    assert user("registry.example.com", "team/application") == "registry.example.com/team"
    assert user("registry.example.com", "other") == "registry.example.com"
    assert user("xgistry.example.com", "team/app") == "*gistry.example.com"
    assert user("quay.example.com", "team/app") == "*.example.com"
    assert user("registry.acme.com", "team/app") == "registry.*.com"


def test_only_whole_hosts_are_listed(tmp_path: Path) -> None:
    """The host of a path is; a glob names no host."""
    login = {"username": "ci", "password": TEXT}
    keys = ["*.jfrog.io", "a.example.com/team", "b.example.com:5000", "[::1]:5000", "[ab].example.com"]
    loaded = RegistryCredentials.load(auth_file(tmp_path, {"auths": dict.fromkeys(keys, login)}), {})

    assert loaded.hosts == {"a.example.com", "b.example.com:5000", "[::1]:5000"}
    for host in loaded.hosts:
        AddressPolicy(private_hosts=loaded.hosts).scheme(host)


def test_a_replaced_file_is_read_again(tmp_path: Path) -> None:
    """Its new credentials, hosts and secrets are used within seconds; the old secrets stay hidden."""
    clock = Clock()
    file = auth_file(tmp_path, {"auths": {"r.example.com": {"username": "ci", "password": "password-one"}}})
    loaded = RegistryCredentials.load(file, {}, (), clock.now)
    assert loaded.secrets is loaded.secrets
    auth_file(tmp_path, {"auths": {"s.example.com": {"username": "ci", "password": "password-two"}}})
    clock.sleep(LOOK_INTERVAL.total_seconds())

    assert loaded.for_registry("r.example.com") is None
    assert loaded.for_registry("s.example.com") == BasicCredentials("ci", Secret("password-two"))
    assert loaded.hosts == {"s.example.com"}
    assert loaded.secrets == (Secret("password-two"), Secret("password-one"))


def test_after_a_refusal_the_file_is_read_at_once(tmp_path: Path) -> None:
    """Other credentials are returned if there are any."""
    file = auth_file(tmp_path, {"auths": {"r.example.com": {"username": "ci", "password": "one"}}})
    loaded = RegistryCredentials.load(file, {}, (), Clock().now)
    refused = loaded.for_registry("r.example.com")
    assert loaded.after_refusal("r.example.com", "team/app", refused) is None
    auth_file(tmp_path, {"auths": {"r.example.com": {"username": "ci", "password": "two"}}})

    assert loaded.for_registry("r.example.com") == refused
    assert loaded.after_refusal("r.example.com", "team/app", refused) == BasicCredentials("ci", Secret("two"))


def test_after_a_refusal_a_helper_is_run_again(tmp_path: Path) -> None:
    """Unless it was run less than 30 seconds ago: a refused repository must not start a program each time."""
    script = f"""echo run >> {tmp_path}/runs; echo '{{"Username": "ci", "Secret": "{TEXT}"}}'"""
    environ, clock = install_program(tmp_path, "test", script), Clock()
    file = auth_file(tmp_path, {"credHelpers": {"r.example.com": "test"}})
    loaded = RegistryCredentials.load(file, environ, (), clock.now)
    refused = loaded.for_registry("r.example.com")
    for _ in range(3):
        assert loaded.after_refusal("r.example.com", "team/app", refused) is None
    assert len((tmp_path / "runs").read_text().split()) == 1
    clock.sleep(30)
    loaded.after_refusal("r.example.com", "team/app", refused)

    assert len((tmp_path / "runs").read_text().split()) == 2
    assert Secret(TEXT) in loaded.secrets


def test_refused_credentials_are_a_problem_until_the_file_changes(tmp_path: Path) -> None:
    """If they are still wrong, they are refused again."""
    clock = Clock()
    loaded = RegistryCredentials.load(auth_file(tmp_path, {}), {}, (), clock.now)
    loaded.rejected("r.example.com", "answered 401", "Correct the entry.")
    assert len(loaded.problems()) == 1
    auth_file(tmp_path, {"auths": {}})
    clock.sleep(LOOK_INTERVAL.total_seconds())

    assert loaded.problems() == []


def test_refused_credentials_are_a_problem_until_they_are_accepted(tmp_path: Path) -> None:
    """With the registry's host."""
    loaded = RegistryCredentials.load(auth_file(tmp_path, {}), {})
    loaded.rejected("r.example.com", "answered 401", "Correct the entry.")
    assert loaded.problems() == [CredentialProblem("r.example.com", "answered 401", "Correct the entry.")]
    loaded.accepted("r.example.com")

    assert loaded.problems() == []


def test_a_store_that_does_not_know_a_host_leaves_owners_apart(tmp_path: Path) -> None:
    """A token for repositories of several owners would be requested with the credentials of one."""
    environ = install_program(tmp_path, "test", 'echo "credentials not found in native keychain"; exit 1')
    file = auth_file(tmp_path, {"credsStore": "test", "auths": {"s.example.com": {"username": "u", "password": "p"}}})
    loaded = RegistryCredentials.load(file, environ, [Issuer("r.example.com", ISSUED)])
    for repository in ("acme/app", "other/app"):
        assert loaded.for_registry("r.example.com", repository) == ISSUED

    assert loaded.account("r.example.com", "acme/app") != loaded.account("r.example.com", "other/app")
    assert loaded.account("s.example.com", "acme/app") == loaded.account("s.example.com", "other/app")
