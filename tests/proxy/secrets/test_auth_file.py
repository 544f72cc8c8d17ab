"""The registry auth file is read again when it changes."""

import json
from pathlib import Path

import pytest

from proxy.errors import InvalidSetting
from proxy.secrets.auth_file import LOOK_INTERVAL, AuthFile
from proxy.secrets.docker_config import DockerConfig
from tests.proxy.clocks import Clock

SETTING = "IMAGE_FACTORY_REGISTRY_AUTH_FILE"


def content(*hosts: str) -> str:
    """A configuration with logins for these hosts."""
    return json.dumps({"auths": {host: {"username": "ci", "password": "hunter2-do-not-print"} for host in hosts}})


def opened(file: Path, clock: Clock, setting: str | None = SETTING) -> AuthFile:
    """The file, named by a setting."""
    return AuthFile(file, setting, clock.now)


def wait(clock: Clock) -> None:
    """Let the time pass after which the file is looked at again."""
    clock.sleep(LOOK_INTERVAL.total_seconds())


@pytest.mark.parametrize("way", ["written", "renamed", "same size"])
def test_a_changed_file_is_read_again(way: str, tmp_path: Path) -> None:
    """However it changed; it is looked at once in five seconds, or at once."""
    file, clock = tmp_path / "config.json", Clock()
    file.write_text(content("a.io"))
    opened_file = opened(file, clock)
    before = opened_file.current()
    new = tmp_path / "new.json" if way == "renamed" else file
    new.write_text(content("b.io" if way == "same size" else "b.example.com"))
    if way == "renamed":
        new.replace(file)

    assert opened_file.current() is before
    wait(clock)
    assert opened_file.current().hosts == ({"b.io"} if way == "same size" else {"b.example.com"})
    file.write_text(content("c.example.com"))
    assert opened_file.current(at_once=True).hosts == {"c.example.com"}


def test_a_volume_of_kubernetes_is_read_again(tmp_path: Path) -> None:
    """The file is a link into a folder behind a link, which Kubernetes replaces in one step."""
    clock = Clock()
    for number in (1, 2):
        (tmp_path / f"..{number}").mkdir()
        (tmp_path / f"..{number}" / "config.json").write_text(content(f"r{number}.io"))
    (tmp_path / "..data").symlink_to("..1")
    (tmp_path / "config.json").symlink_to("..data/config.json")
    file = opened(tmp_path / "config.json", clock)
    assert file.current().hosts == {"r1.io"}
    (tmp_path / "..tmp").symlink_to("..2")
    (tmp_path / "..tmp").replace(tmp_path / "..data")
    wait(clock)

    assert file.current().hosts == {"r2.io"}


@pytest.mark.parametrize("broken", ["{", "[]", json.dumps({"auths": {"a.io": "hunter2-do-not-print"}})])
def test_a_file_that_becomes_broken_leaves_the_last_content_in_force(broken: str, tmp_path: Path) -> None:
    """It is a problem with the file, the reason and what to do, until it is mended."""
    file, clock = tmp_path / "config.json", Clock()
    file.write_text(content("a.io"))
    opened_file = opened(file, clock)
    file.write_text(broken)
    wait(clock)
    assert opened_file.current().hosts == {"a.io"}
    (problem,) = opened_file.problems()
    assert problem.where == str(file)
    assert "the credentials that it had before are still used" in problem.message
    assert "hunter2" not in repr(problem)
    file.write_text(content("b.io"))
    wait(clock)

    assert opened_file.current().hosts == {"b.io"}
    assert opened_file.problems() == []


def test_a_file_that_vanishes_leaves_the_last_content_in_force(tmp_path: Path) -> None:
    """Also the default one."""
    file, clock = tmp_path / "config.json", Clock()
    file.write_text(content("a.io"))
    opened_file = opened(file, clock, None)
    file.unlink()
    wait(clock)

    assert opened_file.current().hosts == {"a.io"}
    (problem,) = opened_file.problems()
    assert "does not exist" in problem.message


def test_a_file_that_a_setting_names_and_is_not_there_is_a_problem(tmp_path: Path) -> None:
    """It names the setting; a Secret that is mounted later is read then."""
    file, clock = tmp_path / "config.json", Clock()
    opened_file = opened(file, clock)
    (problem,) = opened_file.problems()
    assert problem.where == str(file)
    assert problem.message.startswith(f"{SETTING} names this file, and it does not exist")
    file.write_text(content("a.io"))
    wait(clock)

    assert opened_file.current().hosts == {"a.io"}
    assert opened_file.problems() == []


@pytest.mark.parametrize("named", [True, False])
def test_the_default_file_need_not_exist(named: bool, tmp_path: Path) -> None:
    """Nor any file."""
    file = opened(tmp_path / "config.json", Clock(), None) if named else AuthFile(None, None, Clock().now)

    assert file.current() == DockerConfig()
    assert file.problems() == []


def test_a_file_that_is_broken_at_the_start_ends_it(tmp_path: Path) -> None:
    """With the reason."""
    file = tmp_path / "config.json"
    file.write_text("{")
    with pytest.raises(InvalidSetting, match=r"config\.json is not JSON"):
        opened(file, Clock())


@pytest.mark.parametrize("name", [".dockerconfigjson", "config.json", ".dockercfg"])
def test_a_secret_that_is_mounted_as_a_folder_is_read(name: str, tmp_path: Path) -> None:
    """The setting may name the folder; its file is read again when Kubernetes replaces what is behind the link."""
    clock = Clock()
    for number in (1, 2):
        (tmp_path / f"..{number}").mkdir()
        (tmp_path / f"..{number}" / name).write_text(content(f"r{number}.io"))
    (tmp_path / "..data").symlink_to("..1")
    (tmp_path / name).symlink_to(f"..data/{name}")
    file = opened(tmp_path, clock)
    assert file.current().hosts == {"r1.io"}
    (tmp_path / "..tmp").symlink_to("..2")
    (tmp_path / "..tmp").replace(tmp_path / "..data")
    wait(clock)

    assert file.current().hosts == {"r2.io"}
    assert file.problems() == []


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
def test_any_encoding_of_json_is_read(encoding: str, tmp_path: Path) -> None:
    """PowerShell writes UTF-16 with a byte order mark."""
    file = tmp_path / "config.json"
    file.write_text(content("a.io"), encoding=encoding)

    assert opened(file, Clock()).current().hosts == {"a.io"}
