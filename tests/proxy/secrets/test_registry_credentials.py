"""Secrets, and who has which."""

import base64
import copy
import json
import pickle
from pathlib import Path

import pytest

from proxy.errors import InvalidSetting
from proxy.secrets.registry_credentials import RegistryCredentials, Secret, read_secret
from tests.proxy.clocks import Clock

TEXT = "hunter2-do-not-print"


def test_a_secret_prints_as_stars() -> None:
    """No way of printing shows the text."""
    secret = Secret(TEXT)

    assert {str(secret), repr(secret), f"{secret}", f"{secret:>3}", f"{secret!r}", "%s" % secret} == {"***"}  # noqa: UP031 - one of the ways
    assert TEXT not in repr({"key": [secret]})
    assert secret.reveal() == TEXT


def test_secrets_compare_by_their_text() -> None:
    """Equal texts are equal secrets, and no plain text is."""
    assert Secret("ä") == Secret("ä")
    assert Secret("a") != Secret("b")
    assert Secret("a") != "a"
    assert len({Secret("a"), Secret("a")}) == 1
    assert Secret("a")
    assert not Secret("")


@pytest.mark.parametrize("spread", [pickle.dumps, json.dumps, copy.deepcopy])
def test_a_secret_is_not_serialised(spread: object) -> None:
    """Pickle, JSON and copies refuse."""
    assert callable(spread)
    with pytest.raises(TypeError):
        spread(Secret(TEXT))


def test_a_secret_comes_from_a_variable_or_a_file(tmp_path: Path) -> None:
    """NAME holds it, or NAME_FILE names the file whose last line break does not count."""
    file = tmp_path / "secret"
    file.write_text(f"{TEXT}\n")

    assert read_secret({"TOKEN": TEXT}, "TOKEN") == Secret(TEXT)
    assert read_secret({"TOKEN_FILE": str(file)}, "TOKEN") == Secret(TEXT)
    assert read_secret({"TOKEN": "", "TOKEN_FILE": ""}, "TOKEN") is None


def test_a_secret_that_is_set_twice_is_an_error(tmp_path: Path) -> None:
    """Both a value and a file: nobody should guess which one counts."""
    with pytest.raises(InvalidSetting, match="TOKEN and TOKEN_FILE") as caught:
        read_secret({"TOKEN": TEXT, "TOKEN_FILE": str(tmp_path)}, "TOKEN")
    assert TEXT not in str(caught.value)


@pytest.mark.parametrize("content", [None, b"", b"\xff\xfe" + TEXT.encode("utf-16-le")])
def test_a_secret_file_that_cannot_be_used_names_the_variable(tmp_path: Path, content: bytes | None) -> None:
    """A missing, empty or unreadable file is an error that names variable and path."""
    file = tmp_path / "secret"
    if content is not None:
        file.write_bytes(content)

    with pytest.raises(InvalidSetting, match=f"TOKEN_FILE: {file}"):
        read_secret({"TOKEN_FILE": str(file)}, "TOKEN")


def auth_file(folder: Path, document: object) -> Path:
    """A docker configuration."""
    file = folder / "config.json"
    file.write_text(json.dumps(document))
    return file


def test_credentials_are_found_by_host(tmp_path: Path) -> None:
    """User and password come from `auth` or in plain; other hosts have none."""
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


def test_an_identity_token_takes_the_password_s_place(tmp_path: Path) -> None:
    """An entry with an identity token has it beside the user's name."""
    entry = {"auth": base64.b64encode(b"0000:").decode(), "identitytoken": TEXT}
    found = RegistryCredentials.load(auth_file(tmp_path, {"auths": {"r.example.com": entry}}), {}).for_registry(
        "r.example.com"
    )

    assert found is not None
    assert found.identity_token == Secret(TEXT)


def install_program(folder: Path, name: str, script: str) -> dict[str, str]:
    """An installed credential helper, as an environment in which it is found."""
    program = folder / f"docker-credential-{name}"
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)
    return {"PATH": f"{folder}:/usr/bin:/bin"}


def test_a_helper_is_asked_before_the_file(tmp_path: Path) -> None:
    """The host's helper answers, once in five minutes; hosts it does not know are looked up in the file."""
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
    loaded = RegistryCredentials.load(file, environ)
    loaded._monotonic = clock.monotonic

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
    """The user `<token>` says that the secret is an identity token."""
    environ = install_program(tmp_path, "test", f"""echo '{{"Username": "<token>", "Secret": "{TEXT}"}}'""")
    file = auth_file(tmp_path, {"credHelpers": {"r.example.com": "test"}})
    found = RegistryCredentials.load(file, environ).for_registry("r.example.com")

    assert found is not None
    assert found.identity_token == Secret(TEXT)
    assert not found.password


def test_a_helper_that_is_not_installed_is_passed_over(tmp_path: Path) -> None:
    """The file's own entry counts then."""
    login = {"username": "file", "password": "other"}
    file = auth_file(tmp_path, {"credHelpers": {"r.example.com": "absent"}, "auths": {"r.example.com": login}})
    found = RegistryCredentials.load(file, {"PATH": str(tmp_path)}).for_registry("r.example.com")

    assert found is not None
    assert found.username == "file"


def test_what_the_file_holds_is_among_its_secrets(tmp_path: Path) -> None:
    """Passwords and identity tokens, for whoever makes sure that none leaves."""
    auths = {"a.example.com": {"username": "me", "password": "word"}, "b.example.com": {"identitytoken": "identity"}}
    loaded = RegistryCredentials.load(auth_file(tmp_path, {"auths": auths}), {})

    assert {secret.reveal() for secret in loaded.secrets} == {"word", "identity"}
