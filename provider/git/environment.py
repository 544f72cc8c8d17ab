"""The environment of every git process: no configuration of this machine, no prompt, and the token. Pure.

The variables are those of `git help git` and `git help config` (2.39).
"""

import base64
from collections.abc import Iterable, Mapping

from provider.git.addresses import GitAddress
from proxy.secrets.secret import Secret

# GitHub and GitLab accept a token as the password of any user name; GitHub documents this one for Apps.
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
# What git, ssh and curl need of the machine, and what an operator may configure for them. No other variable is for git:
# the service's own ones have tokens and the password of the database.
_FOR_GIT = frozenset(
    (
        *("PATH", "HOME", "USER", "LOGNAME", "TMPDIR", "TZ", "LANG", "LANGUAGE", "LD_LIBRARY_PATH"),
        *("SSH_AUTH_SOCK", "SSH_AGENT_PID", "SSL_CERT_FILE", "SSL_CERT_DIR", "CURL_CA_BUNDLE"),
    )
)
_BEGINNINGS = ("GIT_", "LC_")
_CONFIG: tuple[tuple[str, str], ...] = (
    # A repository must not make git run programs or write through symbolic links.
    ("core.hooksPath", "/dev/null"),
    ("core.fsmonitor", "false"),
    ("core.symlinks", "false"),
    ("core.autocrlf", "false"),
    ("commit.gpgSign", "false"),
    ("credential.helper", ""),
    # git sends extra headers to the target of a redirect too, so redirects are not followed.
    ("http.followRedirects", "false"),
    ("http.lowSpeedLimit", "1"),
    ("http.lowSpeedTime", str(_STALLED_SECONDS)),
    # A command does only what it is run for. Where objects have to be packed, that is a command of its own.
    ("gc.auto", "0"),
    ("maintenance.auto", "false"),
    # In the foreground, so that no git process runs longer than the command that started it.
    ("gc.autoDetach", "false"),
)


def git_environment(address: GitAddress, token: Secret | None, inherited: Mapping[str, str]) -> dict[str, str]:
    """The variables that override the inherited environment of each git process.

    The token is set only for http and https, only for this address, and only here: never in an argument, the address
    or a file.
    """
    config = [*_CONFIG]
    if token and sends_token(address):
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


def with_config(environment: Mapping[str, str], config: Iterable[tuple[str, str]]) -> dict[str, str]:
    """The environment with more of git's configuration."""
    first = int(environment["GIT_CONFIG_COUNT"])
    return {**environment, **_numbered(list(config), first)}


def kept_from_git(inherited: Mapping[str, str]) -> list[str]:
    """The names of the inherited variables that git does not get; also of those for a proxy, see `GitNetwork`."""
    return sorted(name for name in inherited if name not in _FOR_GIT and not name.startswith(_BEGINNINGS))


def sends_token(address: GitAddress) -> bool:
    """Whether git sends a token to this address; ssh has keys and a folder needs none."""
    return address.protocol in {"https", "http"}


def basic(token: Secret) -> str:
    """The token as credentials of HTTP Basic authentication; as secret as the token."""
    return base64.b64encode(f"{_TOKEN_USER}:{token.reveal()}".encode()).decode("ascii")


def redirecting(inherited: Mapping[str, str]) -> list[str]:
    """The inherited variables that would make git use another repository; a git hook sets them, for example."""
    return [name for name in _REDIRECTING if name in inherited]


def _numbered(config: list[tuple[str, str]], first: int = 0) -> dict[str, str]:
    """The configuration as GIT_CONFIG_COUNT, GIT_CONFIG_KEY_<n> and GIT_CONFIG_VALUE_<n>."""
    numbered = {"GIT_CONFIG_COUNT": str(first + len(config))}
    for number, (key, value) in enumerate(config, first):
        numbered[f"GIT_CONFIG_KEY_{number}"] = key
        numbered[f"GIT_CONFIG_VALUE_{number}"] = value
    return numbered
