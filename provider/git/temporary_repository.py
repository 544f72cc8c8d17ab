"""Runs git in a temporary folder, to read a remote repository once; the folder is removed afterwards."""

import contextlib
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

from provider.errors import CheckoutUnwritable, RepositoryBroken
from provider.git.command import GitCommand
from provider.git.environment import git_environment, redirecting, sends_token, with_config
from provider.git.failures import GitLogin
from provider.git.judged_host import JudgedAddress, pinned
from provider.git.network import GitNetwork
from proxy.deadline import Deadline
from proxy.errors import Unavailable
from proxy.secrets.redactor import Redactor
from proxy.secrets.secret import Secret

MOST_BYTES = 64 * 1024 * 1024
"""The size of what may be fetched from one repository."""

# One file for everything that a fetch gets, so that the limit of a file is one of the fetch; and files of more than a
# megabyte are never read into memory as a whole (git help config).
_BOUNDED = (("fetch.unpackLimit", "1"), ("core.bigFileThreshold", "1m"), ("pack.threads", "1"))
_SETTINGS = (
    "IMAGE_FACTORY_GITHUB_TOKEN or, for the host of IMAGE_FACTORY_GITLAB_URL, IMAGE_FACTORY_GITLAB_TOKEN "
    "(sent by https only)"
)


@contextlib.contextmanager
def temporary_repository(
    place: JudgedAddress, token: Secret | None, network: GitNetwork, *, network_seconds: float, deadline: Deadline
) -> Iterator[GitCommand]:
    """Git in an empty folder: it connects only to the judged address, or to a proxy, and fetches at most 64 MiB.

    Args:
        place: the address of the remote repository.
        token: for this address; see `HostTokens`.
        network: the proxy and the certificates.
        network_seconds: time limit of one git command that connects to the server.
        deadline: of all git commands together.

    Raises:
        Unavailable: git cannot run on this machine: a variable of git's, the disk, or a local command that failed.
    """
    if misleading := redirecting(os.environ):
        raise Unavailable(f"{', '.join(misleading)} would make git use another repository; unset it for this process")
    environment = with_config(git_environment(place.address, token, os.environ), _BOUNDED)
    try:
        with tempfile.TemporaryDirectory(prefix="image-factory-git-") as folder:
            yield GitCommand(
                folder=Path(folder),
                git_dir=Path(folder),
                environment=pinned(place, network.applied(environment, place.address)),
                most_bytes=MOST_BYTES,
                login=GitLogin(bool(token) and sends_token(place.address), _SETTINGS),
                redactor=Redactor([*([token] if token else []), *network.egress.secrets]),
                network_seconds=network_seconds,
                deadline=deadline,
            )
    except (CheckoutUnwritable, RepositoryBroken, OSError) as error:
        raise Unavailable(str(error)) from error
