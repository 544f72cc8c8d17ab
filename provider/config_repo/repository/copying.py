"""Copy the branches of the config repository, to change the copy and not the original."""

import os
from collections.abc import Collection
from pathlib import Path

from provider.config_repo.repository.opening import make_bare
from provider.git.addresses import GitAddress
from provider.git.command import GitCommand
from provider.git.environment import git_environment, sends_token
from provider.git.failures import GitLogin
from provider.git.network import GitNetwork
from proxy.secrets.redactor import Redactor
from proxy.secrets.secret import Secret


def copy_branches(
    url: str,
    folder: Path,
    branch: str,
    token: Secret | None,
    redactor: Redactor,
    http_hosts: Collection[str],
    network: GitNetwork,
) -> None:
    """Make a bare repository with all branches of the repository at this address, which is only read.

    Args:
        url: https or ssh (http for a listed host, or a local folder).
        folder: is created.
        branch: the branch of the configuration.
        token: for https.
        redactor: removes secrets from git's output.
        http_hosts: hosts for which plain http is allowed.
        network: the proxy and the certificates of git.

    Raises:
        InvalidAddress: such an address is not allowed for git.
        OutsideFailure, CheckoutUnwritable, RepositoryBroken: see proxy.errors and provider.errors.
    """
    address = GitAddress.parse(url, http_hosts)
    git = GitCommand(
        folder=folder,
        git_dir=folder,
        environment=network.applied(git_environment(address, token, os.environ), address),
        login=GitLogin(bool(token) and sends_token(address), "IMAGE_FACTORY_CONFIG_TOKEN"),
        redactor=redactor,
    )
    make_bare(git, branch)
    refspec = "+refs/heads/*:refs/heads/*"
    git.run_remote("fetch", "-q", "--no-tags", "--", address.text, refspec, doing=f"copy {address.text}")
