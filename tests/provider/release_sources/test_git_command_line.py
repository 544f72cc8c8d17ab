"""Where git connects to when it is started."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from git.cmd import Git

from provider.config_repo.addresses import GitAddress
from provider.config_repo.git_environment import DEFAULT_AUTHOR, git_environment
from provider.errors import SourceUnavailable
from provider.release_sources.git_command_line import GitCommandLine, pinned
from provider.sources.git_host import JudgedAddress
from proxy.addresses import AddressPolicy
from tests.peers.git_server import GitServer
from tests.peers.process import LOOPBACK
from tests.provider.release_sources.git_tags import fill


def environment(text: str, host: str, port: int, *found: str) -> dict[str, str]:
    """Git's environment for an address whose host was found there."""
    place = JudgedAddress(GitAddress.parse(text), host, port, found)
    return pinned(place, git_environment(place.address, None, DEFAULT_AUTHOR, {}))


def test_https_goes_to_the_judged_addresses() -> None:
    """All of them, IPv6 in brackets; nothing else is lost."""
    known = environment("https://git.example.com/a.git", "git.example.com", 443, "192.0.2.1", "2001:db8::1")

    number = int(known["GIT_CONFIG_COUNT"]) - 1
    assert known[f"GIT_CONFIG_KEY_{number}"] == "http.curloptResolve"
    assert known[f"GIT_CONFIG_VALUE_{number}"] == "git.example.com:443:192.0.2.1,[2001:db8::1]"
    assert known["GIT_ALLOW_PROTOCOL"] == "https"


@pytest.mark.parametrize(("port", "alias"), [(22, "git.example.com"), (2222, "'[git.example.com]:2222'")])
def test_ssh_goes_there_too_and_knows_the_host_by_its_name(port: int, alias: str) -> None:
    """The key is looked up as it would be without."""
    known = environment(f"ssh://git@git.example.com:{port}/a.git", "git.example.com", port, "192.0.2.1")

    assert known["GIT_SSH_COMMAND"].startswith("ssh -oBatchMode=yes ")
    options = known["GIT_SSH_COMMAND"].replace("'-oHostKeyAlias=[", "-oHostKeyAlias='[")
    assert options.endswith(f" -oHostName=192.0.2.1 -oHostKeyAlias={alias}")


def test_a_numeric_address_needs_no_pin() -> None:
    """It cannot change its mind."""
    known = environment("https://192.0.2.1/a.git", "192.0.2.1", 443, "192.0.2.1")

    assert "http.curloptResolve" not in known.values()


def test_tracker_git_is_run_by_gitpython(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It starts each process, for tags and for their dates."""
    started: list[str] = []
    execute = Git.execute

    def noted(self: Git, command: Sequence[str], **others: Any) -> object:
        started.extend(word for word in command if word in {"ls-remote", "fetch"})
        return execute(self, command, **others)

    monkeypatch.setattr(Git, "execute", noted)
    with GitServer(tmp_path) as server:
        server.anonymous_reading = True
        url = server.create("acme/portal", {"README.md": "# Portal\n"}, tags=["v1.0.0"])
        server.repositories.run("acme/portal", "config", "uploadpack.allowFilter", "true")
        git = GitCommandLine(AddressPolicy(insecure_registries=(LOOPBACK,)))

        assert [tag.name for tag in git.tags(url, None)] == ["v1.0.0"]
        assert set(git.dates(url, None, ["v1.0.0"])) == {"v1.0.0"}
    assert started == ["ls-remote", "fetch"]


def test_git_is_not_led_elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    """Inside a git hook it would be."""
    monkeypatch.setenv("GIT_DIR", "elsewhere")

    with pytest.raises(SourceUnavailable, match="GIT_DIR would lead git elsewhere"):
        GitCommandLine(AddressPolicy(resolver=lambda *_: ["8.8.8.8"])).tags("https://git.example.com/a.git", None)


def test_tags_are_listed_over_ssh(git_server: GitServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """By the operator's own command for ssh, which is told the judged address."""
    monkeypatch.delenv("GIT_DIR", raising=False)
    git_server.create("acme/portal", {"README.md": "# Portal\n"})
    expected = fill(git_server, "acme/portal")
    program, told = tmp_path / "ssh", tmp_path / "told"
    program.write_text(f'#!/bin/sh\nprintf "%s\\n" "$@" > {told}\nfor last; do :; done\nexec sh -c "$last"\n')
    program.chmod(0o755)
    monkeypatch.setenv("GIT_SSH_COMMAND", f"{program} -i key")
    address = f"ssh://git@git.example.com{git_server.repositories.path('acme/portal')}"

    tags = GitCommandLine(AddressPolicy(resolver=lambda *_: ["8.8.8.8"])).tags(address, None)

    assert {tag.name: tag.hash for tag in tags} == expected
    arguments = told.read_text().splitlines()
    assert arguments[:4] == ["-i", "key", "-oHostName=8.8.8.8", "-oHostKeyAlias=git.example.com"]
    assert "git@git.example.com" in arguments
