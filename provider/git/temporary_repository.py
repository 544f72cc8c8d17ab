"""Git in a temporary folder, for one look into a repository elsewhere; the folder is gone afterwards."""

import contextlib
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

from provider.errors import CheckoutUnwritable, RepositoryBroken
from provider.git.command import GitCommand
from provider.git.environment import git_environment, redirecting
from provider.git.judged_host import JudgedAddress, pinned
from proxy.errors import Unavailable
from proxy.secrets.redactor import Redactor
from proxy.secrets.secret import Secret


@contextlib.contextmanager
def temporary_repository(place: JudgedAddress, token: Secret | None, *, network_seconds: float) -> Iterator[GitCommand]:
    """Git in an empty folder, which connects to the judged address and to no other.

    Args:
        place: the only address that git is to be given.
        token: for https and http; other protocols are sent none.
        network_seconds: how long one git command may speak with the server.

    Raises:
        Unavailable: this machine cannot run git there: a variable of git's, its disk, a local command that failed.
    """
    if misleading := redirecting(os.environ):
        raise Unavailable(
            f"{', '.join(misleading)} would redirect git to another repository; unset it for this process"
        )
    environment = git_environment(place.address, token, os.environ)
    try:
        with tempfile.TemporaryDirectory(prefix="image-factory-git-") as folder:
            yield GitCommand(
                folder=Path(folder),
                git_dir=Path(folder),
                environment=pinned(place, environment),
                redactor=Redactor([token] if token else []),
                network_seconds=network_seconds,
            )
    except (CheckoutUnwritable, RepositoryBroken, OSError) as error:
        raise Unavailable(str(error)) from error
