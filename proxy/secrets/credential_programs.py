"""Docker's credential helpers: programs named `docker-credential-NAME` that return a registry's password.

Source of the protocol: github.com/docker/docker-credential-helpers.
"""

import json
import re
import shutil
import subprocess
from collections.abc import Mapping

from proxy.errors import Garbage, Refused, Unavailable
from proxy.secrets.redactor import Redactor
from proxy.secrets.secret import Secret

PREFIX = "docker-credential-"
TIMEOUT_SECONDS = 10.0
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_READ = 65_536
_LONGEST = 200
# Of variables of the environment, which a helper may repeat.
_SECRET_NAME = re.compile(r"token|secret|passw(or)?d|credential|key", re.IGNORECASE)
_NOT_FOUND = "credentials not found"


def program_name(name: str) -> str:
    """The name of a helper's program."""
    return f"{PREFIX}{name}"


def find_program(name: str, environ: Mapping[str, str]) -> str | None:
    """The path of the helper's program; None if it is not installed."""
    if not _NAME.fullmatch(name):
        return None
    return shutil.which(program_name(name), path=environ.get("PATH", ""))


def ask_program(program: str, server: str, environ: Mapping[str, str]) -> tuple[str, str] | None:
    """User name and secret for one server; None if the helper has none.

    Raises:
        Unavailable: the helper did not start or did not answer in time.
        Refused: the helper failed; the message has its first line.
        Garbage: the helper's answer cannot be read.
    """
    try:
        done = subprocess.run(  # noqa: S603 - the operator's own configuration names the program; no shell is involved
            [program, "get"],
            input=server.encode(),
            capture_output=True,
            timeout=TIMEOUT_SECONDS,
            env=dict(environ),
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise Unavailable(
            f"{program} returned no credentials for {server}: {type(error).__name__}; retried later"
        ) from error
    if done.returncode != 0:
        if _NOT_FOUND in (done.stdout + done.stderr).decode(errors="replace").lower():
            return None
        words = _own_words(done.stdout, done.stderr, environ)
        raise Refused(
            f"{program} failed for {server} with exit code {done.returncode}{words}; run it manually to see why"
        )
    return _parse(done.stdout, program, server)


def _own_words(stdout: bytes, stderr: bytes, environ: Mapping[str, str]) -> str:
    """The first line that a failed helper wrote, in parentheses, without secrets; helpers write errors to stdout."""
    lines = (line for output in (stdout, stderr) for line in output[:_READ].decode(errors="replace").splitlines())
    line = next((" ".join(line.split()) for line in lines if line.strip()), "")
    if not line or line.startswith(("{", "[")):
        return ""
    secrets = (Secret(value) for name, value in environ.items() if _SECRET_NAME.search(name))
    text = Redactor(secrets)("".join(each if each.isprintable() else " " for each in line))
    return f" ({text if len(text) <= _LONGEST else f'{text[: _LONGEST - 3]}...'})"


def _parse(answer: bytes, program: str, server: str) -> tuple[str, str] | None:
    # `from None`: the decoder's error contains the helper's output, and with it the secret.
    try:
        document = json.loads(answer)
    except (ValueError, RecursionError):
        raise Garbage(f"{program} returned no JSON for {server}") from None
    if not isinstance(document, dict):
        raise Garbage(f"{program} returned no JSON object for {server}")
    username, secret = document.get("Username", ""), document.get("Secret", "")
    if not isinstance(username, str) or not isinstance(secret, str):
        raise Garbage(f"{program} returned no Username and Secret for {server}")
    return (username, secret) if secret else None
