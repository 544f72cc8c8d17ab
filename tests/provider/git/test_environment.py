"""The environment of a git process."""

import os
import subprocess

import pytest

from provider.git.addresses import GitAddress
from provider.git.environment import basic, git_environment, kept_from_git, redirecting
from proxy.secrets.secret import Secret

HTTPS = GitAddress("https://git.example.com/acme/config.git", "https")
TOKEN = Secret("ghs_abc")


def _setting(environment: dict[str, str], url: str) -> str:
    """The extra header that git sends to this URL."""
    command = ["git", "config", "--get-urlmatch", "http.extraHeader", url]
    there = {**environment, "PATH": os.environ["PATH"]}
    return subprocess.run(command, env=there, capture_output=True, text=True, check=False).stdout


def test_the_token_is_sent_to_its_address_only() -> None:
    """Git sends the header to this repository, and to no other host or repository."""
    environment = git_environment(HTTPS, TOKEN, {})

    assert _setting(environment, HTTPS.text).strip() == f"Authorization: Basic {basic(TOKEN)}"
    assert _setting(environment, "https://elsewhere.example.com/acme/config.git") == ""
    assert _setting(environment, "https://git.example.com/acme/other.git") == ""


@pytest.mark.parametrize("address", [GitAddress("git@host:acme/config.git", "ssh"), GitAddress("/srv/c.git", "file")])
def test_only_http_addresses_get_a_token(address: GitAddress) -> None:
    """An ssh address uses keys, and a folder needs no credentials."""
    assert basic(TOKEN) not in str(git_environment(address, TOKEN, {}))


def test_git_does_not_prompt_and_does_not_read_the_configuration_of_this_machine() -> None:
    """No prompt, no configuration of the machine or the user, messages in English, one protocol."""
    environment = git_environment(HTTPS, None, {})

    assert environment["GIT_TERMINAL_PROMPT"] == "0"
    assert environment["GIT_CONFIG_NOSYSTEM"] == "1"
    assert environment["GIT_CONFIG_GLOBAL"] == "/dev/null"
    assert environment["GIT_ALLOW_PROTOCOL"] == "https"
    assert environment["LC_ALL"] == "C"


def test_a_configured_ssh_command_is_kept() -> None:
    """GIT_SSH_COMMAND can select a key; the default command never prompts."""
    assert git_environment(HTTPS, None, {"GIT_SSH_COMMAND": "ssh -i k"})["GIT_SSH_COMMAND"] == "ssh -i k"
    assert "BatchMode=yes" in git_environment(HTTPS, None, {})["GIT_SSH_COMMAND"]


def test_variables_that_select_another_repository_are_listed() -> None:
    """A git hook sets GIT_DIR: git would change the repository of the hook."""
    assert redirecting({"GIT_DIR": "/x", "GIT_INDEX_FILE": "/y", "HOME": "/root"}) == ["GIT_DIR", "GIT_INDEX_FILE"]


def test_git_gets_no_variable_that_is_not_for_it() -> None:
    """Tokens, the database's address and everything unknown are kept from git; what git, ssh and curl need is not."""
    for_git = (
        "PATH",
        "HOME",
        "LANG",
        "LC_ALL",
        "TZ",
        "SSH_AUTH_SOCK",
        "SSL_CERT_FILE",
        "GIT_SSH_COMMAND",
        "GIT_TRACE2",
    )
    others = (
        "IMAGE_FACTORY_GITHUB_TOKEN",
        "IMAGE_FACTORY_DATABASE_URL",
        "AWS_SECRET_ACCESS_KEY",
        "PGPASSWORD",
        "X",
        "",
    )

    assert kept_from_git(dict.fromkeys((*for_git, *others), "x")) == sorted(others)


@pytest.mark.parametrize("name", ["https_proxy", "HTTPS_PROXY", "http_proxy", "ALL_PROXY", "no_proxy", "NO_PROXY"])
def test_git_reads_no_proxy_from_the_environment(name: str) -> None:
    """Its configuration has the one that the settings name, or none."""
    assert kept_from_git({name: "http://proxy.example.com:3128"}) == [name]
