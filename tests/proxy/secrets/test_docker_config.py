"""Docker's config.json."""

import base64
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proxy.errors import InvalidSetting
from proxy.secrets.config_file import read_docker_config
from proxy.secrets.docker_config import DockerConfig, Login, server_address

TEXT = "hunter2-do-not-print"


def test_docker_hub_has_its_old_address_in_helpers() -> None:
    """Helpers have Docker Hub under its version 1 address, other registries under their host."""
    assert server_address("docker.io") == "https://index.docker.io/v1/"
    assert server_address("ghcr.io") == "ghcr.io"


def test_no_file_is_no_credentials(tmp_path: Path) -> None:
    """A path that is not set or does not exist gives an empty configuration."""
    assert read_docker_config(tmp_path / "absent.json") == DockerConfig()
    assert read_docker_config(None) == DockerConfig()


def test_everything_is_read(tmp_path: Path) -> None:
    """Logins, helpers and the store are read by host; null sections are empty."""
    file = tmp_path / "config.json"
    auth = base64.b64encode(f"ci:a:{TEXT}\0".encode()).decode()
    file.write_text(
        json.dumps({"auths": {"ghcr.io": {"auth": auth}}, "credHelpers": {"https://r.io": "r"}, "credsStore": "s"})
    )

    assert read_docker_config(file) == DockerConfig(
        {"ghcr.io": Login("ci", f"a:{TEXT}")}, {"r.io": "r"}, "s", str(file)
    )
    file.write_text('{"auths": null, "HttpHeaders": {}}')
    assert read_docker_config(file) == DockerConfig(place=str(file))


@pytest.mark.parametrize(
    "document",
    [
        TEXT,
        json.dumps([TEXT]),
        json.dumps({"auths": TEXT}),
        json.dumps({"auths": {"ghcr.io": TEXT}}),
        json.dumps({"auths": {"ghcr.io": {"auth": TEXT}}}),
        json.dumps({"auths": {"ghcr.io": {"auth": base64.b64encode(TEXT.encode()).decode()}}}),
        json.dumps({"auths": {"ghcr.io": {"username": [TEXT]}}}),
        json.dumps({"credHelpers": {"ghcr.io": [TEXT]}}),
        "[" * 100_000,
    ],
)
def test_a_broken_file_is_named_and_not_shown(tmp_path: Path, document: str) -> None:
    """The message names the file and the key, and neither it nor its cause shows any content."""
    file = tmp_path / "config.json"
    file.write_text(document)

    with pytest.raises(InvalidSetting, match=str(file)) as caught:
        read_docker_config(file)
    assert TEXT not in str(caught.value)
    assert caught.value.__cause__ is None


def test_a_folder_is_not_a_file(tmp_path: Path) -> None:
    """The message for a path that cannot be read has the reason."""
    with pytest.raises(InvalidSetting, match="directory"):
        read_docker_config(tmp_path)


@given(st.text(alphabet=st.characters(exclude_characters=":\0", codec="utf-8")), st.text(st.characters(codec="utf-8")))
def test_any_user_and_password_are_read(tmp_path_factory: pytest.TempPathFactory, user: str, password: str) -> None:
    """The user and the password are read as docker wrote them, without the zeros at the end."""
    file = tmp_path_factory.mktemp("docker") / "config.json"
    file.write_text(json.dumps({"auths": {"r.io": {"auth": base64.b64encode(f"{user}:{password}".encode()).decode()}}}))

    assert read_docker_config(file).auths == {"r.io": Login(user, password.rstrip("\0"))}


@pytest.mark.parametrize("section", ["auths", "credHelpers"])
@pytest.mark.parametrize(
    "key", ["https://[", "registry example.com", "", "me@r.io", "r.io:99999", "[z-a].io", "r.io/?x"]
)
def test_a_key_that_is_not_an_address_is_a_problem(tmp_path: Path, section: str, key: str) -> None:
    """It names the file, the section and the key, with what to write; the other entries are used."""
    file = tmp_path / "config.json"
    good: dict[str, object] = {"auths": {"username": "ci", "password": TEXT}, "credHelpers": "store"}
    bad: dict[str, object] = {"auths": {}, "credHelpers": "store"}
    file.write_text(json.dumps({section: {key: bad[section], "r.io": good[section]}}))
    config = read_docker_config(file)
    (problem,) = config.problems

    assert problem.where == f"{file}: {section}: {key}"
    assert problem.message == "this key is not the address of a registry"
    assert "registry.example.com:5000" in problem.remedy
    assert config.hosts == {"r.io"}
