"""The environment of every git process: nothing of this machine's configuration, no prompt, the token. Pure.

The variables are those of `git help git` and `git help config` (2.39).
"""

import base64
from collections.abc import Mapping

from provider.git.addresses import GitAddress
from proxy.secrets.secret import Secret

# GitHub and GitLab take a token as the password of any user name; this one is GitHub's own for Apps.
_TOKEN_USER = "x-access-token"  # noqa: S105 - a user name, not a secret
AUTHOR = "Image Factory"
AUTHOR_EMAIL = "image-factory@localhost"
_STALLED_SECONDS = 30
_SSH = "ssh -oBatchMode=yes -oConnectTimeout=15 -oServerAliveInterval=15 -oControlMaster=no -oControlPath=none"
_REDIRECTING = (
    "GIT_DIR",
    "GIT_WORK_TREE",
    "GIT_INDEX_FILE",
    "GIT_COMMON_DIR",
    "GIT_OBJECT_DIRECTORY",
    "GIT_ALTERNATE_OBJECT_DIRECTORIES",
    "GIT_NAMESPACE",
    "GIT_CONFIG_PARAMETERS",
    "GIT_SHALLOW_FILE",
)
_CONFIG: tuple[tuple[str, str], ...] = (
    # A repository from elsewhere brings no programs to run and no links to write through.
    ("core.hooksPath", "/dev/null"),
    ("core.fsmonitor", "false"),
    ("core.symlinks", "false"),
    ("core.autocrlf", "false"),
    ("commit.gpgSign", "false"),
    ("credential.helper", ""),
    # git would send an extra header to wherever a redirect leads, so no redirect is followed.
    ("http.followRedirects", "false"),
    ("http.lowSpeedLimit", "1"),
    ("http.lowSpeedTime", str(_STALLED_SECONDS)),
    # In the foreground, so that no git process outlives the command that started it.
    ("gc.autoDetach", "false"),
)


def git_environment(address: GitAddress, token: Secret | None, inherited: Mapping[str, str]) -> dict[str, str]:
    """What is put over the inherited environment of each git process.

    The token is only given for http and https, only for this address, and only here: not in an argument, the address
    or a file.
    """
    config = [*_CONFIG]
    if token and address.protocol in {"https", "http"}:
        config.append((f"http.{address.text}.extraHeader", f"Authorization: Basic {basic(token)}"))
    return {
        "GIT_ALLOW_PROTOCOL": address.protocol,
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_ASKPASS": "",
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CONFIG_GLOBAL": "/dev/null",
        "GIT_SSH_COMMAND": inherited.get("GIT_SSH_COMMAND", _SSH),
        "GIT_LITERAL_PATHSPECS": "1",
        "GIT_TRACE_REDACT": "1",
        "GIT_EDITOR": "true",
        "GIT_AUTHOR_NAME": AUTHOR,
        "GIT_AUTHOR_EMAIL": AUTHOR_EMAIL,
        "GIT_COMMITTER_NAME": AUTHOR,
        "GIT_COMMITTER_EMAIL": AUTHOR_EMAIL,
        "LC_ALL": "C",
        **_numbered(config),
    }


def basic(token: Secret) -> str:
    """The token as HTTP's Basic credentials; as secret as the token."""
    return base64.b64encode(f"{_TOKEN_USER}:{token.reveal()}".encode()).decode("ascii")


def redirecting(inherited: Mapping[str, str]) -> list[str]:
    """The inherited variables that would make git work somewhere else; inside a git hook, for example."""
    return [name for name in _REDIRECTING if name in inherited]


def _numbered(config: list[tuple[str, str]]) -> dict[str, str]:
    """Settings as GIT_CONFIG_COUNT, GIT_CONFIG_KEY_<n> and GIT_CONFIG_VALUE_<n>."""
    numbered = {"GIT_CONFIG_COUNT": str(len(config))}
    for number, (key, value) in enumerate(config):
        numbered[f"GIT_CONFIG_KEY_{number}"] = key
        numbered[f"GIT_CONFIG_VALUE_{number}"] = value
    return numbered
