"""Runs git in a temporary folder, to read a remote repository once; the folder is removed afterwards."""

import contextlib
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

from provider.errors import CheckoutUnwritable, RepositoryBroken
from provider.git.command import GitCommand
from provider.git.environment import git_environment, redirecting, sends_token
from provider.git.failures import GitLogin
from provider.git.judged_host import JudgedAddress, pinned
from proxy.errors import Unavailable
from proxy.secrets.redactor import Redactor
from proxy.secrets.secret import Secret

_SETTINGS = (
    "IMAGE_FACTORY_GITHUB_TOKEN or, for the host of IMAGE_FACTORY_GITLAB_URL, IMAGE_FACTORY_GITLAB_TOKEN "
    "(sent by https only)"
)


@contextlib.contextmanager
def temporary_repository(place: JudgedAddress, token: Secret | None, *, network_seconds: float) -> Iterator[GitCommand]:
    """Git in an empty folder; it connects only to the judged address.

    Args:
        place: the address of the remote repository.
        token: for this address; see `HostTokens`.
        network_seconds: time limit of one git command that connects to the server.

    Raises:
        Unavailable: git cannot run on this machine: a variable of git's, the disk, or a local command that failed.
    """
    if misleading := redirecting(os.environ):
        raise Unavailable(f"{', '.join(misleading)} would make git use another repository; unset it for this process")
    environment = git_environment(place.address, token, os.environ)
    try:
        with tempfile.TemporaryDirectory(prefix="image-factory-git-") as folder:
            yield GitCommand(
                folder=Path(folder),
                git_dir=Path(folder),
                environment=pinned(place, environment),
                login=GitLogin(bool(token) and sends_token(place.address), _SETTINGS),
                redactor=Redactor([token] if token else []),
                network_seconds=network_seconds,
            )
    except (CheckoutUnwritable, RepositoryBroken, OSError) as error:
        raise Unavailable(str(error)) from error
