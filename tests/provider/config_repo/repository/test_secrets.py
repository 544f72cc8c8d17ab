"""The token is in the environment of git alone: no argument, address, file, message or repr has it."""

import json
import logging
from pathlib import Path

import pytest

from provider.git.environment import basic
from proxy.errors import Refused
from proxy.secrets.secret import Secret
from tests.peers.git_server import GitServer
from tests.provider.config_repo.conftest import Opens
from tests.provider.config_repo.repositories import put


def test_the_token_is_seen_nowhere(
    opens: Opens,
    server: GitServer,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Clone, pull and push with it; then look at every argument of every git process, every file and every log line."""
    token = Secret(server.write_token)
    trace = tmp_path / "trace.json"
    # git's own record of each of its processes and of those that they start (git help api-trace2).
    monkeypatch.setenv("GIT_TRACE2_EVENT", str(trace))
    caplog.set_level(logging.DEBUG)
    repository = opens(server.create("acme/config", {"images.yaml": "[]\n"}), token=token, state_branch="state")
    repository.pull()
    repository.commit([put("images.yaml", "x\n")], "x")

    events = [json.loads(line) for line in trace.read_text().splitlines()]
    arguments = [event["argv"] for event in events if "argv" in event]
    assert any("push" in argv for argv in arguments)
    assert any("remote-http" in str(argv) for argv in arguments)
    assert not any("--force" in argv or "-f" in argv for argv in arguments if "push" in argv)
    assert not any(part.startswith("+") for argv in arguments for part in argv)
    files = [path.read_bytes() for path in tmp_path.glob("config*/**/*") if path.is_file()]
    shown = [str(arguments), caplog.text, repr(repository), repr(repository._branches)]
    for secret in (token.reveal(), basic(token)):
        assert not any(secret in text for text in shown)
        assert not any(secret.encode() in content for content in files)


def test_a_server_that_repeats_the_token_is_not_repeated(opens: Opens, server: GitServer) -> None:
    """Words of the server go into the message without the token, in either form."""
    token = Secret(server.write_token)
    repository = opens(server.create("acme/config", {"images.yaml": "[]\n"}), token=token)
    hook = server.repositories.path("acme/config") / "hooks" / "update"
    hook.write_text(f"#!/bin/sh\necho 'bad token {token.reveal()} ({basic(token)})' >&2\nexit 1\n")

    with pytest.raises(Refused, match=r"bad token \*\*\* \(\*\*\*\)"):
        repository.commit([put("images.yaml", "x\n")], "x")


@pytest.mark.parametrize(
    ("token", "advice"), [(None, "the server needs a token: "), (Secret("wrong"), "the server refused the token; ")]
)
def test_a_refusal_for_want_of_a_valid_token_names_its_setting(
    opens: Opens, server: GitServer, token: Secret | None, advice: str
) -> None:
    """The server answers 401 in both cases; the message says whether a token was sent."""
    with pytest.raises(Refused, match=f"{advice}.*IMAGE_FACTORY_CONFIG_TOKEN") as refusal:
        opens(server.create("acme/config", {"images.yaml": "[]\n"}), token=token)
    assert "Username" not in str(refusal.value)


def test_a_redirect_is_not_followed(opens: Opens, server: GitServer) -> None:
    """Git would send the token to wherever it leads, so the address has to be the right one."""
    server.fail("GET", "/acme/config", 301)

    with pytest.raises(Refused, match="301"):
        opens(server.create("acme/config", {"images.yaml": "[]\n"}), token=Secret(server.write_token))
