"""Tests of the git command for tags and their dates."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from git.cmd import Git

from provider.git.network import GitNetwork
from provider.tracker.sources.git_command_line import GitCommandLine
from proxy.errors import Unavailable
from proxy.http.addresses import AddressPolicy
from tests.peers.git_server import GitServer
from tests.peers.process import LOOPBACK
from tests.provider.tracker.sources.git_tags import fill


def test_tracker_git_is_run_by_gitpython(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """GitPython starts each git process, for tags and for their dates."""
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
        git = GitCommandLine(AddressPolicy(insecure_registries=(LOOPBACK,)), GitNetwork())

        assert [tag.name for tag in git.tags(url, None)] == ["v1.0.0"]
        assert set(git.dates(url, None, ["v1.0.0"])) == {"v1.0.0"}
    assert started == ["ls-remote", "fetch"]


def test_git_is_refused_in_the_environment_of_a_git_hook(monkeypatch: pytest.MonkeyPatch) -> None:
    """GIT_DIR would make git read another repository."""
    monkeypatch.setenv("GIT_DIR", "elsewhere")

    with pytest.raises(Unavailable, match="GIT_DIR would make git use another repository"):
        GitCommandLine(AddressPolicy(resolver=lambda *_: ["8.8.8.8"]), GitNetwork()).tags(
            "https://git.example.com/a.git", None
        )


def test_tags_are_listed_over_ssh(git_server: GitServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The operator's ssh command is used, with the address that was checked."""
    monkeypatch.delenv("GIT_DIR", raising=False)
    git_server.create("acme/portal", {"README.md": "# Portal\n"})
    expected = fill(git_server, "acme/portal")
    program, listed = tmp_path / "ssh", tmp_path / "arguments"
    program.write_text(f'#!/bin/sh\nprintf "%s\\n" "$@" > {listed}\nfor last; do :; done\nexec sh -c "$last"\n')
    program.chmod(0o755)
    monkeypatch.setenv("GIT_SSH_COMMAND", f"{program} -i key")
    address = f"ssh://git@git.example.com{git_server.repositories.path('acme/portal')}"

    tags = GitCommandLine(AddressPolicy(resolver=lambda *_: ["8.8.8.8"]), GitNetwork()).tags(address, None)

    assert {tag.name: tag.hash for tag in tags} == expected
    arguments = listed.read_text().splitlines()
    assert arguments[:4] == ["-i", "key", "-oHostName=8.8.8.8", "-oHostKeyAlias=git.example.com"]
    assert "git@git.example.com" in arguments
