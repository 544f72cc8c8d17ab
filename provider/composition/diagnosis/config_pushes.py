"""Checks that the config repository can be read and pushed to."""

import os
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from provider.composition.backing_up.config_bundle import only_copy
from provider.composition.config_checkout import config_address
from provider.composition.diagnosis.finding import Diagnosis, fails, unknown, works
from provider.composition.parts import Parts
from provider.errors import ProviderError
from provider.git.addresses import GitAddress
from provider.git.command import GitCommand
from provider.git.environment import git_environment, sends_token
from provider.git.failures import GitLogin
from proxy.errors import OutsideFailure

_SUBJECT = "config repository"
_SECONDS = 20
_READ = "Correct IMAGE_FACTORY_CONFIG_REPO and IMAGE_FACTORY_CONFIG_TOKEN, and check the network to its host."
_PUSH = "Give the token of IMAGE_FACTORY_CONFIG_TOKEN 'contents: write', and allow its account to push to the branch."


def config_findings(parts: Parts) -> Iterator[Diagnosis]:
    """Whether the branch can be fetched, and a push of it would be taken; nothing is pushed."""
    settings = parts.settings
    if not settings.config_repo:
        bare = only_copy(settings)
        there = f"{bare} is the only copy: back it up" if bare else "it is made in the data folder at the first start"
        yield works(_SUBJECT, f"no remote is set; {there}")
        return
    try:
        address = GitAddress.parse(config_address(settings), settings.http_hosts)
    except ValueError as error:
        yield fails(_SUBJECT, f"IMAGE_FACTORY_CONFIG_REPO: {error}", _READ)
        return
    token = settings.config_token
    with TemporaryDirectory(prefix="image-factory-doctor-") as folder:
        git = GitCommand(
            folder=Path(folder),
            git_dir=Path(folder),
            environment=parts.git_network.applied(git_environment(address, token, os.environ), address),
            login=GitLogin(bool(token) and sends_token(address), "IMAGE_FACTORY_CONFIG_TOKEN"),
            redactor=parts.redactor,
            network_seconds=_SECONDS,
        )
        yield _tried(git, address.text, settings.config_branch)


def _tried(git: GitCommand, address: str, branch: str) -> Diagnosis:
    remedy = _READ
    try:
        git.run("init", "-q", "--bare", "--template=", doing="make a temporary repository")
        heads = git.run_remote("ls-remote", "--heads", "--", address, doing=f"read {address}")
        if not heads:
            return unknown(_SUBJECT, f"{address} can be read and is empty", "The first start makes the first commit.")
        ref = f"refs/heads/{branch}"
        if ref not in heads.split():
            return fails(
                _SUBJECT, f"{address} has no branch {branch!r}", "Create it, or set IMAGE_FACTORY_CONFIG_BRANCH."
            )
        git.run_remote("fetch", "-q", "--depth=1", "--", address, ref, doing=f"fetch {address}")
        remedy = _PUSH
        git.run_remote("push", "-q", "--dry-run", "--", address, f"FETCH_HEAD:{ref}", doing=f"push to {address}")
    except (OutsideFailure, ProviderError) as error:
        return fails(_SUBJECT, str(error), remedy)
    return works(_SUBJECT, f"{address} can be read and pushed to (branch {branch})")
