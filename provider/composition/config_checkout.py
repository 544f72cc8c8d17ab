"""Opens the config repository of the settings, in the checkout of the worker or in that of the web part."""

from functools import partial
from pathlib import Path

from provider.composition.opening import CannotOpen, cause_of
from provider.composition.parts import Parts
from provider.config_repo.repository.config_repository import ConfigRepository
from provider.config_repo.repository.opening import bare_beside
from provider.domain.records.counted import CountKind
from provider.git.command import NETWORK_SECONDS
from provider.git.identity import CommitIdentity
from provider.settings import Settings

_WRITING = "writing"


def config_address(settings: Settings) -> str:
    """The address from which people clone the config repository."""
    return settings.config_repo or str(bare_beside(settings.config_checkout.absolute()))


def web_checkout(settings: Settings) -> Path:
    """The checkout of the web part, beside that of the worker: each locks its own."""
    checkout = settings.config_checkout
    return checkout.with_name(f"{checkout.name}-web")


def commit_identity(settings: Settings) -> CommitIdentity:
    """Who makes the service's commits, and the key that signs them."""
    return CommitIdentity(settings.commit_author.name, settings.commit_author.email, settings.commit_signing_key)


def opened_repository(parts: Parts, checkout: Path, *, network_seconds: float = NETWORK_SECONDS) -> ConfigRepository:
    """The config repository, in this checkout, which is locked until the repository is closed.

    Args:
        parts: the parts of the process.
        checkout: the folder.
        network_seconds: the time limit of one git command that uses the network.

    Raises:
        CannotOpen, ProviderError, OutsideFailure: it cannot be used.
    """
    settings = parts.settings
    bare = bare_beside(settings.config_checkout.absolute())
    try:
        return ConfigRepository.open(
            # A bare repository that is there is not prepared again: the other part may be using it.
            config_address(settings) if settings.config_repo or (bare / "HEAD").is_file() else None,
            checkout=checkout,
            branch=settings.config_branch,
            state_branch=settings.state_branch,
            token=settings.config_token,
            redactor=parts.redactor,
            http_hosts=settings.http_hosts,
            network=parts.git_network,
            identity=commit_identity(settings),
            network_seconds=network_seconds,
            counted=partial(parts.counts.add, CountKind.GIT, ""),
            turn=partial(parts.locks.acquire, _WRITING),
        )
    except (OSError, ValueError) as error:
        raise CannotOpen(
            f"the config repository cannot be opened: {cause_of(error)}; check "
            f"IMAGE_FACTORY_CONFIG_REPO and IMAGE_FACTORY_CONFIG_CHECKOUT ({settings.config_checkout})"
        ) from error
